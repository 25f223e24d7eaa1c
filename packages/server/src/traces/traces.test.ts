import type { TraceEvent } from '@tendril/api/trace';
import type { SpanOutline } from '@tendril/api/trace-outline';
import type { TraceSearchEvent, TraceSummary } from '@tendril/api/trace-search';
import { Failure } from '@tendril/model/failure';
import type { Span } from '@tendril/model/span';
import type { EngineFixture } from '@tendril/testkit/engine-fixture';
import { startLogsFixture } from '@tendril/testkit/logs-fixture';
import { insertSpans, type TestSpan } from '@tendril/testkit/spans-fixture';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LogReader } from '../logs/log-reader.ts';
import { SPAN_SOURCE } from '../logs/record-source.ts';
import { traceOperations, traceSeries, traceServices } from './service-calls.ts';
import { searchSpans } from './span-search.ts';
import { searchTraces } from './trace-search.ts';
import { traceOutline } from './trace-outline.ts';
import { traceOtlp } from './trace-otlp.ts';
import { traceSpans } from './trace-spans.ts';

const MINUTE_NS = 60_000_000_000n;
const MS_NS = 1_000_000n;
/** A whole minute, some minutes ago. */
const START_NS = ((BigInt(Date.now()) * MS_NS) / MINUTE_NS - 30n) * MINUTE_NS;
const { signal } = new AbortController();

let fixture: EngineFixture;
let reader: LogReader;

beforeAll(async () => {
  fixture = await startLogsFixture();
  const { engine } = fixture;
  reader = new LogReader({ engine, source: SPAN_SOURCE, flush: () => Promise.resolve() });
  await insertSpans(engine, ordinaryTraces());
});

afterAll(() => fixture.close());

/** Twenty traces of a gateway that calls a message service; every fifth fails, each takes longer. */
function ordinaryTraces(): readonly TestSpan[] {
  return Array.from({ length: 20 }, (_, index): readonly TestSpan[] => {
    const startNs = START_NS + BigInt(index) * 1_000_000_000n;
    const trace = `a${index.toString(16).padStart(2, '0')}`;
    const isError = index % 5 === 0;
    const durationNs = BigInt(index + 1) * 10n * MS_NS;
    return [
      {
        trace,
        id: `${trace}1`,
        service: 'gateway',
        environment: 'prod',
        name: 'POST /send',
        kind: 'server',
        startNs,
        durationNs,
        isError,
        attributes: { 'http.status_code': isError ? 500 : 200 },
      },
      {
        trace,
        id: `${trace}2`,
        parent: `${trace}1`,
        service: 'msg',
        environment: 'prod',
        name: 'SendMsg',
        kind: 'server',
        startNs: startNs + MS_NS,
        durationNs: durationNs - 2n * MS_NS,
        isError,
        attributes: { operationID: `op-${index}` },
      },
    ];
  }).flat();
}

async function found(query: string, limit = 100): Promise<readonly TraceSummary[]> {
  const request = { query, from: 'now-1h', to: 'now', limit, order: 'desc', sql: false } as const;
  return tracesOf(searchTraces(reader, request, signal));
}

async function tracesOf(events: AsyncIterable<TraceSearchEvent>): Promise<readonly TraceSummary[]> {
  const traces: TraceSummary[] = [];
  for await (const event of events) if (event.kind === 'row') traces.push(event.trace);
  return traces;
}

async function spansOf(traceId: string): Promise<readonly Span[]> {
  const spans: Span[] = [];
  for await (const event of traceSpans(reader, traceId, signal)) {
    if (event.kind === 'row') spans.push(event.span);
  }
  return spans;
}

async function outlineOf(traceId: string): Promise<readonly SpanOutline[]> {
  const spans: SpanOutline[] = [];
  for await (const event of traceOutline(reader, traceId, signal)) {
    if (event.kind === 'spans') spans.push(...event.spans);
  }
  return spans;
}

/** Of a span without a host, events and links. */
function outlined(span: Span): SpanOutline {
  const { id, timestamp, durationNs, spanId, parentSpanId } = span;
  const { name, kind, status, statusMessage, serviceName } = span;
  const place = { id, timestamp, durationNs, spanId, parentSpanId };
  const said = { name, kind, status, statusMessage, serviceName };
  return { ...place, ...said, host: '', events: [], links: 0 };
}

