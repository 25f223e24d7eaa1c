/** Patterns on a real engine: what writers say, what is counted, learned and found. */
import { LogBatch } from '@tendril/columns/log-batch';
import { PatternCatalog } from '@tendril/columns/pattern-catalog';
import { RecordCatalog } from '@tendril/columns/record-catalog';
import { LogWriter } from '@tendril/intake/log-writer';
import { idText } from '@tendril/intake/patterns/pattern-id';
import { PatternScanner } from '@tendril/intake/patterns/pattern-scanner';
import { logPatternsRequestSchema, type LogPatternsInput } from '@tendril/api/log-patterns';
import type { LogPatternsResponse } from '@tendril/api/log-patterns';
import type { LogRecord } from '@tendril/model/log-record';
import { DEFAULT_LIMITS } from '@tendril/model/limits';
import { int64, sql } from '@tendril/sql/sql';
import type { EngineFixture } from '@tendril/testkit/engine-fixture';
import { KEEPS_EVERYTHING } from '@tendril/testkit/log-batches';
import { startLogsFixture } from '@tendril/testkit/logs-fixture';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { learnPatterns } from '../../jobs/learn-patterns.ts';
import { logChanges } from '../changes.ts';
import { LogReader } from '../log-reader.ts';
import { searchLogs } from '../search.ts';
import { logChangesRequestSchema } from '@tendril/api/log-changes';
import { logSearchRequestSchema } from '@tendril/api/log-search';
import { ALIASES_MAX } from './pattern-alias.ts';
import { logPatterns } from './patterns.ts';

const NS_PER_S = 1_000_000_000n;
/** A full minute. */
const T0_S = 1_780_390_440n;
const SIGNAL = new AbortController().signal;
const NAMES = ['ann', 'bob', 'cid', 'dan', 'eve', 'fay', 'gus'];

let fixture: EngineFixture;
let reader: LogReader;
let frame = 0;

beforeAll(async () => {
  fixture = await startLogsFixture();
  await fixture.engine.command(sql`ALTER TABLE patterns REMOVE TTL`);
});

afterAll(() => fixture.close());

beforeEach(async () => {
  for (const table of [sql`logs`, sql`patterns`, sql`pattern_alias`]) {
    await fixture.engine.command(sql`TRUNCATE TABLE ${table}`);
  }
  reader = new LogReader({ engine: fixture.engine, flush: () => Promise.resolve() });
});

interface Line {
  readonly body: string;
  /** After T0. */
  readonly atS?: number;
  readonly severity?: number;
  readonly service?: string;
}

async function store(lines: readonly Line[], options: { tell?: boolean } = {}): Promise<void> {
  const scanner = new PatternScanner();
  const nowMs = (): number => Number(T0_S) * 1000;
  const patterns = new PatternCatalog({ nowMs, describe: (body) => scanner.describe(body) });
  const catalog = new RecordCatalog({
    attributePathsMax: 100,
    nowMs,
    ...(options.tell !== false && { patterns }),
  });
  const batch = new LogBatch(catalog);
  const nowNs = (): bigint => (T0_S + 3600n) * NS_PER_S;
  const writer = new LogWriter({
    catalog,
    redactor: KEEPS_EVERYTHING,
    limits: DEFAULT_LIMITS,
    nowNs,
  });
  writer.open({ batchForNextRecord: () => batch });
  for (const { body, atS = 0, severity = 9, service = 'im' } of lines) {
    writer.useResource(writer.context.resource({ 'service.name': service }, ''));
    writer.begin();
    writer.timeNs((T0_S + BigInt(atS)) * NS_PER_S);
    writer.severity(severity, '');
    writer.body(body);
    writer.end();
  }
  frame += 1;
  for (const { table, bytes } of batch.encode({ server: 1, frame, row: 0 })) {
    const token = `${table}-${frame}`;
    await fixture.engine.insertNative({ table, blocks: [Buffer.concat(bytes)], token });
  }
}

async function read(input: LogPatternsInput = {}): Promise<LogPatternsResponse> {
  const range = { from: `${T0_S}`, to: `${T0_S + 3600n}` };
  return await logPatterns(reader, logPatternsRequestSchema.parse({ ...range, ...input }), SIGNAL);
}

