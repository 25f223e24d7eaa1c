/** Search, histogram, fields and single records on a real engine. */
import { Readable } from 'node:stream';
import { logExportRequestSchema, type LogExportRequest } from '@tendril/api/log-export';
import type { LogHistogramEvent, LogHistogramSummary } from '@tendril/api/log-histogram';
import type { LogSearchEvent, LogSearchRequest, LogSearchSummary } from '@tendril/api/log-search';
import { Failure } from '@tendril/model/failure';
import type { LogRecord } from '@tendril/model/log-record';
import type { EngineFixture } from '@tendril/testkit/engine-fixture';
import {
  insertFieldRows,
  insertLogRows,
  insertResource,
  startLogsFixture,
  type LogRow,
} from '@tendril/testkit/logs-fixture';
import { render } from '@tendril/sql/sql';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import { exportLogs } from './export.ts';
import { logFacets } from './facets.ts';
import { logFields } from './field-list.ts';
import { logFieldValues } from './field-values.ts';
import { logHistogram } from './histogram.ts';
import type { LogFacetsResponse } from '@tendril/api/log-facets';
import { LogReader } from './log-reader.ts';
import { READ_LIMITS, type ReadLimits } from './read-budget.ts';
import { searchLogs } from './search.ts';
import { dayRowsQuery } from './table-density.ts';
import { logRecord, logSurroundings } from './surroundings.ts';

const BASE_NS = 1_780_390_443_101_000_000n;
const ROW_COUNT = 500;
const RANGE = { from: '1780300000', to: '1780400000' };
const SIGNAL = new AbortController().signal;

/** In clusters of one time, from one nanosecond to hours apart. */
const ROWS: readonly LogRow[] = Array.from({ length: ROW_COUNT }, (_, index) => {
  const cluster = BigInt(Math.floor(index / 7));
  return {
    timestampNs: BASE_NS - cluster * cluster * 1_000_000_007n,
    recordId: BigInt((index * 7919) % 1000) + (index % 3 === 0 ? 1n << 63n : 0n),
    body: index % 5 === 0 ? `login failed for u${index}` : `request ${index} processed 处理完成`,
    severityNumber: index % 11 === 0 ? 0 : ([5, 9, 13, 17][index % 4] ?? 9),
    serviceName: ['gateway', 'auth', 'push'][index % 3] ?? '',
    operationId: `op-${index % 50}`,
    resourceId: BigInt((index % 3) + 1),
    attributes: JSON.stringify({
      status: 200 + (index % 4),
      method: index % 2 === 0 ? 'GET' : 'POST',
      error: 'e',
      'error.type': 't',
    }),
  };
});

let fixture: EngineFixture;
let reader: LogReader;

beforeAll(async () => {
  fixture = await startLogsFixture();
  const { engine } = fixture;
  for (const id of [1n, 2n, 3n]) {
    await insertResource(engine, id, { 'service.name': `s${id}`, 'host.name': `node-${id % 2n}` });
  }
  // In several parts, so that merging is not what puts them in order.
  for (let start = 0; start < ROWS.length; start += 100)
    await insertLogRows(engine, ROWS.slice(start, start + 100));
  await insertFieldRows(engine, [
    { hourNs: BASE_NS, source: 'attribute', name: 'status', type: 'integer', count: 500 },
    { hourNs: BASE_NS, source: 'attribute', name: 'method', count: 500 },
    { hourNs: BASE_NS, source: 'resource', name: 'host.name', count: 500 },
    { hourNs: BASE_NS, source: 'column', name: 'ServiceName', count: 500 },
  ]);
  reader = new LogReader({ engine, flush: () => Promise.resolve() });
});

afterAll(() => fixture.close());

function readerOf(engine: Engine): LogReader {
  return new LogReader({ engine, flush: () => Promise.resolve() });
}

/** Makes the table seem so full that searches go in many windows. */
function denseEngine(
  engine: Engine,
  query: Engine['query'] = (...given) => engine.query(...given),
): Engine {
  const days = [
    { day: '2026-06-01', rows: 4e8, largest: 4e8 },
    { day: '2026-06-02', rows: 8e8, largest: 4e8 },
  ];
  return stubEngine(engine, async (statement, options) => {
    const result = await query(statement, options);
    const isDays = render(statement).text === render(dayRowsQuery('logs')).text;
    return isDays ? { ...result, rows: Readable.from(days) } : result;
  });
}