describe('trace search', () => {
  test('finds traces by a span of any of their services, newest first', async () => {
    const traces = await found('service:msg and status:error');
    expect(traces.map(({ traceId }) => traceId.slice(-3))).toEqual(['a0f', 'a0a', 'a05', 'a00']);
    expect(traces[0]).toMatchObject({
      durationNs: String(160n * MS_NS),
      spans: 2,
      errors: 2,
      root: { service: 'gateway', name: 'POST /send', isWhole: true },
      services: [
        { service: 'gateway', spans: 1, errors: 1 },
        { service: 'msg', spans: 1, errors: 1 },
      ],
    });
  });

  test.each([
    ['duration >= 190ms', 2],
    ['http.status_code:500', 4],
    ['operationID:op-7', 1],
    ['name:"POST*" and kind:server', 20],
    ['SendMsg', 20],
    ['service:nobody', 0],
  ])('%s', async (query, count) => {
    expect(await found(query)).toHaveLength(count);
  });

  test('conditions hold for one span, not for several of a trace', async () => {
    expect(await found('service:msg and http.status_code:500')).toEqual([]);
  });

  test('gives as many as are asked for, and the rest by its cursor', async () => {
    const request = { query: 'service:gateway', from: 'now-1h', to: 'now' } as const;
    const rest = { limit: 15, order: 'desc', sql: false } as const;
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const place: { readonly cursor?: string } = cursor === '' ? {} : { cursor };
      cursor = null;
      const events = searchTraces(reader, { ...request, ...rest, ...place }, signal);
      for await (const event of events) {
        if (event.kind === 'row') seen.push(event.trace.traceId);
        else if (event.kind === 'summary') cursor = event.next;
      }
    }
    expect(seen).toHaveLength(20);
    expect(new Set(seen).size).toBe(20);
  });
});

describe('one trace', () => {
  test('is found by its id alone, in any case and without leading zeros', async () => {
    const spans = await spansOf('A07');
    expect(spans.map(({ name }) => name)).toEqual(['POST /send', 'SendMsg']);
    expect(spans[1]).toMatchObject({ operationId: 'op-7', environment: 'prod', kind: 'server' });
  });

  test('that is not there is not found; what is no id is refused', async () => {
    await expect(spansOf('dead')).rejects.toMatchObject({ code: 'not_found' });
    await expect(spansOf("'; DROP TABLE traces")).rejects.toBeInstanceOf(Failure);
  });

  test('of 100,000 spans comes whole, in order, page by page', { timeout: 120_000 }, async () => {
    const spans = Array.from({ length: 100_000 }, (_, index): TestSpan => ({
      trace: 'b16',
      id: (index + 1).toString(16),
      ...(index > 0 && { parent: '1' }),
      service: `service-${index % 150}`,
      startNs: START_NS + BigInt(index % 1_000) * MS_NS,
      durationNs: 5n,
    }));
    await insertSpans(fixture.engine, spans);
    const events: TraceEvent[] = [];
    for await (const event of traceSpans(reader, 'b16', signal)) events.push(event);
    const rows = events.flatMap((event) => (event.kind === 'row' ? [event.span] : []));
    expect(new Set(rows.map(({ spanId }) => spanId)).size).toBe(100_000);
    expect(rows).toHaveLength(100_000);
    expect(rows.every((row, at) => row.timestamp >= (rows[at - 1]?.timestamp ?? ''))).toBe(true);
    expect(await outlineOf('b16')).toEqual(rows.map(outlined));
    expect(events.at(-1)).toMatchObject({
      kind: 'summary',
      partial: null,
      counts: { rows: 100_000 },
    });
    const [trace] = await found('service:service-149');
    expect(trace?.services).toHaveLength(100);
    expect(trace?.spans).toBe(100_000);
  });

  test('with hostile spans is told as it is', async () => {
    const far = START_NS - 3n * 24n * 60n * MINUTE_NS;
    await insertSpans(fixture.engine, [
      { trace: 'c1', id: '1', parent: '1', service: 'self', startNs: START_NS },
      { trace: 'c1', id: '2', parent: '3', service: 'cycle', startNs: START_NS },
      { trace: 'c1', id: '3', parent: '2', service: 'cycle', startNs: START_NS },
      { trace: 'c1', id: '4', parent: 'dead', service: 'orphan', startNs: far },
      { trace: 'c1', id: '4', parent: 'dead', service: 'orphan', startNs: far },
      { trace: 'c1', id: '5', parent: '1', service: 'back', startNs: START_NS, durationNs: -7n },
      {
        trace: 'c1',
        id: '6',
        service: '__proto__',
        name: '<script>\u202e',
        startNs: START_NS,
        attributes: { constructor: 'x', __proto__x: 'y', 'a`b': "'" },
      },
    ]);
    const spans = await spansOf('c1');
    expect(spans).toHaveLength(7);
    expect(spans.find(({ spanId }) => spanId.endsWith('5'))).toMatchObject({
      durationNs: '0',
      attributes: { 'tendril.original_end_timestamp': String(START_NS - 7n) },
    });
    expect(spans.find(({ spanId }) => spanId.endsWith('6'))).toMatchObject({
      serviceName: '__proto__',
      name: '<script>\u202e',
      attributes: { constructor: 'x', 'a`b': "'" },
    });
    const [trace] = await found('service:self');
    expect(trace).toMatchObject({
      spans: 7,
      root: { service: '__proto__', isWhole: true },
      timestamp: String(far),
    });
  });
});

