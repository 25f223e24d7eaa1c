/** The API as clients see it: over a socket, on a real engine. */
import { request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { gzipSync } from 'node:zlib';
import { createClient, type Client } from '@tendril/api/client';
import { pathWith, routeKey } from '@tendril/api/route';
import { ROUTES } from '@tendril/api/routes';
import { SCOPES, type Scope } from '@tendril/api/scope';
import { Failure } from '@tendril/model/failure';
import type { LogRecord } from '@tendril/model/log-record';
import type { TimeRange } from '@tendril/model/time-range';
import { DEFAULT_LIMITS } from '@tendril/model/limits';
import type { EngineFixture } from '@tendril/testkit/engine-fixture';
import { insertFieldRows, insertLogRows, startLogsFixture } from '@tendril/testkit/logs-fixture';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createAccess } from '../access/access.ts';
import { TokenRegistry } from '../access/token-registry.ts';
import type { Engine } from '../engine/engine.ts';
import { LogReader } from '../logs/log-reader.ts';
import { SPAN_SOURCE } from '../logs/record-source.ts';
import { TailHub } from '../pipeline/tail/tail-hub.ts';
import type { IngestRequest, Pipeline } from '../pipeline/pipeline.ts';
import { CollectorReports } from '../state/collector-reports.ts';
import { tokenTable } from '../state/token-table.ts';
import { createLogger } from '../telemetry/logger.ts';
import { Tracer } from '../telemetry/tracer.ts';
import { createHttpApp } from './http-app.ts';
import type { HttpDependencies } from './http-dependencies.ts';
import { openPages } from './pages.ts';

const BASE_NS = 1_780_390_443_101_000_000n;
const RANGE = { from: '1780300000', to: '1780400000' };

let fixture: EngineFixture;
const closers: (() => Promise<void>)[] = [];

beforeAll(async () => {
  fixture = await startLogsFixture();
  const rows = Array.from({ length: 50 }, (_, index) => ({
    timestampNs: BASE_NS + BigInt(index) * 1_000_000n,
    recordId: BigInt(index + 1),
    body: `request ${index} done`,
    severityNumber: 9,
    serviceName: 'gateway',
    attributes: '{"status":200,"big":9223372036854775807}',
  }));
  await insertLogRows(fixture.engine, rows);
  const field = { hourNs: BASE_NS, source: 'attribute' } as const;
  await insertFieldRows(fixture.engine, [
    { ...field, name: 'status', type: 'integer' },
    ...HOSTILE_NAMES.map((name) => ({ ...field, name })),
  ]);
});

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

afterAll(() => fixture.close());

/** Names that an attribute may have, since senders choose them. */
const HOSTILE_NAMES = [
  '`',
  "'",
  '"',
  '\\',
  ';',
  '--',
  '/*',
  '*/',
  '${x}',
  '{{',
  '\0',
  '.',
  '..',
].concat(
  ['{p0:String}', 'a`, (SELECT 1)', "x') OR 1=1 --", '__proto__', 'constructor', 'a.b.c', '日志'],
  ['\u202E', '%00', '*', '\n'],
);

interface TestServer {
  readonly url: string;
  readonly client: Client;
  readonly ingested: IngestRequest[];
  readonly tail: TailHub;
  readonly flushes: (TimeRange | undefined)[];
  readonly registry: TokenRegistry;
}

interface ServerOptions {
  readonly engine?: Engine;
  readonly tokens?: boolean;
  readonly dependencies?: Partial<HttpDependencies>;
}

