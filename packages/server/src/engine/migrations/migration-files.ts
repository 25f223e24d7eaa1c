/** Reads `NNNN-name.sql` files: the one source of the schema, for the embedded engine and for a cluster. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { splitStatements } from './split.ts';

export interface Migration {
  readonly version: number;
  readonly name: string;
  /** SHA-256 of the text, whatever its line ends. */
  readonly checksum: string;
  readonly statements: readonly string[];
}

/** Where this package keeps its own. */
export const MIGRATIONS_PATH: string = fileURLToPath(new URL('.', import.meta.url));

const FILE_NAME = /^(\d{4})-([a-z0-9-]+)\.sql$/;

/** In the order of their versions. */
export function readMigrations(folder: string = MIGRATIONS_PATH): readonly Migration[] {
  const migrations = readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .map((file) => readMigration(folder, file))
    .toSorted((left, right) => left.version - right.version);
  migrations.forEach((migration, index) => {
    if (migration.version === migrations[index - 1]?.version) {
      throw new Error(`two migrations have version ${migration.version} in ${folder}`);
    }
  });
  return migrations;
}

function readMigration(folder: string, file: string): Migration {
  const [, version, name] = FILE_NAME.exec(file) ?? [];
  if (version === undefined || name === undefined) {
    throw new Error(`${join(folder, file)} is not named NNNN-name.sql`);
  }
  const text = readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n');
  return {
    version: Number(version),
    name,
    checksum: createHash('sha256').update(text).digest('hex'),
    statements: splitStatements(text),
  };
}