async function found(query: string): Promise<readonly string[]> {
  const range = { from: `${T0_S}`, to: `${T0_S + 3600n}` };
  const bodies: string[] = [];
  const request = logSearchRequestSchema.parse({ query, ...range });
  for await (const event of searchLogs(reader, request, SIGNAL)) {
    if (event.kind === 'row') bodies.push(event.record.body);
  }
  return bodies.toSorted();
}

function patternIdOf(body: string): string {
  const scanner = new PatternScanner();
  scanner.scanText(body);
  return idText(scanner.pattern);
}

function sampleRecord(body: string): LogRecord {
  return {
    id: '0000000000000001',
    timestamp: '1',
    observedTimestamp: '1',
    severityText: '',
    severityNumber: 0,
    body,
    original: '',
    serviceName: '',
    environment: '',
    traceId: '',
    spanId: '',
    operationId: '',
    patternId: patternIdOf(body),
    resource: {},
    scope: { name: '' },
    attributes: {},
  };
}

const counts = ({ patterns }: LogPatternsResponse): string[] =>
  patterns.map(({ count, template }) => `${count} ${template}`);

describe('patterns', () => {
  test('counts records by pattern, with shares, trend, levels, services and an example', async () => {
    await store([
      { body: 'sent 3 bytes', atS: 10 },
      { body: 'sent 5 bytes', atS: 130, service: 'push' },
      { body: 'sent 7 bytes', atS: 131, severity: 13 },
      { body: 'disk full', atS: 200, severity: 17 },
    ]);
    const answer = await read({ buckets: 60 });
    expect(answer).toMatchObject({ records: 4, total: 2, partial: null, compared: null });
    expect(answer.patterns[0]).toMatchObject({
      template: 'sent <*>',
      count: 3,
      share: 0.75,
      before: 0,
      firstSeen: String((T0_S + 10n) * NS_PER_S),
      lastSeen: String((T0_S + 131n) * NS_PER_S),
      levels: { info: 2, warn: 1 },
      services: [
        { name: 'im', count: 2 },
        { name: 'push', count: 1 },
      ],
      examples: ['sent 3 bytes'],
    });
    expect(answer.patterns[0]?.trend.slice(0, 4)).toEqual([1, 0, 2, 0]);
    expect(answer.trend).toEqual({
      from: String(T0_S * NS_PER_S),
      width: '60000000000',
      buckets: 60,
    });
    expect(answer.patterns[1]).toMatchObject({ template: 'disk full', levels: { error: 1 } });
  });

  test.each([
    ['from the roll-up', 'service:im', 60],
    ['from the rows', 'service:im and not message:zzz', 60],
    ['in buckets narrower than the roll-up', 'service:im', 200],
  ])('says the same %s', async (_name, query, buckets) => {
    await store([
      { body: 'a 1', atS: 5 },
      { body: 'a 2', atS: 3599 },
      { body: 'b', atS: 1800 },
      { body: 'b', service: 'other' },
    ]);
    const range = { from: `${T0_S + 5n}`, to: `${T0_S + 3600n}` };
    const answer = await read({ query, buckets, ...range });
    expect(counts(answer)).toEqual(['2 a <*>', '1 b']);
    expect(answer.patterns[0]?.trend.reduce((sum, records) => sum + records)).toBe(2);
  });

  test('tells what is new and what has vanished', async () => {
    await store([
      { body: 'old', atS: 10 },
      { body: 'both', atS: 20 },
      { body: 'both', atS: 2000 },
      { body: 'fresh', atS: 2100 },
    ]);
    const halves = { from: `${T0_S + 1800n}`, compare: `${T0_S}` };
    expect((await read(halves)).patterns).toMatchObject([
      { template: 'both', count: 1, before: 1 },
      { template: 'fresh', count: 1, before: 0 },
    ]);
    expect(counts(await read({ ...halves, show: 'new' }))).toEqual(['1 fresh']);
    expect((await read({ ...halves, show: 'vanished' })).patterns).toMatchObject([
      { template: 'old', count: 0, before: 1, firstSeen: String((T0_S + 10n) * NS_PER_S) },
    ]);
    expect(counts(await read({ ...halves, compare: 'before', show: 'new' }))).toEqual(['1 fresh']);
    await expect(read({ compare: 'now' })).rejects.toMatchObject({ code: 'bad_range' });
  });

  test('lists no more than the limit, and says of how many', async () => {
    await store(['x', 'y', 'z'].map((body) => ({ body })));
    expect(await read({ limit: 2 })).toMatchObject({ total: 3, records: 3, patterns: [{}, {}] });
  });

  test('makes the text of what no writer told from a record', async () => {
    await store([{ body: 'state=ready after 3 s' }], { tell: false });
    expect((await read()).patterns).toMatchObject([
      { template: 'state=ready after <*>', examples: ['state=ready after 3 s'] },
    ]);
  });

  describe('once learned', () => {
    beforeEach(async () => {
      const logins = NAMES.map((name, index) => ({
        body: `login by user ${name} from 10.0.0.${index}`,
      }));
      await store([...logins, { body: 'state=ready' }, { body: 'state=dead' }]);
      expect((await read()).total).toBe(9);
      expect(await learnPatterns(fixture.engine)).toBe(1);
      reader = new LogReader({ engine: fixture.engine, flush: () => Promise.resolve() });
    });

    test('names are one pattern and states are not', async () => {
      expect(counts(await read())).toEqual([
        '7 login by user <*> from <*>',
        '1 state=dead',
        '1 state=ready',
      ]);
    });

    test('no more is learned than reads can send along', async () => {
      await fixture.engine.command(
        sql`INSERT INTO pattern_alias (SkeletonId, GroupId) SELECT number + 1, number + 1 FROM numbers(${int64(BigInt(ALIASES_MAX))})`,
      );
      await store(NAMES.map((name) => ({ body: `logout by user ${name} from 10.0.0.1` })));
      expect(await learnPatterns(fixture.engine)).toBe(0);
    });

    test('learning again finds nothing new', async () => {
      expect(await learnPatterns(fixture.engine)).toBe(0);
    });

    test('the id of the whole finds all of its records, and so does that of each part', async () => {
      const [login] = (await read()).patterns;
      const all = NAMES.map((name, index) => `login by user ${name} from 10.0.0.${index}`);
      expect(await found(`patternId:${login?.patternId ?? ''}`)).toEqual(all);
      const part = patternIdOf(all[0] ?? '');
      expect(await found(`patternId:${part}`)).toEqual(all);
      expect(await found(`not patternId:${part}`)).toEqual(['state=dead', 'state=ready']);
      expect(counts(await read({ query: `patternId:${part}` }))).toEqual([
        '7 login by user <*> from <*>',
      ]);
    });

    test('live tail finds all of its records too, those with new words as well', async () => {
      const [login] = (await read()).patterns;
      const matches = await reader.tailMatcher(`patternId:${login?.patternId ?? ''}`, SIGNAL);
      const bodies = ['login by user zoe from 10.0.0.9', 'state=ready', 'logout by user zoe'];
      const records = bodies.map((body) => sampleRecord(body));
      expect(records.map((record) => matches(record))).toEqual([true, false, false]);
    });

    test('what changed speaks of the whole', async () => {
      const calm = Array.from({ length: 200 }, (_unused, second) => ({
        body: 'calm',
        atS: second,
      }));
      const logins = Array.from({ length: 90 }, (_unused, index) => ({
        body: `login by user ${NAMES[index % NAMES.length] ?? ''} from 10.0.0.1`,
        atS: 100 + index,
      }));
      await store([...calm, ...logins]);
      const range = { from: `${T0_S + 100n}`, to: `${T0_S + 200n}` };
      const request = logChangesRequestSchema.parse(range);
      const { changes } = await logChanges(reader, request, SIGNAL);
      expect(changes).toContainEqual(
        expect.objectContaining({
          kind: 'pattern',
          text: 'login by user <*> from <*>',
          records: 90,
        }),
      );
    });

    test('new words belong to it at once', async () => {
      await store([{ body: 'login by user zoe from 10.0.0.9', atS: 60 }]);
      expect(counts(await read())[0]).toBe('8 login by user <*> from <*>');
    });
  });
});