async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const engine = options.engine ?? fixture.engine;
  const tail = new TailHub({
    subscribersMax: 2,
    waitingMax: 10,
    budgetMsPerSecond: 1000,
    monotonicMs: () => performance.now(),
  });
  const ingested: IngestRequest[] = [];
  const flushes: (TimeRange | undefined)[] = [];
  const pipeline = testPipeline({ tail, ingested, flushes });
  const registry = await testRegistry();
  const signer = { key: Buffer.alloc(32, 7), nowMs: Date.now };
  const access = createAccess({
    registry,
    signer,
    hosts: ['127.0.0.1'],
    allowedHosts: ['tendril.example'],
    allowedOrigins: ['https://ui.example'],
  });
  const app = createHttpApp({
    forgetSent: () => undefined,
    version: '0.0.0',
    reader: new LogReader({ engine, flush: (signal, range) => pipeline.flush(signal, range) }),
    spanReader: new LogReader({
      engine,
      source: SPAN_SOURCE,
      flush: (signal, range) => pipeline.flush(signal, range),
    }),
    knowledge: () => ({ match: () => [], codes: () => [] }),
    engine,
    pipeline,
    decodeLines: (body) => {
      const accepted = Buffer.from(body).toString().split('\n').filter(Boolean).length;
      return { accepted, rejected: {}, message: '' };
    },
    retention: () => ({ days: 30, bytesMax: null }),
    canaries: () => [],
    collectors: new CollectorReports(Date.now),
    patternsUntold: () => 0,
    access,
    registry,
    signer,
    limits: { ...DEFAULT_LIMITS, requestBytesMax: 1000, queryClausesMax: 100 },
    allowedOrigins: ['https://ui.example'],
    receivers: () => [{ name: 'otlp-http', url: 'http://127.0.0.1:4318' }],
    logger: createLogger({ level: 'error', file: join(fixture.directory, 'api.log') }),
    tracer: new Tracer(),
    pages: openPages(join(fixture.directory, 'no-pages')),
    closing: new AbortController().signal,
    ...options.dependencies,
  });
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  closers.push(async () => {
    tail.close();
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });
  const client = createClient({ baseUrl: url });
  return { url, client, ingested, tail, flushes, registry };
}

async function testRegistry(): Promise<TokenRegistry> {
  return await TokenRegistry.open({
    mirror: { read: () => Promise.resolve([]), write: () => Promise.resolve() },
    table: tokenTable(fixture.engine),
    isShared: false,
    nowMs: Date.now,
    warn: () => undefined,
  });
}

