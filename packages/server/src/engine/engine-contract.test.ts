/** One suite for both engines: the embedded one, and a second one reached by URL. */
import { bytesOf } from '@tendril/columns/fixed-columns';
import { encodeBlock, readyColumn } from '@tendril/columns/native-block';
import { Failure } from '@tendril/model/failure';
import {
  bool,
  float64,
  identifier,
  int64,
  joinSql,
  sql,
  string,
  strings,
  uint32,
  uint64,
  uint64s,
  type Sql,
} from '@tendril/sql/sql';
import {
  remoteOptions,
  startEngineFixture,
  startRemoteFixture,
  type EngineFixture,
} from '@tendril/testkit/engine-fixture';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Engine, QueryLimits, QueryOptions, QueryProgress } from './engine.ts';
import { connectRemoteEngine } from './remote/remote-engine.ts';

const ENGINES = [
  { name: 'embedded', start: startEngineFixture },
  { name: 'remote', start: startRemoteFixture },
];

describe.each(ENGINES)('an engine ($name)', ({ start }) => {
  let fixture: EngineFixture;
  let engine: Engine;
  /** The writing user, reading: what the read-only user may not see. */
  let admin: Engine;

  beforeAll(async () => {
    fixture = await start();
    engine = fixture.engine;
    const { readUser: _, ...asWriter } = remoteOptions(fixture.run());
    admin = connectRemoteEngine(asWriter);
    await admin.whenReady(10_000);
  });

  afterAll(async () => {
    await admin.close();
    await fixture.close();
  });

  const ask = async (statement: Sql, options: Partial<QueryOptions> = {}): Promise<Row[]> =>
    readAll(engine, statement, options);

  describe('commands', () => {
    test('change the schema, and reads see it', async () => {
      await engine.command(sql`CREATE TABLE made (a UInt8) ENGINE = MergeTree ORDER BY a`);
      await engine.command(sql`INSERT INTO made VALUES (7)`);
      expect(await ask(sql`SELECT a FROM made`)).toEqual([{ a: 7 }]);
    });

    test('fail as a bad query when they cannot be understood', async () => {
      await expect(engine.command(sql`CREATE TABEL x`)).rejects.toMatchObject({
        code: 'bad_query',
      });
    });

    test('take bound values', async () => {
      await engine.command(sql`CREATE TABLE notes (text String) ENGINE = MergeTree ORDER BY text`);
      await engine.command(sql`INSERT INTO notes VALUES (${string(HOSTILE)})`);
      expect(await ask(sql`SELECT text FROM notes`)).toEqual([{ text: HOSTILE }]);
    });
  });

  describe('bound values', () => {
    test('come back as they were, whatever they hold', async () => {
      await fc.assert(
        fc.asyncProperty(anyText(), fc.array(anyText(), { maxLength: 5 }), async (text, list) => {
          const rows = await ask(sql`SELECT ${string(text)} AS text, ${strings(list)} AS list`);
          expect(rows).toEqual([{ text, list }]);
        }),
        { numRuns: 100, examples: [[HOSTILE, [HOSTILE, '']]] },
      );
    });

    test('of every type', async () => {
      const rows = await ask(sql`SELECT
        ${uint64(2n ** 64n - 1n)} AS u64, ${int64(-(2n ** 63n))} AS i64, ${uint32(4_294_967_295)} AS u32,
        ${float64(-0.1)} AS f64, ${bool(true)} AS yes, ${uint64s([1n, 2n ** 64n - 1n])} AS list`);
      expect(rows).toEqual([
        {
          u64: '18446744073709551615',
          i64: '-9223372036854775808',
          u32: 4_294_967_295,
          f64: -0.1,
          yes: true,
          list: ['1', '18446744073709551615'],
        },
      ]);
    });

    test('as identifiers stay names', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
          async (name) => {
            fc.pre(!name.includes('\0'));
            expect(await ask(sql`SELECT 1 AS ${identifier(name)}`)).toEqual([{ [name]: 1 }]);
          },
        ),
        { numRuns: 50, examples: [['`'], ['a` , 2 AS `b'], ['\\'], ["'; DROP TABLE x --"]] },
      );
    });

    test('may be 10,000 in one list', async () => {
      const list = Array.from({ length: 10_000 }, (_, index) => `value ${index} '\\" 我们`);
      const rows = await ask(
        sql`SELECT length(${strings(list)}) AS count, ${strings(list)}[10000] AS last`,
      );
      expect(rows).toEqual([{ count: '10000', last: list.at(-1) }]);
    });

    test('may be longer than the engine takes in one piece', async () => {
      const long = `${HOSTILE}${'我们 '.repeat(100_000)}${HOSTILE}`;
      const rows = await ask(sql`SELECT ${string(long)} = ${strings(['', long])}[2] AS same,
        length(${string(long)}) AS bytes, ${string(long)} IN ${strings(['', long])} AS found`);
      expect(rows).toEqual([{ same: 1, bytes: String(Buffer.byteLength(long)), found: 1 }]);
      await engine.command(
        sql`CREATE TABLE pages (text String) ENGINE = MergeTree ORDER BY tuple()`,
      );
      await engine.command(sql`INSERT INTO pages VALUES (${string(long)})`);
      expect(await ask(sql`SELECT text FROM pages`)).toEqual([{ text: long }]);
    });

    test('may be 10,000 clauses of one query', async () => {
      const clauses = Array.from({ length: 10_000 }, (_, i) => sql`number = ${uint64(BigInt(i))}`);
      const rows = await ask(
        sql`SELECT count() AS count FROM numbers(20000) WHERE ${joinSql(clauses, ' OR ')}`,
      );
      expect(rows).toEqual([{ count: '10000' }]);
    });
  });

  describe('inserts of Native blocks', () => {
    beforeEach(async () => {
      await engine.command(sql`CREATE OR REPLACE TABLE numbered (number UInt64, text String)
ENGINE = MergeTree PARTITION BY number % 2 ORDER BY number
SETTINGS non_replicated_deduplication_window = 100`);
    });

    const insert = (token: string, ...blocks: Uint8Array[]): Promise<void> =>
      engine.insertNative({ table: 'numbered', blocks, token });
    const count = async (): Promise<unknown> =>
      (await ask(sql`SELECT count() AS count FROM numbered`))[0]?.['count'];

    test('are visible when they return', async () => {
      await insert('one', block(0, 1000));
      expect(await count()).toBe('1000');
    });

    test('with a token that was used store nothing again', async () => {
      await insert('same', block(0, 1000), block(1000, 500));
      await insert('same', block(0, 1000), block(1000, 500));
      expect(await count()).toBe('1500');
      await insert('other', block(0, 1000), block(1000, 500));
      expect(await count()).toBe('3000');
    });

    test('make one part in each partition, however many blocks they have', async () => {
      await insert('many', ...Array.from({ length: 50 }, (_, index) => block(index * 100, 100)));
      const rows = await ask(sql`SELECT uniqExact(_part) AS parts, count() AS count FROM numbered`);
      expect(rows).toEqual([{ parts: '2', count: '5000' }]);
    });

    test('may be large', async () => {
      const rowCount = 500_000;
      await insert(
        'large',
        ...Array.from({ length: 4 }, (_, index) => block(index * rowCount, rowCount)),
      );
      const rows = await ask(sql`SELECT count() AS count, sum(number) AS sum FROM numbered`);
      expect(rows).toEqual([{ count: '2000000', sum: String((2_000_000 * 1_999_999) / 2) }]);
    });

    test('may name their columns', async () => {
      const blocks = encodeBlock(
        [readyColumn('number', 'UInt64', bytesOf(new BigUint64Array([5n])))],
        1,
      );
      await engine.insertNative({
        table: 'numbered',
        columns: ['number'],
        blocks,
        token: 'columns',
      });
      expect(await ask(sql`SELECT number, text FROM numbered`)).toEqual([
        { number: '5', text: '' },
      ]);
    });

    test.each([
      ['is cut short', block(0, 100).subarray(0, 300)],
      ['is garbage', Buffer.from('neither a block nor anything like it')],
      ['is a lot of garbage', Buffer.alloc(20_000_000, 7)],
      ['has a column that the table has not', unknownColumnBlock()],
      ['has values that do not convert', textInNumberBlock()],
      ['touches too many partitions', manyPartitionsBlock()],
    ])('are refused when the data %s', async (name, data) => {
      const table =
        name === 'touches too many partitions' ? await manyPartitionsTable(engine) : 'numbered';
      const inserting = engine.insertNative({ table, blocks: [data], token: name });
      await expect(inserting).rejects.toMatchObject({ code: 'insert_refused' });
      expect(await count()).toBe('0');
    });

    test('that fail for another reason are not called refused', async () => {
      const inserting = engine.insertNative({
        table: 'nowhere',
        blocks: [block(0, 1)],
        token: 't',
      });
      await expect(inserting).rejects.toMatchObject({ code: 'insert_failed' });
    });

    test('end when their signal fires', async () => {
      const signal = AbortSignal.abort();
      const inserting = engine.insertNative({
        table: 'numbered',
        blocks: [block(0, 1)],
        token: 'c',
        signal,
      });
      await expect(inserting).rejects.toMatchObject({ code: 'insert_failed' });
      expect(await count()).toBe('0');
    });
  });

  describe('limits', () => {
    test.each<[string, Sql, QueryLimits, string]>([
      ['time', ENDLESS, { timeoutMs: 200 }, 'query_timeout'],
      ['memory', HUNGRY, { timeoutMs: 20_000, memoryBytesMax: 20_000_000 }, 'query_too_large'],
      ['rows of the answer', MANY_ROWS, { timeoutMs: 20_000, rowsMax: 1000 }, 'query_too_large'],
      [
        'bytes of the answer',
        MANY_ROWS,
        { timeoutMs: 20_000, resultBytesMax: 1000 },
        'query_too_large',
      ],
      ['rows read', MANY_ROWS, { timeoutMs: 20_000, rowsReadMax: 1000 }, 'query_too_large'],
    ])('of %s end a query with a failure', async (_name, statement, limits, code) => {
      await expect(ask(statement, { limits })).rejects.toMatchObject({ code });
    });

    test.each<[string, Sql, QueryLimits]>([
      ['time', ENDLESS, { timeoutMs: 200, overflow: 'break' }],
      ['rows of the answer', MANY_ROWS, { timeoutMs: 20_000, rowsMax: 1000, overflow: 'break' }],
      [
        'bytes of the answer',
        MANY_ROWS,
        { timeoutMs: 20_000, resultBytesMax: 10_000, overflow: 'break' },
      ],
      ['rows read', MANY_ROWS, { timeoutMs: 20_000, rowsReadMax: 1000, overflow: 'break' }],
    ])(
      'of %s cut a query that asks for that, and its cost says so',
      async (_name, statement, limits) => {
        const result = await engine.query(statement, { limits });
        for await (const _ of result.rows) continue;
        expect(result.cost().cut).toBe(true);
      },
    );

    test('of rows are kept to the row, and an answer of exactly that many is whole', async () => {
      const limits: QueryLimits = { timeoutMs: 20_000, rowsMax: 1000, overflow: 'break' };
      for (const [rowCount, cut] of [
        [1000, false],
        [1001, true],
      ] as const) {
        const result = await engine.query(
          sql`SELECT number FROM numbers(${uint64(BigInt(rowCount))})`,
          { limits },
        );
        expect(await Array.fromAsync(result.rows)).toHaveLength(1000);
        expect(result.cost().cut).toBe(cut);
      }
    });

    test('that are not reached cut nothing', async () => {
      const limits: QueryLimits = { timeoutMs: 20_000, rowsMax: 1000, overflow: 'break' };
      const result = await engine.query(sql`SELECT number FROM numbers(100)`, { limits });
      for await (const _ of result.rows) continue;
      expect(result.cost()).toMatchObject({ rowsRead: 100, cut: false });
    });
  });

  describe('a query', () => {
    test('streams its rows: the first ones come while it runs', async () => {
      const result = await engine.query(ENDLESS, { limits: { timeoutMs: 20_000 } });
      let rowCount = 0;
      for await (const _ of result.rows) {
        rowCount += 1;
        if (rowCount === 1000) break;
      }
      expect(rowCount).toBe(1000);
    });

    test('reports its progress', async () => {
      const reports: QueryProgress[] = [];
      await ask(sql`SELECT sum(number) FROM numbers(1000000)`, {
        onProgress: (progress) => reports.push(progress),
      });
      expect(reports.at(-1)?.rowsRead).toBe(1_000_000);
    });

    test('that fails after its first rows throws where they are read', async () => {
      const statement = sql`SELECT throwIf(number = 300000) FROM numbers(1000000)`;
      await expect(ask(statement)).rejects.toMatchObject({
        code: 'bad_query',
        params: { engineType: 'FUNCTION_THROW_IF_VALUE_IS_NON_ZERO' },
      });
    });

    test('takes the settings meant for it and no other', async () => {
      await ask(sql`SELECT 1`, { settings: { max_threads: 1 } });
      const asking = ask(sql`SELECT 1`, { settings: { readonly: 0 } });
      await expect(asking).rejects.toMatchObject({
        code: 'bad_query',
        params: { setting: 'readonly' },
      });
    });

    test('may end in a comment', async () => {
      expect(await ask(sql`SELECT 1 AS one -- the only one`)).toEqual([{ one: 1 }]);
    });
  });

  describe('cancelling a query ends it in the engine', () => {
    const running = async (marker: string): Promise<number> =>
      (
        await readAll(
          admin,
          sql`SELECT 1 FROM system.processes WHERE position(query, ${string(marker)}) > 0
          AND position(query, 'system.processes') = 0`,
        )
      ).length;
    const counting = (marker: string): Sql =>
      sql`SELECT count() AS ${identifier(marker)} FROM system.numbers WHERE NOT ignore(number)`;

    test('while it works on its first row', async () => {
      const stop = new AbortController();
      const asking = ask(counting('counting_1'), {
        signal: stop.signal,
        limits: { timeoutMs: 60_000 },
      });
      const refused = expect(asking).rejects.toMatchObject({ code: 'query_cancelled' });
      await vi.waitUntil(async () => (await running('counting_1')) === 1, WAIT);
      stop.abort();
      await refused;
      await vi.waitUntil(async () => (await running('counting_1')) === 0, WAIT);
    });

    test('while its rows are read', async () => {
      const stop = new AbortController();
      const result = await engine.query(
        sql`SELECT number AS ${identifier('reading_1')} FROM system.numbers`,
        { signal: stop.signal, limits: { timeoutMs: 60_000 } },
      );
      const reading = (async () => {
        for await (const row of result.rows) if (row['reading_1'] === '10') stop.abort();
      })();
      await expect(reading).rejects.toMatchObject({ code: 'query_cancelled' });
      await vi.waitUntil(async () => (await running('reading_1')) === 0, WAIT);
    });

    test('also by no longer reading', async () => {
      const result = await engine.query(
        sql`SELECT number AS ${identifier('leaving_1')} FROM system.numbers`,
        { limits: { timeoutMs: 60_000 } },
      );
      for await (const _ of result.rows) break;
      await vi.waitUntil(async () => (await running('leaving_1')) === 0, WAIT);
    });

    test('before it began', async () => {
      const asking = ask(sql`SELECT 1`, { signal: AbortSignal.abort() });
      await expect(asking).rejects.toMatchObject({ code: 'query_cancelled' });
    });
  });

  describe('the reading user', () => {
    test.each([
      ['write', sql`INSERT INTO secrets VALUES ('x')`],
      ['create', sql`CREATE TABLE other (a UInt8) ENGINE = Memory`],
      ['drop', sql`DROP TABLE secrets`],
      ['alter', sql`ALTER TABLE secrets DELETE WHERE 1`],
      ['read over the network', sql`SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'a String')`],
      ['read files', sql`SELECT * FROM file('/etc/passwd', 'LineAsString')`],
      ['read a file as a value', sql`SELECT file('/etc/passwd')`],
      ['read other servers', sql`SELECT * FROM remote('127.0.0.1:9000', 'system.one')`],
      ['run programs', sql`SELECT * FROM executable('id', 'CSV', 'a String')`],
      ['read databases of others', sql`SELECT * FROM mysql('127.0.0.1:1', 'a', 'b', 'c', 'd')`],
      ['see users', sql`SELECT * FROM system.users`],
      ['see queries of others', sql`SELECT * FROM system.processes`],
      ['see settings of the server', sql`SELECT * FROM system.server_settings`],
      ['stop the server', sql`SYSTEM SHUTDOWN`],
      ['end queries', sql`KILL QUERY WHERE 1`],
      ['give rights', sql`GRANT ALL ON *.* TO tendril_reader`],
      ['set settings', sql`SELECT 1 SETTINGS readonly = 0`],
      ['write into a file', sql`SELECT 1 INTO OUTFILE '/tmp/tendril-escape'`],
      [
        'write into a table function',
        sql`INSERT INTO FUNCTION file('x.csv', 'CSV', 'a String') VALUES ('x')`,
      ],
    ])('cannot %s', async (_name, statement) => {
      await engine.command(
        sql`CREATE TABLE IF NOT EXISTS secrets (text String) ENGINE = MergeTree ORDER BY text`,
      );
      const problem = await ask(statement).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(problem).toBeInstanceOf(Failure);
      expect(problem).toMatchObject({
        code: expect.stringMatching(/^(bad_query|engine_unauthorized)$/),
      });
      expect(await ask(sql`SELECT count() AS count FROM secrets`)).toEqual([{ count: '0' }]);
    });
  });

  test('without a reading user of its own, reads still cannot write', async () => {
    await expect(readAll(admin, sql`CREATE TABLE other (a UInt8) ENGINE = Memory`)).rejects.toThrow(
      Failure,
    );
    await expect(readAll(admin, sql`SELECT 1 SETTINGS readonly = 0`)).rejects.toThrow(Failure);
  });
});