test('a trace as a file is one JSON of OTLP, whatever it holds', async () => {
  let text = '';
  for await (const piece of traceOtlp(reader, 'a05', signal)) text += piece;
  const { resourceSpans } = JSON.parse(text) as { resourceSpans: readonly object[] };
  expect(resourceSpans).toHaveLength(2);
  expect(text).toContain('"name":"POST /send"');
  expect(text).toContain('{"key":"http.status_code","value":{"intValue":"500"}}');
  await expect(traceOtlp(reader, 'dead', signal).next()).rejects.toMatchObject({
    code: 'not_found',
  });
});

describe('calls', () => {
  const request = { from: 'now-1h', to: 'now', environment: 'prod' };

  test('of services and operations are counted with their errors and durations', async () => {
    const { services } = await traceServices(reader, request, signal);
    expect(services).toMatchObject([
      { service: 'gateway', calls: 20, errors: 4 },
      { service: 'msg', calls: 20, errors: 4 },
    ]);
    const { operations } = await traceOperations(reader, { ...request, service: 'msg' }, signal);
    expect(operations).toMatchObject([
      { service: 'msg', operation: 'SendMsg', kind: 'server', calls: 20, errors: 4 },
    ]);
    expect(operations[0]?.p50Ns).toBeGreaterThan(90e6);
    expect(operations[0]?.p99Ns).toBeLessThan(200e6);
  });

  test('over time, in steps of whole minutes', async () => {
    const series = await traceSeries(
      reader,
      { ...request, service: 'gateway', buckets: 120 },
      signal,
    );
    expect(series.points).toMatchObject([{ start: String(START_NS), calls: 20, errors: 4 }]);
  });

  test('that sampling kept count for those it did not', async () => {
    await insertSpans(
      fixture.engine,
      Array.from({ length: 3 }, (_, index) => ({
        trace: `d${index}`,
        id: '1',
        service: 'sampled',
        environment: 'sampled',
        kind: 'server' as const,
        startNs: START_NS,
        traceState: 'ot=th:c',
      })),
    );
    const { services } = await traceServices(
      reader,
      { ...request, environment: 'sampled' },
      signal,
    );
    expect(services).toMatchObject([{ service: 'sampled', calls: 12 }]);
  });
});

describe('span search', () => {
  test('gives the spans themselves', async () => {
    const request = {
      query: 'duration > 150ms and service:gateway',
      from: 'now-1h',
      to: 'now',
      limit: 3,
      order: 'asc',
      sql: false,
    } as const;
    const names: string[] = [];
    for await (const event of searchSpans(reader, request, signal)) {
      if (event.kind === 'row') names.push(event.span.traceId.slice(-3));
    }
    expect(names).toEqual(['a0f', 'a10', 'a11']);
  });

  test('a field that no span has is an error with a hint', async () => {
    const request = { query: 'durration > 1s', from: 'now-1h', to: 'now' } as const;
    const events = searchSpans(reader, { ...request, limit: 1, order: 'asc', sql: false }, signal);
    await expect(events.next()).rejects.toMatchObject({
      code: 'query_unknown_field',
      params: { nearest: 'duration' },
    });
  });
});