function stubEngine(engine: Engine, query: Engine['query']): Engine {
  return {
    kind: engine.kind,
    state: () => engine.state(),
    onStateChange: (listener) => engine.onStateChange(listener),
    whenReady: (timeoutMs) => engine.whenReady(timeoutMs),
    command: (...given) => engine.command(...given),
    insertNative: (insert) => engine.insertNative(insert),
    query,
    close: () => Promise.resolve(),
  };
}

interface Page {
  readonly records: readonly LogRecord[];
  readonly summary: LogSearchSummary;
}

async function search(request: Partial<LogSearchRequest>, by = reader): Promise<Page> {
  const records: LogRecord[] = [];
  let summary: LogSearchSummary | undefined;
  const whole = { query: '', limit: 100, order: 'desc', sql: false, ...RANGE, ...request } as const;
  for await (const event of searchLogs(by, whole, SIGNAL) as AsyncIterable<LogSearchEvent>) {
    if (event.kind === 'row') records.push(event.record);
    if (event.kind === 'summary') summary = event;
  }
  if (summary === undefined) throw new Error('no summary');
  return { records, summary };
}

async function pages(
  request: Partial<LogSearchRequest>,
  by = reader,
): Promise<readonly LogRecord[]> {
  const all: LogRecord[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const page = await search({ ...request, ...(cursor !== undefined && { cursor }) }, by);
    all.push(...page.records);
    cursor = page.summary.next;
  }
  return all;
}

const keyOf = ({ timestampNs, recordId }: LogRow): [bigint, bigint] => [timestampNs, recordId];
const newestFirst = ROWS.map(keyOf).sort(([t1, r1], [t2, r2]) =>
  t1 === t2 ? Number(r2 > r1) - Number(r2 < r1) : Number(t2 > t1) - Number(t2 < t1),
);
const keysOf = (records: readonly LogRecord[]): [bigint, bigint][] =>
  records.map(({ timestamp, id }) => [BigInt(timestamp), BigInt(`0x${id}`)]);

describe('search', () => {
  test('gives the same sequence for any page size and order, without gaps or repeats', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 20, max: 600 }),
        fc.constantFrom('desc', 'asc'),
        fc.boolean(),
        async (limit, order, dense) => {
          const by = dense ? readerOf(denseEngine(fixture.engine)) : reader;
          const records = await pages({ limit, order }, by);
          expect(keysOf(records)).toEqual(
            order === 'desc' ? newestFirst : newestFirst.toReversed(),
          );
        },
      ),
      { numRuns: 12 },
    );
  });

  test('gives records with flat attributes, their resource and exact times', async () => {
    const { records } = await search({ query: 'operationId:op-3 and status:203', limit: 1 });
    expect(records).toMatchObject([
      {
        attributes: { status: 203, error: 'e', 'error.type': 't' },
        resource: { 'host.name': expect.stringMatching(/^node-/) },
      },
    ]);
  });

  test('finds what the query asks for', async () => {
    const { records } = await search({
      query: 'login and level>=warn and status:200',
      limit: 1000,
    });
    const wanted = ROWS.filter(
      ({ body = '', severityNumber = 0 }, index) =>
        body.startsWith('login') && severityNumber >= 13 && index % 4 === 0,
    );
    expect(records).toHaveLength(wanted.length);
  });
});

