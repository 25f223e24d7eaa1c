/** On both engines; the lease between servers on the one that has several. */
import { fileURLToPath } from 'node:url';
import { sql, string, type Sql } from '@tendril/sql/sql';
import {
  startEngineFixture,
  startRemoteFixture,
  type EngineFixture,
} from '@tendril/testkit/engine-fixture';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../engine.ts';
import { withSchemaLease } from './lease.ts';
import { migrate } from './migrate.ts';
import { readMigrations, type Migration } from './migration-files.ts';

const testdata = (name: string): readonly Migration[] =>
  readMigrations(fileURLToPath(new URL(`testdata/${name}`, import.meta.url)));
const FIRST = testdata('first');
const SECOND = testdata('second');

const ENGINES = [
  { name: 'embedded', start: startEngineFixture },
  { name: 'remote', start: startRemoteFixture },
];

describe.each(ENGINES)('migrate ($name)', ({ start }) => {
  let fixture: EngineFixture;
  let engine: Engine;

  beforeAll(async () => {
    fixture = await start();
    engine = fixture.engine;
  });
  afterAll(() => fixture.close());
  afterEach(async () => {
    for (const table of ['schema_migrations', 'schema_lease', 'things', 'more_things']) {
      await engine.command(sqlText(`DROP TABLE IF EXISTS ${table}`));
    }
  });

  const ask = async (statement: Sql): Promise<Record<string, unknown>[]> =>
    Array.fromAsync((await engine.query(statement, { limits: { timeoutMs: 10_000 } })).rows);

  test('makes the schema, and has nothing to do the second time', async () => {
    expect(await migrate(engine, { migrations: SECOND })).toEqual({ from: 0, to: 2 });
    expect(await migrate(engine, { migrations: SECOND })).toEqual({ from: 2, to: 2 });
    expect(await ask(sql`SELECT * FROM things`)).toEqual([
      { Id: '1', Name: "a;b'c", Colour: 'red' },
    ]);
  });

  test('adds what is new', async () => {
    await migrate(engine, { migrations: FIRST });
    expect(await migrate(engine, { migrations: SECOND })).toEqual({ from: 1, to: 2 });
    expect(
      await ask(sql`SELECT version, name FROM schema_migrations FINAL ORDER BY version`),
    ).toEqual([
      { version: 1, name: 'things' },
      { version: 2, name: 'colour' },
    ]);
  });

  test('refuses a database that is ahead, naming both versions', async () => {
    await migrate(engine, { migrations: SECOND });
    await expect(migrate(engine, { migrations: FIRST })).rejects.toMatchObject({
      code: 'schema_newer',
      params: { version: 2, known: 1 },
      message: expect.stringMatching(/version 2.*up to 1/),
    });
  });

  test('refuses a database made from another form of a file', async () => {
    await migrate(engine, { migrations: FIRST });
    const changed = FIRST.map((migration) => ({ ...migration, checksum: 'other' }));
    await expect(migrate(engine, { migrations: changed })).rejects.toMatchObject({
      code: 'schema_changed',
      params: { version: 1, name: 'things' },
    });
  });

  test('names the migration that fails, and goes on there once it is mended', async () => {
    const [things] = FIRST;
    const broken = FIRST.map((migration) => ({
      ...migration,
      statements: [...migration.statements.slice(0, 1), 'CREATE TABEL x'],
    }));
    await expect(migrate(engine, { migrations: broken })).rejects.toMatchObject({
      code: 'schema_migration_failed',
      params: { version: 1, name: things?.name },
    });
    expect(await migrate(engine, { migrations: FIRST })).toEqual({ from: 1, to: 1 });
    expect(await ask(sql`SELECT count() AS count FROM more_things`)).toEqual([{ count: '0' }]);
  });

  test('goes on where it was cut short between a statement and its record', async () => {
    const [things] = FIRST;
    if (things === undefined) throw new Error('no migration');
    const begun = FIRST.map((migration) => ({ ...migration, statements: [] }));
    await migrate(engine, { migrations: begun });
    await engine.command(sqlText(things.statements[0] ?? ''));
    expect(await migrate(engine, { migrations: SECOND })).toEqual({ from: 1, to: 2 });
    expect(await ask(sql`SELECT Colour FROM things`)).toEqual([{ Colour: 'red' }]);
  });

  test('does not take a table of others for its own', async () => {
    await engine.command(sql`CREATE TABLE things (other UInt8) ENGINE = MergeTree ORDER BY other`);
    await expect(migrate(engine, { migrations: FIRST })).rejects.toMatchObject({
      code: 'schema_migration_failed',
    });
  });

  test("makes this package's own schema", async () => {
    const { to } = await migrate(engine);
    expect(to).toBe(readMigrations().at(-1)?.version);
    expect(await ask(sql`SELECT ResourceAttributes FROM logs`)).toEqual([]);
  });
});

describe('a schema lease', () => {
  let fixture: EngineFixture;
  beforeAll(async () => {
    fixture = await startRemoteFixture();
  });
  afterAll(() => fixture.close());

  test('is held by one server at a time', async () => {
    const { engine } = fixture;
    let holders = 0;
    let holdersMost = 0;
    const work = async (): Promise<void> => {
      holders += 1;
      holdersMost = Math.max(holdersMost, holders);
      await engine.command(sql`SELECT sleep(0.05)`);
      holders -= 1;
    };
    await Promise.all(Array.from({ length: 4 }, () => withSchemaLease(engine, {}, work)));
    expect(holdersMost).toBe(1);
  });

  test('of a server that is gone is void after a while', async () => {
    const { engine } = fixture;
    await engine.command(sql`INSERT INTO schema_lease (Owner, State, At)
SELECT ${string('gone')}, 'held', now64(3) - INTERVAL 61 SECOND`);
    expect(await withSchemaLease(engine, { waitMs: 0 }, () => Promise.resolve('done'))).toBe(
      'done',
    );
  });

  test('of a server that goes on is waited for, up to a time', async () => {
    const { engine } = fixture;
    await engine.command(
      sql`INSERT INTO schema_lease (Owner, State) VALUES (${string('busy')}, 'held')`,
    );
    await expect(
      withSchemaLease(engine, { waitMs: 0 }, () => Promise.resolve()),
    ).rejects.toMatchObject({ code: 'schema_lease_held' });
  });

  test('is given back when the work fails', async () => {
    const { engine } = fixture;
    await engine.command(sql`TRUNCATE TABLE schema_lease`);
    const failing = withSchemaLease(engine, {}, () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(await withSchemaLease(engine, { waitMs: 0 }, () => Promise.resolve('done'))).toBe(
      'done',
    );
  });
});

function sqlText(text: string): Sql {
  return { kind: 'sql', parts: [text] };
}
