/** Pipes on a real engine give what plain loops over the same records give. */
import type { LogSearchEvent } from '@tendril/api/log-search';
import type { TableCell, TableColumn } from '@tendril/api/table';
import { int64, joinSql, sql, uint64 } from '@tendril/sql/sql';
import type { EngineFixture } from '@tendril/testkit/engine-fixture';
import {
  insertFieldRows,
  insertLogRows,
  insertResource,
  startLogsFixture,
} from '@tendril/testkit/logs-fixture';
import {
  oracleSort,
  oracleStats,
  type OracleCall,
  type OracleRow,
  type OracleTable,
} from '@tendril/testkit/pipe-oracle';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LogReader } from './log-reader.ts';
import { READ_LIMITS } from './read-budget.ts';
import { searchLogs } from './search.ts';

const BASE_NS = 1_780_390_000_000_000_000n;
/** What single tests add lies out of the others' range. */
const BEFORE_NS: bigint = BASE_NS - 200_000_000_000_000n;
const RANGE = { from: '1780300000', to: '1780500000' };
const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
const SERVICES = ['gateway', 'auth', '推送', 'a`; DROP TABLE logs', ''] as const;
const ROW_COUNT = 300;
/** Beyond any, so that gaps between rows differ. */
const STEP_NS = 41_000_000_003n;

interface Sample extends OracleRow {
  readonly timestamp: number;
}

/** Oldest first. Quarters, so that sums are exact. */
const SAMPLES: readonly Sample[] = Array.from({ length: ROW_COUNT }, (_unused, index) => ({
  timestamp: Number((BASE_NS + BigInt(index) * STEP_NS) / 1000n) * 1000,
  'service.name': SERVICES[(index * 7) % 5] || null,
  operationId: index % 4 === 0 ? null : `op-${(index * 13) % 23}`,
  level: LEVELS[(index * 3) % 4] ?? null,
  status: index % 6 === 0 ? null : 200 + ((index * 5) % 7) - (index % 2) * 300,
  latency: index % 5 === 0 ? null : ((index * 37) % 101) / 4,
  method: index % 3 === 0 ? null : (['GET', 'POST', 'PüT'][index % 7] ?? 'DELETE'),
  'host.name': `node-${index % 3}`,
  body: `request ${index} took ${index % 17}ms on <${index % 5}>`,
}));

let fixture: EngineFixture;
let reader: LogReader;

beforeAll(async () => {
  fixture = await startLogsFixture();
  const { engine } = fixture;
  for (const id of [0, 1, 2])
    await insertResource(engine, BigInt(id + 1), { 'host.name': `node-${id}` });
  const rows = SAMPLES.map((sample, index) => ({
    timestampNs: BigInt(sample.timestamp),
    recordId: BigInt(index + 1),
    body: String(sample['body']),
    severityNumber: 5 + 4 * LEVELS.indexOf(LEVELS[(index * 3) % 4] ?? 'debug'),
    serviceName: String(sample['service.name'] ?? ''),
    operationId: String(sample['operationId'] ?? ''),
    resourceId: BigInt((index % 3) + 1),
    attributes: JSON.stringify({
      status: sample['status'] ?? undefined,
      latency: sample['latency'] ?? undefined,
      method: sample['method'] ?? undefined,
    }),
  }));
  for (let start = 0; start < rows.length; start += 90)
    await insertLogRows(engine, rows.slice(start, start + 90));
  const field = { hourNs: BASE_NS, source: 'attribute', count: ROW_COUNT } as const;
  await insertFieldRows(engine, [
    { ...field, name: 'status', type: 'integer' },
    { ...field, name: 'latency', type: 'float' },
    { ...field, name: 'latency', type: 'integer' },
    { ...field, name: 'method' },
    { ...field, source: 'resource', name: 'host.name' },
  ]);
  reader = new LogReader({ engine, flush: () => Promise.resolve() });
});

afterAll(() => fixture.close());

interface Step {
  readonly text: string;
  readonly apply: (table: OracleTable) => OracleTable;
}

