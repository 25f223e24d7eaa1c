/**
 * The OpenTelemetry SDK for Rust, as Deno has it built in, delivers the spans of a program that calls
 * itself over HTTP, over each of its three exporters: for every call the client's and the server's.
 */
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { createClient, type Client } from '@tendril/api/client';
import type { Span } from '@tendril/model/span';
import { startServerFixture, type ServerFixture } from '@tendril/testkit/server-fixture';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const CALLS = 50;
const TIMEOUT_MS = 60_000;
const require = createRequire(import.meta.url);
const DENO = join(dirname(require.resolve('deno/package.json')), 'bin.cjs');
const PROGRAM = `
const options = { port: 0, hostname: '127.0.0.1', onListen() {} };
const server = Deno.serve(options, () => new Response('ok'));
for (let call = 0; call < ${CALLS}; call += 1) {
  await (await fetch(\`http://127.0.0.1:\${server.addr.port}/call/\${call}\`)).text();
}
await server.shutdown();
`;

let fixture: ServerFixture;
let client: Client;

beforeAll(async () => {
  fixture = await startServerFixture();
  client = createClient({ baseUrl: fixture.server.url });
});

afterAll(() => fixture.close());

async function runProgram(service: string, protocol: string): Promise<void> {
  const isGrpc = protocol === 'grpc';
  const url = fixture.receiverUrl(isGrpc ? 'otlp-grpc' : 'otlp-http');
  const child = promisify(execFile)(process.execPath, [DENO, 'run', '--allow-net', '-'], {
    timeout: TIMEOUT_MS,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      DENO_NO_UPDATE_CHECK: '1',
      OTEL_DENO: 'true',
      OTEL_SERVICE_NAME: service,
      OTEL_EXPORTER_OTLP_ENDPOINT: url.replace('grpc:', 'http:'),
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    },
  });
  child.child.stdin?.end(PROGRAM);
  await child;
}

async function spansOf(service: string): Promise<Span[]> {
  const request = { query: `service.name:"${service}"`, from: 'now-1h', to: 'now', limit: 1_000 };
  const spans: Span[] = [];
  for await (const event of client.searchSpans(request)) {
    if (event.kind === 'row') spans.push(event.span);
  }
  return spans;
}

describe('the OpenTelemetry SDK for Rust', () => {
  test.each([
    ['rust-protobuf', 'http/protobuf'],
    ['rust-json', 'http/json'],
    ['rust-grpc', 'grpc'],
  ])('%s delivers every span as it was', { timeout: 2 * TIMEOUT_MS }, async (service, protocol) => {
    await runProgram(service, protocol);
    const spans = await spansOf(service);
    const ofKind = (wanted: string) => spans.filter(({ kind }) => kind === wanted);
    const paths = (kind: string): string[] =>
      ofKind(kind).map(({ attributes }) => String(attributes['url.path']));
    const all = Array.from({ length: CALLS }, (_, call) => `/call/${call}`).sort();
    expect(paths('client').toSorted()).toEqual(all);
    expect(paths('server').toSorted()).toEqual(all);
    const clients = new Map(ofKind('client').map((span) => [span.spanId, span]));
    for (const { parentSpanId, traceId, attributes } of ofKind('server')) {
      const caller = clients.get(parentSpanId);
      expect(caller?.traceId).toBe(traceId);
      expect(caller?.attributes['url.path']).toBe(attributes['url.path']);
    }
    expect(spans[0]).toMatchObject({ scope: { name: 'deno' }, serviceName: service });
  });
});
