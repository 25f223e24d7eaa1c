import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readMigrations } from './migration-files.ts';

describe('readMigrations', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tendril-migrations-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);

  test('gives them in the order of their versions', () => {
    write('0010-later.sql', 'SELECT 2');
    write('0002-earlier.sql', 'SELECT 1; SELECT 1');
    write('notes.md', 'not one of them');
    expect(readMigrations(folder)).toMatchObject([
      { version: 2, name: 'earlier', statements: ['SELECT 1', 'SELECT 1'] },
      { version: 10, name: 'later', statements: ['SELECT 2'] },
    ]);
  });

  test('has one checksum for a text, whatever its line ends', () => {
    write('0001-unix.sql', 'SELECT\n1');
    write('0002-windows.sql', 'SELECT\r\n1');
    const [unix, windows] = readMigrations(folder);
    expect(unix?.checksum).toBe(windows?.checksum);
  });

  test('refuses another name', () => {
    write('1-short.sql', 'SELECT 1');
    expect(() => readMigrations(folder)).toThrow('1-short.sql is not named NNNN-name.sql');
  });

  test('refuses a version that is there twice', () => {
    write('0001-one.sql', 'SELECT 1');
    write('0001-another.sql', 'SELECT 1');
    expect(() => readMigrations(folder)).toThrow('two migrations have version 1');
  });
});