const TEXTS = ['service.name', 'operationId', 'method', 'host.name'] as const;
const NUMBERS = ['status', 'latency'] as const;
const FIELDS = [...TEXTS, ...NUMBERS] as const;

const CONDITIONS: readonly { text: string; holds: (row: OracleRow) => boolean }[] = [
  { text: 'level:error', holds: (row) => row['level'] === 'error' },
  { text: 'level >= warn', holds: (row) => ['warn', 'error'].includes(String(row['level'])) },
  { text: 'not status:*', holds: (row) => row['status'] === null },
  { text: 'latency > 10', holds: (row) => Number(row['latency'] ?? 0) > 10 },
  { text: 'method:P*', holds: (row) => String(row['method'] ?? '').startsWith('P') },
  { text: 'service.name:推送 or host.name:node-1', holds: isThere },
];

function isThere(row: OracleRow): boolean {
  return row['service.name'] === '推送' || row['host.name'] === 'node-1';
}

function callArbitrary(): fc.Arbitrary<
  Omit<OracleCall, 'as'> & { readonly condition_text: string }
> {
  const of = (names: readonly string[], fields: readonly string[]) =>
    fc.record({ name: fc.constantFrom(...names), field: fc.constantFrom(...fields) });
  const call = fc.oneof(
    fc.constant({ name: 'count', field: undefined }),
    of(['count', 'count_uniq', 'min', 'max', 'first', 'last'], FIELDS),
    of(['sum', 'avg', 'p50', 'p95'], NUMBERS),
    of(['values'], TEXTS),
    of(['min', 'max'], ['timestamp']),
  );
  const condition = fc.option(fc.constantFrom(...CONDITIONS), { nil: undefined, freq: 2 });
  return fc.tuple(call, condition).map(([{ name, field }, found]) => ({
    name,
    field,
    condition: found?.holds,
    condition_text: found ? ` if (${found.text})` : '',
  }));
}

interface Stats {
  readonly text: string;
  readonly table: (rows: readonly OracleRow[]) => OracleTable;
}

function statsArbitrary(): fc.Arbitrary<Stats> {
  const group = fc.oneof(
    fc.constantFrom(...FIELDS, 'level').map((field) => ({ field, bucket: undefined, text: field })),
    fc.constant({ field: 'status', bucket: 3, text: 'status:3' }),
    fc.constant({ field: 'latency', bucket: 2.5, text: 'latency:2.5' }),
    fc.constant({ field: 'timestamp', bucket: 600e9, text: 'timestamp:10m' }),
  );
  const groups = fc.uniqueArray(group, { maxLength: 3, selector: ({ field }) => field });
  return fc
    .tuple(fc.array(callArbitrary(), { minLength: 1, maxLength: 4 }), groups)
    .map(([found, by]): Stats => {
      const calls = found.map((call, index) => ({ ...call, as: `x${index}` }));
      const texts = calls.map(
        ({ name, field, as, condition_text }) =>
          `${name}(${field ?? ''})${condition_text} as ${as}`,
      );
      const byText = by.length === 0 ? '' : ` by ${by.map(({ text }) => text).join(', ')}`;
      return {
        text: `stats ${texts.join(', ')}${byText}`,
        table: (rows) => oracleStats(rows, calls, by),
      };
    });
}

const STEPS: readonly Step[] = [
  { text: 'limit 3', apply: (table) => ({ ...table, rows: table.rows.slice(0, 3) }) },
  {
    text: 'sort x0 desc',
    apply: (table) => oracleSort(table, [{ column: 'x0', descending: true }]),
  },
  { text: 'sort x0', apply: (table) => oracleSort(table, [{ column: 'x0', descending: false }]) },
  {
    text: 'where x0:*',
    apply: (table) => ({ ...table, rows: table.rows.filter((row) => isPresent(row['x0'])) }),
  },
  { text: 'fields x0', apply: (table) => ({ ...table, columns: ['x0'] }) },
];

function isPresent(value: OracleRow[string] | undefined): boolean {
  return (
    value !== null && value !== undefined && !(typeof value === 'object' && value.length === 0)
  );
}