describe('limits', () => {
  test('a search that is cut goes on where it stopped', async () => {
    let count = 0;
    const cutting = denseEngine(fixture.engine, async (statement, options) => {
      if (render(statement).text.includes('ORDER BY Timestamp')) count += 1;
      else return await fixture.engine.query(statement, options);
      if (count % 2 !== 0) return await fixture.engine.query(statement, options);
      throw new Failure({ code: 'query_timeout', detail: 'the time is up' });
    });
    const own = readerOf(cutting);
    const first = await search({ limit: 1000 }, own);
    expect(first.summary).toMatchObject({ partial: { reason: 'time' }, next: expect.any(String) });
    expect(keysOf(await pages({ limit: 1000 }, own))).toEqual(newestFirst);
  });

  const limited = async (readLimits: Partial<ReadLimits>): Promise<LogSearchSummary> => {
    const own = new LogReader({
      engine: fixture.engine,
      flush: () => Promise.resolve(),
      readLimits: { ...READ_LIMITS, ...readLimits },
    });
    // The catalogue is read with the same budget, and is not what is tested here.
    await own.catalogue.checked(() => undefined, { budget: reader.budget(), signal: SIGNAL });
    return (await search({ limit: 400 }, own)).summary;
  };

  test.each([
    [{ bytesReadMax: 1 }, 'bytes_read'],
    [{ timeoutMs: 0 }, 'time'],
  ])('%o cuts the answer, which says so', async (readLimits, reason) => {
    const summary = await limited(readLimits);
    expect(summary).toMatchObject({ partial: { reason }, next: null });
    expect(summary.partial?.searchedTo).toBe(summary.range.to);
  });
});

async function histogram(
  request: Partial<LogSearchRequest> & { buckets?: number },
): Promise<{ total: number; summary: LogHistogramSummary; statements: readonly string[] }> {
  let total = 0;
  let summary: LogHistogramSummary | undefined;
  const whole = { query: '', buckets: 60, estimate: false, ...RANGE, ...request, sql: true };
  for await (const event of logHistogram(
    reader,
    whole,
    SIGNAL,
  ) as AsyncIterable<LogHistogramEvent>) {
    if (event.kind === 'bucket') {
      for (const count of Object.values(event.counts)) total += count ?? 0;
    }
    if (event.kind === 'summary') summary = event;
  }
  if (summary === undefined) throw new Error('no summary');
  return { total, summary, statements: summary.sql ?? [] };
}

describe('an export', () => {
  const request = logExportRequestSchema.parse({ ...RANGE, format: 'ndjson' });
  const linesOf = async (given: Partial<LogExportRequest>, rowsMax: number): Promise<number> => {
    let lines = 0;
    const pieces = exportLogs(reader, { ...request, ...given }, { signal: SIGNAL, rowsMax });
    for await (const piece of pieces) lines += String(piece).split('\n').length - 1;
    return lines;
  };

  test.each(['', '* | fields body', '* | sort body', '* | stats count() by operationID, body'])(
    'of "%s" has everything, or fails; a limit that is asked for is none of it',
    async (query) => {
      expect(await linesOf({ query }, ROW_COUNT)).toBe(ROW_COUNT);
      await expect(linesOf({ query }, ROW_COUNT - 1)).rejects.toMatchObject({
        code: 'export_incomplete',
        params: { reason: 'rows' },
      });
      expect(await linesOf({ query, limit: 7 }, ROW_COUNT)).toBe(7);
    },
  );
});

describe('histogram', () => {
  // The shorter ones have buckets of less than ten seconds.
  test.each([
    { name: 'two hours', spanMaxNs: 7_000_000_000_000n },
    { name: 'five minutes', spanMaxNs: 300_000_000_000n },
  ])('counts exactly what a search finds, within $name', async ({ spanMaxNs }) => {
    await fc.assert(
      fc.asyncProperty(
        fc.bigInt(BASE_NS - spanMaxNs, BASE_NS + 1n),
        fc.bigInt(0n, spanMaxNs),
        fc.constantFrom('', 'level>=warn', 'service:auth or service:push', 'login', 'status:201'),
        fc.integer({ min: 1, max: 100 }),
        async (fromNs, spanNs, query, buckets) => {
          const bounds = { from: String(fromNs), to: String(fromNs + spanNs), query };
          const { total, summary } = await histogram({ ...bounds, buckets });
          const { records } = await search({ ...bounds, limit: 1000 });
          expect(total).toBe(records.length);
          expect(summary.counts.records).toBe(total);
        },
      ),
      { numRuns: 15 },
    );
  });
});

