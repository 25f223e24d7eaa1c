import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import zlib from 'node:zlib';
import { COLLECTOR_REPORT_PATH } from '@tendril/api/collectors';
import { OtlpLoad } from '@tendril/testkit/load/otlp-load';
import { startServerFixture, type ServerFixture } from '@tendril/testkit/server-fixture';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const PROTOBUF = { 'content-type': 'application/x-protobuf' };
const JSON_TYPE = { 'content-type': 'application/json' };
const REQUEST_BYTES_MAX = 1024 * 1024;

let fixture: ServerFixture;
let url: string;
let seed = 100;

beforeAll(async () => {
  fixture = await startServerFixture({
    'limits-request-bytes-max': String(REQUEST_BYTES_MAX),
    'receivers-otlp-http-cors-origins': 'https://app.example',
  });
  url = `${fixture.receiverUrl('otlp-http')}/v1/logs`;
});

afterAll(async () => {
  await fixture.close();
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

async function send(
  body: Uint8Array,
  headers: Record<string, string>,
  { method = 'POST', to = url } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(to, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks),
        }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** A request with as many distinct records, never made before. */
function records(count: number): Buffer {
  seed += 1;
  const startNs = BigInt(Date.now()) * 1_000_000n;
  const load = new OtlpLoad({ seed, recordsPerRequest: count, startNs, stepNs: 1 });
  return Buffer.from(load.next());
}

describe('OTLP over HTTP', () => {
  test('answers an accepted protobuf request with an empty protobuf response', async () => {
    const { status, headers, body } = await send(records(8), PROTOBUF);
    expect({ status, type: headers['content-type'], bytes: body.length }).toEqual({
      status: 200,
      type: 'application/x-protobuf',
      bytes: 0,
    });
  });

  test('answers JSON in JSON, whatever parameters the content type has', async () => {
    const { status, headers, body } = await send(
      Buffer.from(
        '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"hi"}}]}]}]}',
      ),
      { 'content-type': 'application/json; charset=utf-8' },
    );
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/json');
    expect(JSON.parse(body.toString())).toEqual({});
  });

  test.each([
    ['gzip', zlib.gzipSync],
    ['deflate', zlib.deflateSync],
    ['deflate', zlib.deflateRawSync],
    ['zstd', zlib.zstdCompressSync],
    ['identity', (bytes: Buffer) => bytes],
  ])('takes %s', async (encoding, compress) => {
    const answer = await send(compress(records(8)), { ...PROTOBUF, 'content-encoding': encoding });
    expect(answer.status).toBe(200);
  });

  test('an empty request is a success', async () => {
    expect((await send(Buffer.alloc(0), PROTOBUF)).status).toBe(200);
  });

  test('takes what an agent says of itself, and nothing else there', async () => {
    const to = `${fixture.receiverUrl('otlp-http')}${COLLECTOR_REPORT_PATH}`;
    const report = {
      id: 'a',
      host: 'node-1',
      startedAt: '2026-11-21T08:00:00.000Z',
      waitingRecords: 0,
      bufferBytes: 0,
      bufferBytesMax: 1024,
      sentRecords: 5,
      refusedRecords: 0,
      refusedReason: '',
      sources: [],
    };
    const sent = await send(Buffer.from(JSON.stringify(report)), JSON_TYPE, { to });
    expect(sent.status).toBe(204);
    const listed = await fetch(`${fixture.server.url}/api/v1/collectors`);
    expect(await listed.json()).toMatchObject({ collectors: [report] });
    const wrong = await send(Buffer.from('{"id":"b"}'), JSON_TYPE, { to });
    expect(wrong.status).toBe(400);
    expect(wrong.body.toString()).toContain('startedAt');
    expect((await send(Buffer.from('{'), JSON_TYPE, { to })).status).toBe(400);
    expect((await send(Buffer.alloc(0), JSON_TYPE, { to, method: 'GET' })).status).toBe(404);
  });

  test('refuses an unknown encoding with 400 and a Status', async () => {
    const answer = await send(records(1), { ...JSON_TYPE, 'content-encoding': 'br' });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body.toString())).toMatchObject({ code: 3 });
  });

  test('refuses what claims to be gzip and is not', async () => {
    const answer = await send(Buffer.from('plain'), { ...JSON_TYPE, 'content-encoding': 'gzip' });
    expect(answer.status).toBe(400);
    expect(answer.body.toString()).toContain('not valid gzip');
  });

  test('refuses truncated protobuf with 400, and the next request is fine', async () => {
    const whole = records(8);
    const answer = await send(whole.subarray(0, whole.length - 5), PROTOBUF);
    expect(answer.status).toBe(400);
    expect(answer.body.length).toBeGreaterThan(0);
    expect((await send(whole, PROTOBUF)).status).toBe(200);
  });

  test('refuses JSON 10,000 levels deep', async () => {
    const answer = await send(Buffer.from('['.repeat(10_000)), JSON_TYPE);
    expect(answer.status).toBe(400);
  });

  test('takes a body of exactly the limit and refuses one byte more, as sent or inflated', async () => {
    const padded = (size: number): Buffer => Buffer.from(`{}${' '.repeat(size - 2)}`);
    expect((await send(padded(REQUEST_BYTES_MAX), JSON_TYPE)).status).toBe(200);
    expect((await send(padded(REQUEST_BYTES_MAX + 1), JSON_TYPE)).status).toBe(413);
    const gzip = { ...JSON_TYPE, 'content-encoding': 'gzip' };
    expect((await send(zlib.gzipSync(padded(REQUEST_BYTES_MAX)), gzip)).status).toBe(200);
    expect((await send(zlib.gzipSync(padded(REQUEST_BYTES_MAX + 1)), gzip)).status).toBe(413);
  });

  test('stops a bomb of 200 MB in 200 KB at the limit', async () => {
    const bomb = zlib.gzipSync(Buffer.alloc(200 * 1024 * 1024));
    const answer = await send(bomb, { ...PROTOBUF, 'content-encoding': 'gzip' });
    expect(answer.status).toBe(413);
  });

  test('stops a chunked body that goes past the limit', async () => {
    const answer = await send(Buffer.alloc(REQUEST_BYTES_MAX + 1), {
      ...PROTOBUF,
      'transfer-encoding': 'chunked',
    });
    expect(answer.status).toBe(413);
  });

  test('names the content types it takes', async () => {
    const answer = await send(records(1), { 'content-type': 'text/plain' });
    expect(answer.status).toBe(415);
    expect(answer.body.toString()).toContain('application/x-protobuf');
  });

  test('refuses other methods, other paths, and signals that are not taken', async () => {
    const other = async (method: string, path: string): Promise<number> =>
      (await send(Buffer.alloc(0), PROTOBUF, { method, to: url.replace('/v1/logs', path) })).status;
    expect(await other('GET', '/v1/logs')).toBe(405);
    expect(await other('POST', '/v1/log')).toBe(404);
    expect(await other('POST', '/v1/metrics')).toBe(404);
    expect(await other('POST', '//v1/logs/')).toBe(200);
  });

  test('lets browsers of configured origins send, and no others', async () => {
    const preflight = async (origin: string): Promise<Answer> =>
      send(
        Buffer.alloc(0),
        { origin, 'access-control-request-method': 'POST' },
        { method: 'OPTIONS' },
      );
    const allowed = await preflight('https://app.example');
    expect(allowed.status).toBe(204);
    expect(allowed.headers['access-control-allow-origin']).toBe('https://app.example');
    expect(allowed.headers['access-control-allow-headers']).toContain('traceparent');
    const refused = await preflight('https://evil.example');
    expect(refused.headers['access-control-allow-origin']).toBeUndefined();
  });

  test('closes a TLS client and goes on', async () => {
    const { hostname, port } = new URL(url);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(Buffer.from([0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0]));
      });
      socket.on('close', () => resolve());
      socket.on('error', () => undefined);
    });
    expect((await send(records(1), PROTOBUF)).status).toBe(200);
  });
});