function testPipeline({
  tail,
  ingested,
  flushes,
}: Pick<TestServer, 'tail' | 'ingested' | 'flushes'>): Pipeline {
  return {
    ingestLogs: (request) => {
      ingested.push(request);
      const sink = { batchForNextRecord: () => expect.fail('not used') };
      return Promise.resolve({ ...request.decode(sink), duplicate: false });
    },
    ingestSpans: () => expect.fail('not used'),
    countRejected: () => undefined,
    flush: (_signal, range) => {
      flushes.push(range);
      return Promise.resolve();
    },
    tail: (subscription) => tail.subscribe(subscription),
    accounts: () => [],
    status: () => ({
      walBytes: 1,
      walBytesMax: 2,
      pendingRecords: 3,
      lagMs: 4,
      diskFreeBytes: 5,
      refusing: undefined,
      quarantinedFrames: 0,
    }),
    close: () => Promise.resolve(),
  };
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

function iteratorOf<T>(items: AsyncIterable<T>): AsyncIterator<T> {
  return items[Symbol.asyncIterator]();
}

/** `fetch` refuses to set Host and Origin. */
async function raw(
  url: string,
  {
    method = 'GET',
    headers = {},
    body = '',
  }: { method?: string; headers?: Record<string, string>; body?: string },
): Promise<{ status: number; headers: IncomingMessage['headers']; text: string }> {
  return await new Promise((resolve, reject) => {
    const request = httpRequest(
      url,
      { method, headers: { connection: 'close', ...headers } },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
          // Streams that do not end by themselves.
          if (response.headers['content-type']?.startsWith('text/event-stream') === true)
            request.destroy();
        });
        response.on('close', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof Failure) return thrown;
  throw new Error('no Failure was thrown', { cause: thrown });
}

const NONSENSE: object = { nonsense: 1 };

describe('search', () => {
  test('streams rows and then one summary', async () => {
    const { client } = await startServer();
    const events = await all(client.searchLogs({ ...RANGE, query: 'done', limit: 30, sql: true }));
    expect(events.filter(({ kind }) => kind === 'row')).toHaveLength(30);
    expect(events.at(-1)).toMatchObject({
      kind: 'summary',
      counts: { rows: 30 },
      partial: null,
      next: `${BASE_NS + 20_000_000n}-0000000000000015`,
      sql: expect.arrayContaining([expect.stringContaining('FROM logs')]),
    });
  });

  test('sends integers that a number cannot hold as strings', async () => {
    const { client } = await startServer();
    const events = await all(client.searchLogs({ ...RANGE, limit: 1 }));
    expect(events.find(({ kind }) => kind === 'row')).toMatchObject({
      record: { attributes: { status: 200, big: '9223372036854775807' } },
    });
  });

  test('waits for what was acknowledged of its range', async () => {
    const { client, flushes } = await startServer();
    await all(client.searchLogs({ from: '1780000000000000000', to: '1780000000000002000' }));
    expect(flushes).toEqual([
      { fromNs: 1_780_000_000_000_000_000n, toNs: 1_780_000_000_000_002_000n },
    ]);
  });

  test.each([
    ['statsu:200', 'query_unknown_field', { start: 0, end: 6 }],
    ['level:(warn', 'query_syntax', { start: 6, end: 7 }],
  ])('answers the bad query %s with its place and a hint', async (query, code, position) => {
    const { url } = await startServer();
    const response = await fetch(`${url}/api/v1/logs/search`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...RANGE, query }),
    });
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({
      code,
      position: expect.objectContaining(position),
      hint: expect.any(String),
    });
  });

  test.each([
    [{ from: 'yesterday' }, 'bad_time'],
    [{ from: 'now', to: 'now-1h' }, 'bad_range'],
    [{ cursor: "0-' OR 1=1" }, 'bad_cursor'],
    [{ cursor: '99999999999999999999-0000000000000000' }, 'bad_cursor'],
    [{ limit: 10_001 }, 'bad_request'],
    [{ order: 'desc; DROP TABLE logs' as 'desc' }, 'bad_request'],
    [{ query: `${'a or '.repeat(100)}a` }, 'query_too_many_clauses'],
    [{ query: 'a'.repeat(DEFAULT_LIMITS.queryTextBytesMax + 1) }, 'query_too_long'],
    [{ query: 'body:/(/' }, 'query_bad_regex'],
    [NONSENSE, 'bad_request'],
  ])('refuses request %$ with its code', async (request, code) => {
    const { client } = await startServer({
      dependencies: {
        reader: new LogReader({
          engine: fixture.engine,
          flush: () => Promise.resolve(),
          limits: { ...DEFAULT_LIMITS, queryClausesMax: 100 },
        }),
      },
    });
    const failure = await failureOf(all(client.searchLogs({ ...RANGE, ...request })));
    expect(failure.code).toBe(code);
  });

  test('treats hostile field names as names', async () => {
    const { client } = await startServer();
    for (const name of HOSTILE_NAMES) {
      const query = `"${name.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('*', '\\*')}":x`;
      const events = await all(client.searchLogs({ ...RANGE, query }));
      expect(events.at(-1), name).toMatchObject({ kind: 'summary', counts: { rows: 0 } });
      const values = await client.logFieldValues({ ...RANGE, field: name, prefix: name });
      expect(values, name).toMatchObject({ values: [], records: 0 });
    }
  });

  test('is cancelled in the engine when the client goes away', async () => {
    const asked = Promise.withResolvers<AbortSignal>();
    const { client } = await startServer({ engine: silentEngine(asked.resolve) });
    const leaving = new AbortController();
    const search = all(client.searchLogs(RANGE, leaving.signal));
    const signal = await asked.promise;
    const aborted = new Promise((resolve) => {
      signal.addEventListener('abort', resolve);
    });
    leaving.abort();
    await expect(search).rejects.toThrow();
    await aborted;
  });

  test('says 503 and when to come back while the engine is away', async () => {
    const away = new Failure({ code: 'engine_away', detail: 'the engine is away' });
    const { url } = await startServer({ engine: failingEngine(away) });
    const { status, headers, text } = await raw(`${url}/api/v1/logs/fields`, {});
    expect(status).toBe(503);
    expect(headers['retry-after']).toBe('1');
    expect(JSON.parse(text)).toMatchObject({ code: 'engine_away' });
  });

  test('tells nothing of an error that nobody foresaw', async () => {
    const { url } = await startServer({ engine: failingEngine(new TypeError('secret text')) });
    const { status, text } = await raw(`${url}/api/v1/logs/fields`, {});
    expect(status).toBe(500);
    expect(text).not.toContain('secret');
  });

  test('ends a stream that fails in the middle with the error', async () => {
    const { client } = await startServer({ engine: breakingEngine(fixture.engine) });
    const failure = await failureOf(all(client.searchLogs({ ...RANGE, limit: 40 })));
    expect(failure.code).toBe('engine_away');
  });
});

