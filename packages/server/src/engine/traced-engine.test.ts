/** What an engine behind HTTP receives of a trace, and what is kept of the exchange. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sql } from '@tendril/sql/sql';
import { parseTraceContext, type TraceContext } from '@tendril/model/trace-context';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Tracer, type OwnSpan } from '../telemetry/tracer.ts';
import type { Engine } from './engine.ts';
import { connectRemoteEngine } from './remote/remote-engine.ts';
import { TracedEngine } from './traced-engine.ts';

const PARENT: TraceContext = {
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: '00f067aa0ba902b7',
  isSampled: true,
  traceState: 'vendor=1,other=2',
};
const REQUEST = { name: 'GET /x', kind: 'server', attributes: {} } as const;
const LIMITS = { timeoutMs: 5_000 };

let peer: Server;
let engine: Engine;
let received: IncomingHttpHeaders[];
let failing: boolean;
let spans: OwnSpan[];
let tracer: Tracer;

beforeEach(async () => {
  received = [];
  failing = false;
  spans = [];
  tracer = new Tracer((span) => spans.push(span));
  peer = createServer((request, response) => {
    if (request.headers['traceparent'] !== undefined) received.push(request.headers);
    request.resume();
    request.on('end', () => {
      response.writeHead(failing ? 404 : 200).end('Code: 60. DB::Exception: no such table\n');
    });
  });
  peer.listen(0, '127.0.0.1');
  await once(peer, 'listening');
  const { port } = peer.address() as AddressInfo;
  engine = new TracedEngine(connectRemoteEngine({ url: `http://127.0.0.1:${port}` }), tracer);
  expect(await engine.whenReady(10_000)).toBe(true);
});

afterEach(async () => {
  await engine.close();
  peer.closeAllConnections();
  peer.close();
});

describe('a traced engine', () => {
  test('passes the trace of a request on, as a child of it', async () => {
    const request = tracer.start(PARENT, REQUEST);
    await tracer.within(request, async () => {
      await engine.command(sql`TRUNCATE TABLE logs`);
    });
    const [headers] = received;
    expect(parseTraceContext(String(headers?.['traceparent']))).toMatchObject({
      traceId: PARENT.traceId,
      spanId: spans[0]?.context.spanId,
      isSampled: true,
    });
    expect(headers?.['tracestate']).toBe(PARENT.traceState);
    expect(spans).toHaveLength(1);
    expect(spans[0]).toMatchObject({
      name: 'TRUNCATE logs',
      kind: 'client',
      parentSpanId: request?.context.spanId,
      attributes: { 'db.system.name': 'clickhouse', 'db.operation.name': 'TRUNCATE' },
    });
  });

  test('sends no trace of its own making when nothing is under way', async () => {
    await engine.command(sql`TRUNCATE TABLE logs`);
    expect(received).toEqual([]);
    expect(spans).toEqual([]);
  });

  test('a query that fails is a span that says how', async () => {
    failing = true;
    const request = tracer.start(PARENT, REQUEST);
    const query = tracer.within(request, async () => {
      const { rows } = await engine.query(sql`SELECT Body FROM logs`, { limits: LIMITS });
      for await (const _ of rows) continue;
    });
    await expect(query).rejects.toMatchObject({ code: 'bad_query' });
    expect(received).toHaveLength(1);
    expect(spans[0]).toMatchObject({ name: 'SELECT logs', errorType: 'bad_query' });
  });

  test('an insert is a root, unless it carries own records alone', async () => {
    const insert = async (sources: readonly string[]): Promise<void> =>
      await engine.insertNative({ table: 'logs', blocks: [Buffer.from('x')], token: 't', sources });
    await tracer.within(tracer.start(PARENT, REQUEST), async () => insert(['syslog', 'tendril']));
    await insert(['tendril', 'tendril/traces']);
    expect(spans).toHaveLength(1);
    expect(spans[0]).toMatchObject({ name: 'INSERT logs', parentSpanId: '' });
    expect(spans[0]?.context.traceId).not.toBe(PARENT.traceId);
    expect(received).toHaveLength(1);
  });
});
