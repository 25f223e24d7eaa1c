/**
 * Brings the database to the schema this server knows: applies, in order, the migrations that it has
 * not had yet, and refuses a database that is ahead of the server or was made from other files.
 *
 * ClickHouse has no transactions over schema changes, so what was done is written down after each
 * statement, and a migration that was cut short goes on where it stopped.
 */
import { Failure } from '@tendril/model/failure';
import { sql, sqlOfFile, string, uint32 } from '@tendril/sql/sql';
import type { Engine } from '../engine.ts';
import { withSchemaLease, type LeaseOptions } from './lease.ts';
import { readMigrations, type Migration } from './migration-files.ts';

export interface MigrateOptions extends LeaseOptions {
  /** Default: this package's own. */
  readonly migrations?: readonly Migration[];
}

export interface MigrationReport {
  readonly from: number;
  readonly to: number;
}

interface Applied {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
  readonly statementsDone: number;
}

/** On one server a large table's column is added at once, but an index may be built over it. */
const STATEMENT_TIMEOUT_MS = 600_000;
const LIMITS = { timeoutMs: 10_000 };

/** ClickHouse's numbers for: table, database, column or index is there already. */
const ALREADY_DONE: ReadonlySet<unknown> = new Set([15, 44, 57, 82]);

export async function migrate(
  engine: Engine,
  options: MigrateOptions = {},
): Promise<MigrationReport> {
  const migrations = options.migrations ?? readMigrations();
  await engine.command(CREATE_TABLE);
  const before = await readApplied(engine);
  const from = highestOf(before);
  if (pendingOf(migrations, before).length > 0) {
    // The lock on the data directory keeps other servers from an embedded engine.
    if (engine.kind === 'embedded') await applyPending(engine, migrations, () => undefined);
    else {
      await withSchemaLease(engine, options, (check) => applyPending(engine, migrations, check));
    }
  }
  return { from, to: highestOf(await readApplied(engine)) };
}

const CREATE_TABLE = sql`CREATE TABLE IF NOT EXISTS schema_migrations
(
    version UInt32,
    name String,
    checksum String,
    statementsDone UInt32,
    appliedAt DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(statementsDone)
ORDER BY version`;

async function applyPending(
  engine: Engine,
  migrations: readonly Migration[],
  checkLease: () => void,
): Promise<void> {
  // Read again: another server may have been at it while this one waited for the lease.
  const applied = await readApplied(engine);
  for (const { migration, done } of pendingOf(migrations, applied)) {
    await apply(engine, { migration, done, checkLease });
  }
}

interface Pending {
  readonly migration: Migration;
  /** Undefined when it was never begun. */
  readonly done: number | undefined;
}

async function apply(
  engine: Engine,
  { migration, done, checkLease }: Pending & { readonly checkLease: () => void },
): Promise<void> {
  if (done === undefined) await record(engine, migration, 0);
  const first = done ?? 0;
  for (const [index, statement] of migration.statements.entries()) {
    if (index < first) continue;
    checkLease();
    // Only the one that was under way when it stopped may have been done without being recorded.
    const perhapsDone = done !== undefined && index === first;
    await run(engine, { migration, statement, perhapsDone });
    await record(engine, migration, index + 1);
  }
}

interface Step {
  readonly migration: Migration;
  readonly statement: string;
  readonly perhapsDone: boolean;
}

async function run(engine: Engine, { migration, statement, perhapsDone }: Step): Promise<void> {
  try {
    await engine.command(sqlOfFile(statement), { timeoutMs: STATEMENT_TIMEOUT_MS });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (perhapsDone && ALREADY_DONE.has(error.params['engineCode'])) return;
    if (error.code === 'engine_away' || error.code === 'engine_busy') throw error;
    throw failed(migration, error);
  }
}

async function record(engine: Engine, migration: Migration, statementsDone: number): Promise<void> {
  const { version, name, checksum } = migration;
  await engine.command(
    sql`INSERT INTO schema_migrations (version, name, checksum, statementsDone)
VALUES (${uint32(version)}, ${string(name)}, ${string(checksum)}, ${uint32(statementsDone)})`,
  );
}

async function readApplied(engine: Engine): Promise<ReadonlyMap<number, Applied>> {
  const { rows } = await engine.query(
    sql`SELECT version, name, checksum, statementsDone FROM schema_migrations FINAL ORDER BY version`,
    { limits: LIMITS },
  );
  const applied = new Map<number, Applied>();
  for await (const row of rows) {
    const version = Number(row['version']);
    applied.set(version, {
      version,
      name: String(row['name']),
      checksum: String(row['checksum']),
      statementsDone: Number(row['statementsDone']),
    });
  }
  return applied;
}

/** What is left to do. Throws when the database and the files do not belong together. */
function pendingOf(
  migrations: readonly Migration[],
  applied: ReadonlyMap<number, Applied>,
): readonly Pending[] {
  const known = migrations.at(-1)?.version ?? 0;
  if (highestOf(applied) > known) throw newer(highestOf(applied), known);
  return migrations.flatMap((migration): readonly Pending[] => {
    const before = applied.get(migration.version);
    if (before === undefined) return [{ migration, done: undefined }];
    if (before.checksum !== migration.checksum) throw changed(migration, before);
    const isDone = before.statementsDone >= migration.statements.length;
    return isDone ? [] : [{ migration, done: before.statementsDone }];
  });
}

function highestOf(applied: ReadonlyMap<number, Applied>): number {
  return Math.max(0, ...applied.keys());
}

function newer(version: number, known: number): Failure {
  return new Failure({
    code: 'schema_newer',
    detail:
      `the database has schema version ${version}, this server knows versions up to ${known}: ` +
      'a newer server changed it; upgrade this one',
    params: { version, known },
  });
}

function changed(migration: Migration, before: Applied): Failure {
  return new Failure({
    code: 'schema_changed',
    detail:
      `migration ${migration.version} (${migration.name}) was applied to the database in another form ` +
      `(${before.name}, ${before.checksum.slice(0, 12)}; here ${migration.checksum.slice(0, 12)})`,
    params: { version: migration.version, name: migration.name },
  });
}

function failed({ version, name }: Migration, cause: Failure): Failure {
  return new Failure({
    code: 'schema_migration_failed',
    detail: `migration ${version} (${name}) failed: ${cause.message}`,
    params: { version, name },
    cause,
  });
}