function withQuery(query: Engine['query']): Engine {
  const { engine } = fixture;
  return {
    kind: engine.kind,
    state: () => 'ready',
    onStateChange: (listener) => engine.onStateChange(listener),
    whenReady: () => Promise.resolve(true),
    command: (...given) => engine.command(...given),
    insertNative: (insert) => engine.insertNative(insert),
    query,
    close: () => Promise.resolve(),
  };
}

/** Never answers, until it is told to stop. */
function silentEngine(asked: (signal: AbortSignal) => void): Engine {
  return withQuery(
    (_statement, { signal }) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () =>
          reject(new Failure({ code: 'query_cancelled', detail: 'the query was cancelled' })),
        );
        if (signal) asked(signal);
      }),
  );
}

function failingEngine(error: Error): Engine {
  return withQuery(async () => {
    throw error;
  });
}

/** Goes away after 20 rows of records. */
function breakingEngine(engine: Engine): Engine {
  return withQuery(async (statement, options) => {
    const result = await engine.query(statement, options);
    const rows = async function* (): AsyncGenerator<Record<string, unknown>> {
      let count = 0;
      for await (const row of result.rows) {
        count += 1;
        if (count > 20) throw new Failure({ code: 'engine_away', detail: 'the engine went away' });
        yield row;
      }
    };
    return { rows: rows(), cost: () => result.cost() };
  });
}

describe('histogram, fields, records, status', () => {
  test('answer through the client', async () => {
    const { client } = await startServer();
    const buckets = await all(client.logHistogram({ ...RANGE, buckets: 10 }));
    expect(buckets.at(-1)).toMatchObject({ kind: 'summary', counts: { records: 50 } });
    const { fields } = await client.logFields(RANGE);
    expect(fields.map(({ name }) => name)).toContain('status');
    const values = await client.logFieldValues({ ...RANGE, field: 'service' });
    expect(values).toMatchObject({
      field: 'service.name',
      values: [{ value: 'gateway', count: 50 }],
    });
    const key = { id: '0000000000000005', timestamp: String(BASE_NS + 4_000_000n) };
    expect(await client.logRecord(key)).toMatchObject({ body: 'request 4 done' });
    const around = await client.logSurroundings({ ...key, before: 2, after: 1 });
    expect(around.before.map(({ body }) => body)).toEqual(['request 2 done', 'request 3 done']);
    expect(around.after.map(({ body }) => body)).toEqual(['request 5 done']);
    expect(await client.status()).toMatchObject({
      engine: { state: 'ready', version: expect.stringMatching(/^\d+\.\d+/) },
      storage: expect.arrayContaining([expect.objectContaining({ table: 'logs', rows: 50 })]),
      access: 'open',
    });
  });

  test('say that a record is not there', async () => {
    const { client } = await startServer();
    const key = { id: '00000000000000ff', timestamp: String(BASE_NS) };
    expect((await failureOf(client.logRecord(key))).code).toBe('not_found');
    const bad = { id: "' OR 1=1", timestamp: String(BASE_NS) };
    expect((await failureOf(client.logRecord(bad))).code).toBe('bad_address');
  });
});

