/** Inference over a real engine, from records as they are stored. */
import type { Change } from '@tendril/api/changes';
import { int64, printSql, sql, uint64, type Sql } from '@tendril/sql/sql';
import type { EngineFixture } from '@tendril/testkit/engine-fixture';
import { goldenActuals } from '@tendril/testkit/golden';
import { insertLogRows, insertResource, startLogsFixture } from '@tendril/testkit/logs-fixture';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readChanges, readChangesQuery, writeChangesStatement } from './change-table.ts';
import {
  inferChanges,
  newlySeenQuery,
  recordSightingsStatement,
  sightingsQuery,
  startLinesQuery,
} from './sightings.ts';

const NS_PER_MINUTE = 60_000_000_000n;
const NOW_MS = Date.now();
const NOW_NS = BigInt(NOW_MS) * 1_000_000n;
const START_PATTERN = 77n;

let fixture: EngineFixture;

beforeAll(async () => {
  fixture = await startLogsFixture();
});
afterAll(() => fixture.close());

async function record(service: string, resourceId: bigint, minutesAgo: number): Promise<void> {
  const timestampNs = NOW_NS - BigInt(minutesAgo) * NS_PER_MINUTE;
  const row = { timestampNs, recordId: resourceId, serviceName: service, resourceId, body: 'x' };
  await insertLogRows(fixture.engine, [row]);
}

async function inferred(service: string): Promise<readonly string[]> {
  const { engine } = fixture;
  await inferChanges(engine, { sinceMs: NOW_MS - 60_000, nowMs: Date.now() });
  const range = { fromNs: NOW_NS - 120n * NS_PER_MINUTE, toNs: NOW_NS + NS_PER_MINUTE };
  const changes = await readChanges(engine, { range, services: [service], limit: 100 });
  return changes.map(({ kind, title, instance }) => `${kind} ${instance}: ${title}`);
}

describe('inferChanges', () => {
  test('finds deploys and restarts; again, the same', async () => {
    const { engine } = fixture;
    const there = { 'host.name': 'node-1' };
    await insertResource(engine, 1n, { ...there, 'service.version': '1', 'process.pid': '10' });
    await insertResource(engine, 2n, { ...there, 'service.version': '1', 'process.pid': '11' });
    await insertResource(engine, 3n, { ...there, 'service.version': '2', 'process.pid': '12' });
    await record('msg', 1n, 60);
    await record('msg', 2n, 30);
    await record('msg', 3n, 10);
    const changes = ['deploy node-1: 1 → 2', 'restart node-1: 10 → 11'];
    expect(await inferred('msg')).toEqual(changes);
    expect(await inferred('msg')).toEqual(changes);
  });

  test('a start-up line of a known process is a restart', async () => {
    const { engine } = fixture;
    await insertResource(engine, 4n, { 'k8s.pod.name': 'push-0', 'process.pid': '1' });
    await record('push', 4n, 60);
    await engine.command(
      sql`INSERT INTO patterns (PatternId, SkeletonId, Template, LastSeen) VALUES (${uint64(START_PATTERN)}, 1, 'Server is listening on <*>', now())`,
    );
    await engine.command(
      sql`INSERT INTO logs (Timestamp, ObservedTimestamp, ServiceName, ResourceId, PatternId, SeverityNumber, Attributes) VALUES (fromUnixTimestamp64Nano(${int64(NOW_NS)}), now(), 'push', 4, ${uint64(START_PATTERN)}, 9, '{}')`,
    );
    expect(await inferred('push')).toEqual(['restart push-0: push-0']);
  });
});

describe('statements', () => {
  const sinceMs = 1_780_390_440_000;
  const range = { fromNs: 1n, toNs: 2n };
  const change: Change = {
    id: 'c1',
    timestamp: '1',
    kind: 'deploy',
    origin: 'inferred',
    title: 't',
    service: 's',
    instance: 'i',
    environment: 'e',
    before: 'b',
    after: 'a',
    url: '',
    by: '',
  };
  const statements: Readonly<Record<string, Sql>> = {
    all: readChangesQuery({ range, limit: 10 }),
    some: readChangesQuery({ range, services: ['msg'], environment: 'prod', limit: 10 }),
    write: writeChangesStatement([change], 3n),
    record: recordSightingsStatement(sinceMs),
    services: newlySeenQuery(sinceMs),
    sightings: sightingsQuery([{ service: 'msg' }]),
    starts: startLinesQuery(sinceMs),
  };
  const file = new URL('testdata/statements.txt', import.meta.url);
  const cases = goldenActuals(file, (name) => {
    const statement = statements[name.trim()];
    return statement ? printSql(statement) : 'there is no such statement';
  });

  test.each(cases)('$name', ({ actual, expected }) => {
    expect(actual).toBe(expected);
  });
});
