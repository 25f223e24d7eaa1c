import type { ServiceEdge } from '@tendril/api/trace-services';
import type { EngineFixture } from '@tendril/testkit/engine-fixture';
import { goldenActuals } from '@tendril/testkit/golden';
import { printSql, type Sql } from '@tendril/sql/sql';
import { startLogsFixture } from '@tendril/testkit/logs-fixture';
import { insertSpans, type TestSpan } from '@tendril/testkit/spans-fixture';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LogReader } from '../logs/log-reader.ts';
import { SPAN_SOURCE } from '../logs/record-source.ts';
import { traceDependencies } from '../traces/dependencies.ts';
import { traceMapHistory } from '../traces/map-history.ts';
import {
  arrivalsQuery,
  countMinuteStatement,
  countServiceEdges,
  minuteSizesQuery,
  progressQuery,
} from './service-edges.ts';

const MINUTE_NS = 60_000_000_000n;
const NOW_NS = BigInt(Date.now()) * 1_000_000n;

let fixture: EngineFixture;
let reader: LogReader;
let nowMs = Date.now();

beforeAll(async () => {
  fixture = await startLogsFixture();
  const { engine } = fixture;
  reader = new LogReader({ engine, source: SPAN_SOURCE, flush: () => Promise.resolve() });
});

afterAll(() => fixture.close());

/** Each test has an environment, so that they do not see each other's calls. */
async function edgesOf(
  environment: string,
): Promise<readonly Pick<ServiceEdge, 'caller' | 'callee' | 'kind' | 'calls' | 'errors'>[]> {
  const range = { from: 'now-2h', to: 'now+1h', environment };
  const { edges } = await traceDependencies(reader, range, new AbortController().signal);
  return edges.map(({ caller, callee, kind, calls, errors }) => {
    return { caller, callee, kind, calls, errors };
  });
}

async function count(): Promise<void> {
  nowMs += 1;
  await countServiceEdges(fixture.engine, nowMs);
}

/** The two ends of a call, the second half a second after the first. */
function call(
  trace: string,
  environment: string,
  minutesAgo: number,
): readonly [TestSpan, TestSpan] {
  const startNs = NOW_NS - BigInt(minutesAgo) * MINUTE_NS;
  const shared = { trace, environment, durationNs: 2_000_000n };
  return [
    {
      ...shared,
      id: '1',
      service: 'gateway',
      kind: 'client',
      startNs,
      attributes: { 'peer.service': 'msg' },
    },
    {
      ...shared,
      id: '2',
      parent: '1',
      service: 'msg',
      kind: 'server',
      startNs: startNs + 500_000_000n,
      isError: true,
    },
  ];
}

const EDGE = { caller: 'gateway', callee: 'msg', kind: 'call', calls: 1, errors: 1 };