type Row = Record<string, unknown>;

const WAIT = { timeout: 20_000, interval: 20 };
const HOSTILE = "'; DROP TABLE x; -- \\' \\\\ \" ` {p0:String} \t\n\r\0\b % 我们 👩‍👩‍👧 \u202e";
const SPECIAL = [
  "'",
  '"',
  '\\',
  '`',
  '{',
  '}',
  '(',
  ')',
  ':',
  ',',
  '%',
  '\0',
  '\t',
  '\n',
  '\r',
  '\b',
  '-',
  'N',
];
const ENDLESS = sql`SELECT number FROM system.numbers`;
const HUNGRY = sql`SELECT groupArray(number) FROM numbers(100000000)`;
const MANY_ROWS = sql`SELECT number FROM numbers(10000000)`;

async function readAll(
  engine: Engine,
  statement: Sql,
  options: Partial<QueryOptions> = {},
): Promise<Row[]> {
  const { rows } = await engine.query(statement, { limits: { timeoutMs: 20_000 }, ...options });
  return Array.fromAsync(rows);
}

/** Well-formed, as JSON and UTF-8 carry it. */
function anyText(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: 'binary' }).map((text) => text.toWellFormed()),
    fc.string({ unit: fc.constantFrom(...SPECIAL) }),
  );
}