describe('pipes', () => {
  test('give what loops over the records give', { timeout: 300_000 }, async () => {
    const lead = fc.option(fc.constantFrom(...CONDITIONS), { nil: undefined });
    const steps = fc.array(fc.constantFrom(...STEPS), { maxLength: 3 });
    let rowCount = 0;
    await fc.assert(
      fc.asyncProperty(lead, statsArbitrary(), steps, async (condition, stats, more) => {
        const query = [condition?.text ?? '*', stats.text, ...more.map(({ text }) => text)].join(
          ' | ',
        );
        const rows = condition ? SAMPLES.filter(condition.holds) : SAMPLES;
        const table = more.reduce((made, step) => step.apply(made), stats.table(rows));
        const found = await search(query);
        rowCount += found.rows.length;
        expect(found.columns.map(({ name }) => name)).toEqual(table.columns);
        expect(found.rows).toEqual(
          table.rows.map((row) => table.columns.map((name) => expected(row[name] ?? null))),
        );
      }),
      { numRuns: 200 },
    );
    expect(rowCount).toBeGreaterThan(200);
  });

  test.each([
    '* | stats count() as n by service.name, level',
    'level >= warn | stats count() as n, count() if (level:error) as e by timestamp:10s',
    'not level:debug | stats count() as n by timestamp:10m, level',
    '* | stats count() if (service.name:推送) as n',
  ])('are counted from the roll-up as from the records: %s', async (query) => {
    // Ends of the range within a step, at one, and beyond the records.
    const starts = [0n, 3_000_000_001n, 10_000_000_000n].map((ns) => BASE_NS + ns);
    for (const from of starts) {
      const range = { from: String(from), to: String(BASE_NS + 5_000_000_000_001n) };
      const rolled = await search(query, { range });
      // A condition that holds for all records but that the roll-up cannot answer.
      const [filter = '', ...pipes] = query.split(' | ');
      const counted = await search([`(${filter}) and id:*`, ...pipes].join(' | '), { range });
      expect(rolled.rows).toEqual(counted.rows);
      expect(rolled.rows.length).toBeGreaterThan(0);
      expect(rolled.statements.join()).toContain('toStartOfInterval');
      expect(counted.statements.join()).not.toContain('toStartOfInterval');
    }
  });

  test('take the newest records of a limit, in pages and in pipes', async () => {
    const newest = SAMPLES.toReversed();
    const { rows } = await search('* | limit 20 | stats count() by operationId');
    expect(rows.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(20);
    const first = await search('* | fields body | limit 50', { limit: 30 });
    const second = await search('* | fields body | limit 50', {
      limit: 30,
      cursor: first.next ?? '',
    });
    expect(second.next).toBeNull();
    expect([...first.rows, ...second.rows].map(([body]) => body)).toEqual(
      newest.slice(0, 50).map((row) => row['body']),
    );
  });

  test('sort records by a field and say when there are more', async () => {
    const found = await search('latency:* | sort latency desc | fields latency', { limit: 10 });
    const wanted = SAMPLES.map((row) => row['latency'])
      .filter((value) => value !== null)
      .sort((a, b) => Number(b) - Number(a));
    expect(found.rows.map(([latency]) => latency)).toEqual(wanted.slice(0, 10));
    expect(found.partial).toMatchObject({ reason: 'rows' });
    const told = await search('latency:* | sort latency desc | limit 10', { limit: 10 });
    expect(told.partial).toBeNull();
    expect(told.records.map(({ attributes }) => attributes['latency'])).toEqual(
      wanted.slice(0, 10),
    );
  });

  test('extract values from text, on the fly and as attributes', async () => {
    const query = '* | extract "took <ms>ms on" | where ms > 10';
    const { records } = await search(query, { limit: 1000 });
    const wanted = SAMPLES.toReversed().filter((_row, index) => (ROW_COUNT - 1 - index) % 17 > 10);
    expect(records.map(({ body }) => body)).toEqual(wanted.map((row) => row['body']));
    expect(records[0]?.attributes['ms']).toMatch(/^1\d$/);
    const summed = await search(
      '* | extract /took (?P<ms>\\d+)ms/ | math ms * 2 + 1 as twice | stats sum(twice) as s',
    );
    const sum = SAMPLES.reduce((total, _row, index) => total + 2 * (index % 17) + 1, 0);
    expect(summed.rows).toEqual([[sum]]);
  });

  test('count the most frequent values with their share', async () => {
    const { rows } = await search('* | top 2 operationId');
    const table = oracleStats(
      SAMPLES.filter((row) => row['operationId'] !== null),
      [{ name: 'count', field: undefined, as: 'n', condition: undefined }],
      [{ field: 'operationId', bucket: undefined }],
    );
    const all = SAMPLES.filter((row) => row['operationId'] !== null).length;
    expect(rows).toEqual(
      table.rows
        .slice(0, 2)
        .map((row) => [row['operationId'], row['n'], percent(Number(row['n']), all)]),
    );
  });

  test('list each combination once', async () => {
    const { rows } = await search('* | uniq level, host.name');
    expect(rows).toHaveLength(12);
    expect(new Set(rows.map((row) => row.join(' '))).size).toBe(12);
  });

  test('show what surrounds a record of the same source', async () => {
    const { records, contexts } = await search('body:"request 150 took" | around before 2 after 1');
    expect(records.map(({ body }) => body.split(' ')[1])).toEqual(['153', '150', '147', '144']);
    expect(contexts).toEqual([true, false, true, true]);
  });

  test('say what records look like', async () => {
    await fixture.engine
      .command(sql`INSERT INTO patterns (PatternId, SkeletonId, Template, Skeleton, LastSeen)
VALUES (11, 1, 'a <*>', '<*> <*>', now()), (12, 2, 'b', '<*>', now()), (13, 2, 'c', '<*>', now())`);
    await fixture.engine.command(
      sql`INSERT INTO pattern_alias (SkeletonId, GroupId) VALUES (2, 2)`,
    );
    await insertPatterns([11, 12, 13, 13, 14]);
    const range = { from: String(BEFORE_NS), to: String(BEFORE_NS + 1n) };
    const { columns, rows } = await search('* | patterns', { range });
    expect(columns.map(({ name }) => name)).toEqual([
      'pattern',
      'patternId',
      'count',
      'percent',
      'firstSeen',
      'lastSeen',
    ]);
    expect(rows.map((row) => row.slice(0, 4))).toEqual([
      ['<*>', '0000000000000002', 3, 60],
      ['a <*>', '000000000000000b', 1, 20],
      [null, '000000000000000e', 1, 20],
    ]);
    const { rows: some } = await search('* | patterns | where percent > 50', { range });
    expect(some).toHaveLength(1);
  });

  test.each([
    ['bytes_read', { bytesReadMax: 1 }],
    ['memory', { memoryBytesMax: 10_000 }],
    ['time', { timeoutMs: 0 }],
  ] as const)('say when an answer is not whole: %s', async (reason, limits) => {
    const { engine } = fixture;
    const readLimits = { ...READ_LIMITS, ...limits };
    const bounded = new LogReader({ engine, flush: () => Promise.resolve(), readLimits });
    // What is kept of fields is not bounded here.
    await bounded.catalogue.checked(() => undefined, {
      budget: reader.budget(),
      signal: new AbortController().signal,
    });
    const query = '* | stats count_uniq(body), values(body) by operationId';
    const found = await search(query, { reader: bounded });
    expect(found.partial).toMatchObject({ reason });
  });

  test('read attributes with hostile keys', async () => {
    const keys = ['a`; DROP TABLE logs --', "b' OR 1=1", 'c\\', '{p0:String}', '列.x y'];
    const hostile = BEFORE_NS + 60_000_000_000n;
    await insertLogRows(
      fixture.engine,
      keys.map((key, index) => ({
        timestampNs: hostile,
        recordId: BigInt(7000 + index),
        attributes: JSON.stringify({ [key]: `v${index}`, [`n${key}`]: index + 0.5 }),
      })),
    );
    const field = { hourNs: BASE_NS, source: 'attribute', count: 1 } as const;
    await insertFieldRows(
      fixture.engine,
      keys.flatMap((key) => [
        { ...field, name: key },
        { ...field, name: `n${key}`, type: 'float' },
      ]),
    );
    const range = { from: String(hostile), to: String(hostile + 1n) };
    for (const [index, key] of keys.entries()) {
      const quoted = JSON.stringify(key);
      const number = JSON.stringify(`n${key}`);
      const query = `${quoted}:* | math ${number} * 2 as ${quoted} | stats sum(${quoted}) as s, max(${number}) by ${number}:0.1 as ${quoted}`;
      const { rows } = await search(query, { range });
      expect(rows).toEqual([[new Near(index + 0.5), 2 * index + 1, index + 0.5]]);
      const { rows: top } = await search(`* | top 1 ${quoted}`, { range });
      expect(top).toEqual([[`v${index}`, 1, 100]]);
    }
  });

  test('have hostile names', async () => {
    const names = ['`', '"; DROP TABLE logs --', '\\', "'", '{p0:String}', '\u0000', '列'];
    const columns = names.map((name) => `count() as ${JSON.stringify(name)}`);
    const query = `* | stats ${columns.join(', ')}`;
    const { columns: found, rows } = await search(query);
    expect(rows).toEqual([names.map(() => ROW_COUNT)]);
    expect(found).toHaveLength(names.length);
  });
});

async function insertPatterns(ids: readonly number[]): Promise<void> {
  const values = ids.map(
    (id, index) =>
      sql`(fromUnixTimestamp64Nano(${int64(BEFORE_NS)}), ${uint64(BigInt(9000 + index))}, 'patterned', ${uint64(BigInt(id))}, ${uint64(id > 11 && id < 14 ? 2n : 1n)})`,
  );
  await fixture.engine.command(
    sql`INSERT INTO logs (Timestamp, RecordId, Body, PatternId, SkeletonId) VALUES ${joinSql(values, ', ')}`,
  );
}

function percent(part: number, all: number): unknown {
  return expect.closeTo((100 * part) / all, 1);
}

/** Sums of floats depend on their order. */
function expected(value: OracleRow[string]): unknown {
  return typeof value === 'number' ? new Near(value) : value;
}

/** An asymmetric matcher for numbers that differ by rounding. */
class Near {
  private readonly wanted: number;

  constructor(wanted: number) {
    this.wanted = wanted;
  }

  asymmetricMatch(received: unknown): boolean {
    if (received === null) return false;
    return Math.abs(Number(received) - this.wanted) <= Math.abs(this.wanted) * 1e-12;
  }

  toString(): string {
    return `Near<${this.wanted}>`;
  }
}

interface Found {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly TableCell[])[];
  readonly records: readonly Extract<LogSearchEvent, { kind: 'row' }>['record'][];
  readonly contexts: readonly boolean[];
  readonly next: string | null;
  readonly partial: unknown;
  readonly statements: readonly string[];
}