describe('service edges', () => {
  test('count a call once, however often its ends come and the job runs', async () => {
    const spans = call('a1', 'twice', 20);
    await insertSpans(fixture.engine, spans);
    await count();
    expect(await edgesOf('twice')).toEqual([EDGE]);
    await insertSpans(fixture.engine, spans);
    await count();
    await count();
    expect(await edgesOf('twice')).toEqual([EDGE]);
  });

  test.each(['client first', 'server first'])(
    'count a call whose ends come in different runs: %s',
    async (order) => {
      const ends = call(order === 'client first' ? 'b1' : 'b2', order, 25);
      const [first, second] = order === 'client first' ? ends : [ends[1], ends[0]];
      await insertSpans(fixture.engine, [first]);
      await count();
      await insertSpans(fixture.engine, [second]);
      await count();
      expect(await edgesOf(order)).toEqual([EDGE]);
    },
  );

  test('a client that nobody answers calls what it names, until somebody does', async () => {
    const [client, server] = call('c1', 'unanswered', 30);
    await insertSpans(fixture.engine, [client]);
    await count();
    expect(await edgesOf('unanswered')).toEqual([{ ...EDGE, kind: 'external', errors: 0 }]);
    await insertSpans(fixture.engine, [server]);
    await count();
    expect(await edgesOf('unanswered')).toEqual([EDGE]);
  });

  test('databases and queues are known by their systems', async () => {
    const startNs = NOW_NS - 35n * MINUTE_NS;
    const shared = { trace: 'd1', environment: 'systems', service: 'msg', startNs };
    await insertSpans(fixture.engine, [
      { ...shared, id: '1', kind: 'client', attributes: { 'db.system': 'mongodb' } },
      { ...shared, id: '2', kind: 'producer', attributes: { 'messaging.system': 'kafka' } },
      { ...shared, id: '3', kind: 'client' },
    ]);
    await count();
    const none = { caller: 'msg', calls: 1, errors: 0 };
    expect(await edgesOf('systems')).toEqual([
      { ...none, callee: 'kafka', kind: 'messaging' },
      { ...none, callee: 'mongodb', kind: 'database' },
    ]);
  });

  test('halves that share an id are two ends of one call, and children belong to the server', async () => {
    const startNs = NOW_NS - 40n * MINUTE_NS;
    const shared = { trace: 'e1', environment: 'zipkin', startNs };
    await insertSpans(fixture.engine, [
      { ...shared, id: '1', service: 'gateway', kind: 'client' },
      { ...shared, id: '1', service: 'msg', kind: 'server' },
      { ...shared, id: '2', parent: '1', service: 'msg' },
      { ...shared, id: '3', parent: '1', service: 'push', kind: 'server' },
    ]);
    await count();
    const none = { kind: 'call', calls: 1, errors: 0 };
    expect(await edgesOf('zipkin')).toEqual([
      { ...none, caller: 'gateway', callee: 'msg' },
      { ...none, caller: 'msg', callee: 'push' },
    ]);
  });

  test('a call that was kept by sampling counts for those that were not', async () => {
    const ends = call('f1', 'sampled', 45).map((span) =>
      Object.assign({ traceState: 'ot=th:c' }, span),
    );
    await insertSpans(fixture.engine, ends);
    await count();
    expect(await edgesOf('sampled')).toEqual([{ ...EDGE, calls: 4, errors: 4 }]);
  });

  test('cycles, spans that are their own parents and missing parents are no calls', async () => {
    const startNs = NOW_NS - 50n * MINUTE_NS;
    const shared = { trace: 'f2', environment: 'hostile', startNs };
    await insertSpans(fixture.engine, [
      { ...shared, id: '1', parent: '1', service: 'self' },
      { ...shared, id: '2', parent: '3', service: 'one' },
      { ...shared, id: '3', parent: '2', service: 'two' },
      { ...shared, id: '4', parent: '9', service: 'lost', kind: 'server' },
    ]);
    await count();
    const none = { kind: 'call', calls: 1, errors: 0 };
    expect(await edgesOf('hostile')).toEqual([
      { ...none, caller: 'one', callee: 'two' },
      { ...none, caller: 'two', callee: 'one' },
    ]);
  });

  test('stand in the history of the map at their minute, beside what services answered', async () => {
    const environment = 'history';
    await insertSpans(fixture.engine, [
      ...call('f4', environment, 55),
      ...call('f5', environment, 53),
      ...call('f6', environment, 53),
    ]);
    await count();
    const history = await traceMapHistory(
      reader,
      { from: 'now-1h', to: 'now', environment, steps: 61 },
      new AbortController().signal,
    );
    const called = history.services.find(({ service }) => service === 'msg');
    const [edge] = history.edges;
    expect([history.stepNs, history.edges.length]).toEqual(['60000000000', 1]);
    for (const each of [called, edge]) {
      const calls = (each?.calls ?? []).filter((number) => number > 0);
      expect(calls).toEqual([1, 2]);
      expect(each?.errors.filter((number) => number > 0)).toEqual([1, 2]);
      const [first = 0, second = 0] = [each?.calls.indexOf(1), each?.calls.indexOf(2)];
      expect(second - first).toBe(2);
      expect(each?.p95Ns[second]).toBeGreaterThan(1_800_000);
    }
    expect(called?.calls).toHaveLength(history.steps);
  });

  test('leaves the minute that is under way to a later run', async () => {
    await insertSpans(fixture.engine, call('f3', 'now', 0));
    await count();
    expect(await edgesOf('now')).toEqual([]);
    nowMs += 120_000;
    await count();
    expect(await edgesOf('now')).toEqual([EDGE]);
  });
});

describe('statements', () => {
  const second = 1_780_390_440;
  const statements: Readonly<Record<string, Sql>> = {
    arrivals: arrivalsQuery(second * 1_000),
    sizes: minuteSizesQuery([second, second + 60]),
    progress: progressQuery(),
    minute: countMinuteStatement(second, { parts: 1, nowMs: second * 1_000 + 90_000 }),
    parts: countMinuteStatement(second, { parts: 2, nowMs: second * 1_000 + 90_000 }),
  };
  const file = new URL('testdata/service-edges.txt', import.meta.url);
  const cases = goldenActuals(file, (name) => {
    const statement = statements[name.trim()];
    return statement ? printSql(statement) : 'there is no such statement';
  });

  test.each(cases)('$name', ({ actual, expected }) => {
    expect(actual).toBe(expected);
  });
});