describe('ingest', () => {
  test('takes lines, compressed or not, with the id of the batch', async () => {
    const { client, ingested } = await startServer();
    const body = gzipSync('{"a":1}\n{"a":2}\nplain');
    const outcome = await client.ingest({
      body,
      contentEncoding: 'gzip',
      batchId: 'b1',
      service: 's',
    });
    expect(outcome).toMatchObject({ accepted: 3, duplicate: false });
    expect(ingested).toMatchObject([{ source: 'ndjson', requestId: 'id:b1' }]);
  });

  test('refuses what is too large, before and after decompression, at one byte over the limit', async () => {
    const { client } = await startServer();
    expect(await client.ingest({ body: 'x'.repeat(1000) })).toMatchObject({ accepted: 1 });
    expect((await failureOf(client.ingest({ body: 'x'.repeat(1001) }))).code).toBe('too_large');
    const bomb = gzipSync(Buffer.alloc(500_000));
    expect(bomb.length).toBeLessThanOrEqual(1000);
    const failure = await failureOf(client.ingest({ body: bomb, contentEncoding: 'gzip' }));
    expect(failure.code).toBe('too_large');
  });

  test('refuses forms and unknown encodings', async () => {
    const { url } = await startServer();
    const post = { method: 'POST', body: 'a=b' };
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await raw(`${url}/api/v1/ingest`, { ...post, headers: form })).status).toBe(415);
    const encoded = { 'content-encoding': 'br' };
    expect((await raw(`${url}/api/v1/ingest`, { ...post, headers: encoded })).status).toBe(415);
  });
});

describe('tail', () => {
  test('sends what matches from its first event on, and ends with the client', async () => {
    const { client, tail } = await startServer();
    const leaving = new AbortController();
    const events = iteratorOf(client.tailLogs({ query: 'level>=error' }, leaving.signal));
    expect(await events.next()).toMatchObject({ value: { kind: 'ready' } });
    const records = [recordOf(9, 'fine'), recordOf(17, 'broken')];
    const commit = tail.prepare({ rowCount: 2, record: (row) => records[row] ?? recordOf(0, '') });
    commit();
    expect(await events.next()).toMatchObject({
      value: { kind: 'record', record: { body: 'broken' } },
    });
    const last = events.next();
    leaving.abort();
    expect(await last).toMatchObject({ done: true });
    await expect.poll(() => tail.isWatched).toBe(false);
  });

  test('refuses bad queries and more subscribers than the limit', async () => {
    const { client } = await startServer();
    const first = (query: string): Promise<unknown> =>
      iteratorOf(client.tailLogs({ query })).next();
    expect((await failureOf(first('level:('))).code).toBe('query_syntax');
    await first('');
    await first('');
    expect((await failureOf(first(''))).code).toBe('too_many_subscribers');
  });
});

function recordOf(severityNumber: number, body: string): LogRecord {
  return {
    id: '0000000000000001',
    timestamp: '1',
    observedTimestamp: '1',
    severityText: '',
    severityNumber,
    body,
    original: '',
    serviceName: '',
    environment: '',
    traceId: '',
    spanId: '',
    operationId: '',
    patternId: '',
    resource: {},
    scope: { name: '' },
    attributes: {},
  };
}

