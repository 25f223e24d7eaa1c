/** A server that keeps its own telemetry, asked as its users ask. */
import { randomBytes } from 'node:crypto';
import type { LogRecord } from '@tendril/model/log-record';
import type { Span } from '@tendril/model/span';
import { startServerFixture, type ServerFixture } from '@tendril/testkit/server-fixture';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

const CALLER = '00f067aa0ba902b7';
const JSON_TYPE = { 'content-type': 'application/json' };

interface Call {
  readonly path: string;
  readonly traceId?: string;
  readonly flags?: '00' | '01';
  readonly body?: unknown;
}

/** Not sampled unless asked for: looking changes nothing. */
async function ask<T>(fixture: ServerFixture, call: Call): Promise<readonly T[]> {
  const { path, traceId = randomBytes(16).toString('hex'), flags = '00', body } = call;
  const response = await fetch(`${fixture.server.url}${path}`, {
    headers: { ...JSON_TYPE, traceparent: `00-${traceId}-${CALLER}-${flags}` },
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
  });
  // A trace of which nothing is stored is not there.
  if (response.status === 404) return [];
  expect(response.status).toBe(200);
  const lines = (await response.text()).split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as T);
}

const STILL_FLUSHES = 6;
const FLUSHES_MAX = 40;
const SEARCH = { from: 'now-1h', to: 'now+1h', query: '*', limit: 1_000 };

async function records(fixture: ServerFixture, call: Partial<Call> = {}): Promise<LogRecord[]> {
  const events = await ask<{ record?: LogRecord }>(fixture, {
    path: '/api/v1/logs/search',
    body: SEARCH,
    ...call,
  });
  return events.flatMap(({ record }) => record ?? []);
}

async function spansOf(fixture: ServerFixture, traceId: string): Promise<Span[]> {
  const events = await ask<{ span?: Span }>(fixture, { path: `/api/v1/traces/${traceId}` });
  return events.flatMap(({ span }) => span ?? []);
}

/** What was ever received as own, after a flush of records and one of spans: a search waits for what it reads alone. */
async function ownReceived(fixture: ServerFixture): Promise<readonly [string, number][]> {
  await records(fixture);
  await spansOf(fixture, randomBytes(16).toString('hex'));
  const [status] = await ask<{ accounts: { source: string; received: number }[] }>(fixture, {
    path: '/api/v1/status',
  });
  return (status?.accounts ?? [])
    .filter(({ source }) => source.startsWith('tendril'))
    .map(({ source, received }) => [source, received]);
}

async function sendLine(fixture: ServerFixture): Promise<void> {
  const url = `${fixture.server.url}/api/v1/ingest`;
  const headers = { 'content-type': 'text/plain' };
  const response = await fetch(url, { method: 'POST', headers, body: 'a line of others\n' });
  expect(response.status).toBe(200);
}

describe('a server that keeps its own telemetry', { timeout: 60_000 }, () => {
  let fixture: ServerFixture;
  beforeAll(async () => {
    fixture = await startServerFixture({ 'telemetry-self': 'true' });
  }, 60_000);
  afterAll(async () => fixture.close());

  test('has the spans of an API call in the trace of the caller', async () => {
    const traceId = randomBytes(16).toString('hex');
    await records(fixture, { traceId, flags: '01' });
    const spans = await vi.waitUntil(
      async () => {
        const found = await spansOf(fixture, traceId);
        return found.some(({ kind }) => kind === 'server') && found;
      },
      { timeout: 20_000, interval: 20 },
    );
    const [request, ...more] = spans.filter(({ kind }) => kind === 'server');
    expect(more).toEqual([]);
    expect(request).toMatchObject({
      name: 'POST /api/v1/logs/search',
      parentSpanId: CALLER,
      serviceName: 'tendril',
      status: 'unset',
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/api/v1/logs/search',
        'http.response.status_code': 200,
      },
    });
    const queries = spans.filter(({ kind }) => kind === 'client');
    expect(queries.length).toBeGreaterThan(0);
    for (const query of queries) {
      expect(query).toMatchObject({
        parentSpanId: request?.spanId,
        attributes: { 'db.system.name': 'clickhouse', 'db.operation.name': 'SELECT' },
      });
    }
  });

  test('has its log as records', async () => {
    const own = (await records(fixture)).filter(({ serviceName }) => serviceName === 'tendril');
    expect(own.map(({ body }) => body)).toContain('server ready');
  });

  test('does not feed itself', async () => {
    const before = await ownReceived(fixture);
    await sendLine(fixture);
    // The insert of that line is told, then at most once each job that looked for something new.
    const seen = [before, await ownReceived(fixture), await ownReceived(fixture)];
    expect(seen.at(-1)).not.toEqual(before);
    // Were the insert of that told too, every flush would add to it.
    const isStill = (): boolean => new Set(seen.slice(-STILL_FLUSHES).map(String)).size === 1;
    while (seen.length < FLUSHES_MAX && !isStill()) seen.push(await ownReceived(fixture));
    expect(seen.length).toBeLessThan(FLUSHES_MAX);
  });
});

describe('a server that does not', { timeout: 60_000 }, () => {
  test('keeps nothing of itself', async () => {
    const fixture = await startServerFixture();
    const traceId = randomBytes(16).toString('hex');
    await records(fixture, { traceId, flags: '01' });
    await sendLine(fixture);
    expect((await records(fixture)).map(({ body }) => body)).toEqual(['a line of others']);
    expect(await spansOf(fixture, traceId)).toEqual([]);
    expect(await ownReceived(fixture)).toEqual([]);
    await fixture.close();
  });
});