describe('fields', () => {
  test('are listed with type, label and storage', async () => {
    const { fields } = await logFields(reader, RANGE, SIGNAL);
    expect(fields).toContainEqual(
      expect.objectContaining({ name: 'service.name', storage: 'column', records: 500 }),
    );
    expect(fields).toContainEqual(
      expect.objectContaining({
        name: 'status',
        storage: 'attribute',
        type: 'integer',
        records: 500,
      }),
    );
  });

  test.each([
    ['service', '', ['gateway', 'auth', 'push']],
    ['level', '', ['debug', 'info', 'warn', 'error']],
    ['status', '', ['200', '201', '202', '203']],
    ['host.name', '', ['node-1', 'node-0']],
    ['operationId', 'OP-4', ['op-4', ...Array.from({ length: 10 }, (_, i) => `op-4${i}`)]],
    ['id', '', expect.anything()],
    ['duration', '', []],
    ['timestamp', '', expect.anything()],
    ['body', 'LOGIN', expect.anything()],
  ])('values of %s', async (field, prefix, expected) => {
    const request = { field, prefix, query: '', limit: 20, distinct: true, ...RANGE };
    const { values } = await logFieldValues(reader, request, SIGNAL);
    expect(new Set(values.map(({ value }) => value))).toEqual(
      Array.isArray(expected) ? new Set<unknown>(expected) : expected,
    );
  });
});

describe('the density of the table', () => {
  test('is known by day, from the parts that the engine has', async () => {
    const { density } = reader;
    await density.ready(SIGNAL);
    const range = reader.rangeOf(RANGE);
    expect(density.rowsWithin(range).inDays).toBe(ROWS.length);
    const week = { fromNs: range.toNs + 7n * 86_400_000_000_000n, toNs: range.toNs * 2n };
    expect(density.rowsWithin(week).inDays).toBe(0);
  });
});

describe('facets', () => {
  test('without a query are what the writers counted in the hours of the range', async () => {
    const request = { query: '', values: 5, search: '', parts: [], exact: false, ...RANGE };
    const { facets, fields, basis } = await logFacets(reader, request, SIGNAL);
    expect(basis).toEqual({ kind: 'hours' });
    expect(fields).toBe(facets.length);
    expect(facets).toContainEqual(expect.objectContaining({ name: 'method', records: 500 }));
    expect(facets).toContainEqual(
      expect.objectContaining({ name: 'service.name', label: { en: 'Service', zh: '服务' } }),
    );
  });

  test('with a query are of all that match, where they are few', async () => {
    const request = {
      query: 'login and level:error',
      values: 2,
      search: '',
      parts: [],
      exact: false,
      ...RANGE,
    };
    const { facets, basis } = await logFacets(reader, request, SIGNAL);
    const matching = ROWS.filter(
      ({ body = '', severityNumber }) => body.startsWith('login') && severityNumber === 17,
    ).length;
    expect(basis).toEqual({ kind: 'records', records: matching });
    expect(facets.find(({ name }) => name === 'level')).toMatchObject({
      records: matching,
      values: [{ value: 'error', count: matching }],
    });
    expect(facets.find(({ name }) => name === 'status')).toMatchObject({
      type: 'integer',
      values: [{ value: '203', count: matching }],
    });
  });

  test('of services are counted to the record where the roll-up can tell', async () => {
    const request = {
      query: 'level:error',
      values: 50,
      search: '',
      parts: [],
      exact: false,
      ...RANGE,
    };
    const { facets } = await logFacets(reader, request, SIGNAL);
    const matching = ROWS.filter(({ severityNumber }) => severityNumber === 17);
    const services = facets.find(({ name }) => name === 'service.name');
    expect(services).toMatchObject({ exact: true, records: matching.length });
    expect(services?.values.reduce((sum, { count }) => sum + count, 0)).toBe(matching.length);
  });

  test('of a sample stand for as many as the parts they come from have', async () => {
    const request = { query: 'login', values: 5, search: '', ...RANGE };
    const { facets: all } = await logFacets(
      reader,
      { ...request, parts: [], exact: false },
      SIGNAL,
    );
    const counted = all.find(({ name }) => name === 'method')?.records ?? 0;
    // As though each record were a thousand: none of them is then read beyond its share.
    const [from, to] = [`${RANGE.from}000000000`, `${RANGE.to}000000000`];
    const parts = [{ from, to, records: counted * 1_000 }];
    const { facets, basis } = await logFacets(reader, { ...request, parts, exact: false }, SIGNAL);
    expect(basis).toEqual({
      kind: 'sample',
      records: Math.min(counted, 1_000),
      matching: counted * 1_000,
    });
    expect(facets.find(({ name }) => name === 'method')?.records).toBe(counted * 1_000);
  });

  test('of few records are of all of them where that is asked for', async () => {
    const request = { query: 'login', values: 5, search: '', parts: [], ...RANGE };
    const { facets, basis } = await logFacets(reader, { ...request, exact: true }, SIGNAL);
    const matching = ROWS.filter(({ body = '' }) => body.startsWith('login'));
    expect(basis).toEqual({ kind: 'records', records: matching.length });
    expect(facets.find(({ name }) => name === 'method')?.records).toBe(matching.length);
  });

  test.each(['', 'login'])('are searched by name, with the query “%s”', async (query) => {
    const request = { query, values: 2, search: 'METH', parts: [], exact: false, ...RANGE };
    const { facets, fields } = await logFacets(reader, request, SIGNAL);
    expect(facets.map(({ name }) => name)).toEqual(['method']);
    expect(fields).toBe(1);
  });
});