describe('access', () => {
  test('each route answers exactly the tokens whose scope it asks for', async () => {
    const server = await startServer();
    const tokens = new Map<Scope | 'nobody', string>([['nobody', '']]);
    for (const scope of SCOPES) {
      const { secret } = await server.registry.create({ name: scope, scopes: [scope] });
      tokens.set(scope, secret);
    }
    for (const route of ROUTES) {
      for (const [holder, secret] of tokens) {
        const { status } = await raw(`${server.url}${pathWith(route, { id: 'x', traceId: 'x' })}`, {
          method: route.method,
          headers: secret === '' ? {} : { authorization: `Bearer ${secret}` },
        });
        const expected = route.scope === 'none' || holder === route.scope || holder === 'admin';
        const refused = holder === 'nobody' ? 401 : 403;
        expect(status === refused, `${holder} on ${routeKey(route)}: ${status}`).toBe(!expected);
      }
    }
    for (const { id } of server.registry.list()) await server.registry.revoke(id);
  });

  test('a token is created, listed without its secret, and dead at once when revoked', async () => {
    const { client, url, registry } = await startServer();
    const admin = await client.createToken({ name: 'first', scopes: ['admin'] });
    expect((await failureOf(client.status())).code).toBe('unauthorized');
    const mine = createClient({ baseUrl: url, token: admin.token });
    const reader = await mine.createToken({ name: 'r', scopes: ['read'], expiresAt: 'now+1d' });
    const { tokens } = await mine.listTokens();
    expect(tokens.map(({ name }) => name)).toEqual(['first', 'r']);
    expect(JSON.stringify(tokens)).not.toContain(reader.token);
    const theirs = createClient({ baseUrl: url, token: reader.token });
    expect((await theirs.status()).access).toBe('tokens');
    expect((await failureOf(theirs.listTokens())).code).toBe('forbidden');
    await mine.revokeToken(reader.id);
    expect((await failureOf(theirs.status())).code).toBe('unauthorized');
    await registry.revoke(admin.id);
  });

  test('a browser gets a cookie for a token, which works for reads and writes of its own pages', async () => {
    const { url, registry } = await startServer();
    const { secret, id } = await registry.create({ name: 'ui', scopes: ['read'] });
    const login = await raw(`${url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url },
      body: JSON.stringify({ token: secret }),
    });
    const [setCookie = ''] = login.headers['set-cookie'] ?? [];
    expect(setCookie).toMatch(
      /^tendril_session=[^;]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/,
    );
    expect(setCookie).not.toContain(secret);
    const cookie = setCookie.split(';')[0] ?? '';
    expect((await raw(`${url}/api/v1/status`, { headers: { cookie } })).status).toBe(200);
    const foreign = { cookie, origin: 'https://evil.example', 'content-type': 'application/json' };
    const search = { method: 'POST', body: JSON.stringify(RANGE) };
    expect((await raw(`${url}/api/v1/logs/search`, { ...search, headers: foreign })).status).toBe(
      403,
    );
    const own = { ...foreign, origin: url };
    expect((await raw(`${url}/api/v1/logs/search`, { ...search, headers: own })).status).toBe(200);
    const forged = { cookie: `${cookie.slice(0, -2)}xx` };
    expect((await raw(`${url}/api/v1/status`, { headers: forged })).status).toBe(401);
    await registry.revoke(id);
    // Nobody else has a token, so the cookie is worth nothing and the server open again.
    expect((await raw(`${url}/api/v1/session`, { headers: { cookie } })).text).toContain(
      '"open":true',
    );
  });

  test('a page under another name cannot read, whatever it resolves to', async () => {
    const { url } = await startServer();
    const status = async (host: string): Promise<number> =>
      (await raw(`${url}/api/v1/status`, { headers: { host } })).status;
    expect(await status('evil.example')).toBe(403);
    expect(await status('127.0.0.1.evil.example')).toBe(403);
    expect(await status('localhost:7700')).toBe(200);
    expect(await status('tendril.example')).toBe(200);
    expect((await raw(`${url}/healthz`, { headers: { host: 'evil.example' } })).status).toBe(200);
  });

  test('other origins get no CORS headers unless they are configured', async () => {
    const { url } = await startServer();
    const ask = async (origin: string): Promise<string | undefined> => {
      const { headers } = await raw(`${url}/api/v1/status`, {
        method: 'OPTIONS',
        headers: { origin },
      });
      return headers['access-control-allow-origin'];
    };
    expect(await ask('https://evil.example')).toBeUndefined();
    expect(await ask('https://ui.example')).toBe('https://ui.example');
  });
});

describe('the rest', () => {
  test('health, readiness, metrics and the description answer', async () => {
    const { url } = await startServer();
    expect((await raw(`${url}/healthz`, {})).text).toBe('ok\n');
    expect((await raw(`${url}/readyz`, {})).status).toBe(200);
    expect((await raw(`${url}/metrics`, {})).text).toContain('tendril_pending_records 3');
    const { paths } = JSON.parse((await raw(`${url}/api/openapi.json`, {})).text) as {
      paths: object;
    };
    expect(Object.keys(paths)).toEqual([...new Set(ROUTES.map(({ path }) => path))]);
  });

  test('unknown paths are 404 and other methods 405, as problems', async () => {
    const { url } = await startServer();
    expect((await raw(`${url}/api/v1/nothing`, {})).status).toBe(404);
    const wrong = await raw(`${url}/api/v1/logs/search`, {});
    expect(wrong.status).toBe(405);
    expect(wrong.headers.allow).toBe('POST');
    expect(wrong.headers['x-content-type-options']).toBe('nosniff');
  });

  test('a server that is not there is unreachable', async () => {
    const client = createClient({ baseUrl: 'http://127.0.0.1:1' });
    expect((await failureOf(client.status())).code).toBe('unreachable');
  });
});