function block(first: number, rowCount: number): Uint8Array {
  const numbers = BigUint64Array.from({ length: rowCount }, (_, index) => BigInt(first + index));
  const texts = Buffer.alloc(rowCount * 2);
  for (let row = 0; row < rowCount; row += 1) texts.write('\u0001t', row * 2, 'latin1');
  return Buffer.concat(
    encodeBlock(
      [readyColumn('number', 'UInt64', bytesOf(numbers)), readyColumn('text', 'String', texts)],
      rowCount,
    ),
  );
}

function unknownColumnBlock(): Uint8Array {
  return Buffer.concat(encodeBlock([readyColumn('nothing', 'UInt8', Buffer.from([1]))], 1));
}

function textInNumberBlock(): Uint8Array {
  return Buffer.concat(encodeBlock([readyColumn('number', 'String', Buffer.from('\u0003abc'))], 1));
}

const PARTITIONS_TOO_MANY = 1_001;

function manyPartitionsBlock(): Uint8Array {
  return block(0, PARTITIONS_TOO_MANY);
}

async function manyPartitionsTable(engine: Engine): Promise<string> {
  await engine.command(sql`CREATE TABLE IF NOT EXISTS parted (number UInt64, text String)
ENGINE = MergeTree PARTITION BY number ORDER BY number`);
  return 'parted';
}