interface SearchOptions {
  readonly limit?: number;
  readonly cursor?: string;
  readonly reader?: LogReader;
  readonly range?: typeof RANGE;
}

async function search(
  query: string,
  { limit = 100, cursor, reader: other = reader, range = RANGE }: SearchOptions = {},
): Promise<Found> {
  const request = { ...range, query, limit, order: 'desc', sql: true } as const;
  const events: LogSearchEvent[] = [];
  const given = cursor === undefined ? request : { ...request, cursor };
  for await (const event of searchLogs(other, given, new AbortController().signal)) {
    events.push(event);
  }
  const rowEvents = events.flatMap((event) => (event.kind === 'row' ? [event] : []));
  const summary = events.at(-1);
  return {
    columns: events.flatMap((event) => (event.kind === 'columns' ? event.columns : [])),
    // A missing text is empty; the oracle has one word for what is missing.
    rows: events.flatMap((event) =>
      event.kind === 'cells' ? [event.cells.map((cell) => (cell === '' ? null : cell))] : [],
    ),
    records: rowEvents.map(({ record }) => record),
    contexts: rowEvents.map(({ context }) => context === true),
    next: summary?.kind === 'summary' ? summary.next : null,
    partial: summary?.kind === 'summary' ? summary.partial : undefined,
    statements: summary?.kind === 'summary' ? (summary.sql ?? []) : [],
  };
}