describe('an overview', () => {
  const overviewOf = async (
    request: Partial<LogSearchRequest>,
  ): Promise<{
    kinds: readonly string[];
    records: number;
    total: number;
    facets: LogFacetsResponse;
  }> => {
    const kinds: string[] = [];
    let [records, total] = [0, 0];
    let facets: LogFacetsResponse | undefined;
    const whole = {
      query: '',
      limit: 100,
      order: 'desc',
      sql: false,
      ...RANGE,
      ...request,
    } as const;
    const overview = { buckets: 60, values: 5 };
    for await (const event of searchLogs(reader, { ...whole, overview }, SIGNAL)) {
      if (kinds.at(-1) !== event.kind) kinds.push(event.kind);
      if (event.kind === 'facets') ({ facets } = event);
      if (event.kind !== 'overview') continue;
      ({ records } = event);
      for (const { counts } of event.buckets)
        total += Object.values(counts).reduce<number>((sum, count) => sum + (count ?? 0), 0);
    }
    if (facets === undefined) throw new Error('no facets');
    return { kinds, records, total, facets };
  };

  test('follows the rows, and is the same from the rows of a page and from the engine', async () => {
    const query = 'login and level:error';
    const ofRows = await overviewOf({ query, limit: 1_000 });
    const ofAll = await overviewOf({ query, limit: 1 });
    const { total } = await histogram({ query });
    for (const { kinds, records, total: sum } of [ofRows, ofAll]) {
      expect(kinds.filter((kind) => kind !== 'progress')).toEqual([
        'row',
        'page',
        'overview',
        'facets',
        'summary',
      ]);
      expect([records, sum]).toEqual([total, total]);
    }
    expect(ofRows.facets.basis).toEqual({ kind: 'records', records: total });
    const told = new Map(
      ofRows.facets.facets.map((facet) => [`${facet.storage} ${facet.name}`, facet]),
    );
    expect(ofAll.facets.facets.length).toBe(ofRows.facets.facets.length);
    for (const { storage, name, records, values } of ofAll.facets.facets) {
      expect(told.get(`${storage} ${name}`)).toMatchObject({ records, values });
    }
  });

  test('is not part of later pages, nor of tables', async () => {
    const { summary } = await search({ limit: 1 });
    const overview = { buckets: 60, values: 5 };
    const requests = [{ cursor: summary.next ?? '' }, { query: '* | fields body' }];
    for (const request of requests) {
      const whole = { query: '', limit: 5, order: 'desc', sql: false, ...RANGE } as const;
      const events = searchLogs(reader, { ...whole, ...request, overview }, SIGNAL);
      for await (const { kind } of events)
        expect(['overview', 'facets', 'page']).not.toContain(kind);
    }
  });
});

describe('one record', () => {
  test('is found by its address, with what surrounds it in order', async () => {
    const all = await pages({ limit: 1000, order: 'asc' });
    const at = 250;
    const { id = '', timestamp = '' } = all[at] ?? {};
    expect(await logRecord(reader, { id, timestamp }, SIGNAL)).toEqual(all[at]);
    const around = await logSurroundings(
      reader,
      { id, timestamp, query: '', before: 5, after: 7 },
      SIGNAL,
    );
    expect(around.before).toEqual(all.slice(at - 5, at));
    expect(around.after).toEqual(all.slice(at + 1, at + 8));
  });
});
