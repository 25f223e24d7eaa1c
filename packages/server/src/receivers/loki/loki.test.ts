import zlib from 'node:zlib';
import { pinoLoki } from 'pino-loki';
import { compress } from 'snappyjs';
import { startServerFixture, type ServerFixture } from '@tendril/testkit/server-fixture';
import { storedRecords } from '@tendril/testkit/stored-records';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import winston from 'winston';
import LokiTransport from 'winston-loki';

const REQUEST_BYTES_MAX = 1024 * 1024;
const JSON_TYPE = { 'content-type': 'application/json' };
const PROTOBUF = { 'content-type': 'application/x-protobuf' };

let fixture: ServerFixture;
let url: string;

beforeAll(async () => {
  fixture = await startServerFixture({
    'receivers-loki-listen': '127.0.0.1:0',
    'limits-request-bytes-max': String(REQUEST_BYTES_MAX),
  });
  url = fixture.receiverUrl('loki');
});

afterAll(async () => {
  await fixture.close();
});

async function push(
  body: string | Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>> = JSON_TYPE,
): Promise<Response> {
  return fetch(`${url}/loki/api/v1/push`, { method: 'POST', headers, body });
}

function streams(app: string, lines: readonly string[]): string {
  const nowNs = BigInt(Date.now()) * 1_000_000n;
  const values = lines.map((line, number) => [String(nowNs + BigInt(number)), line]);
  return JSON.stringify({ streams: [{ stream: { app }, values }] });
}

describe('real senders', () => {
  test('winston-loki delivers every record by protobuf and snappy', async () => {
    const transport = new LokiTransport({
      host: url,
      labels: { app: 'winston' },
      json: false,
      batching: true,
      interval: 0.1,
      gracefulShutdown: false,
      onConnectionError: (error) => expect(error).toBeUndefined(),
    });
    const logger = winston.createLogger({ transports: [transport] });
    for (let number = 0; number < 500; number += 1) logger.warn(`says 你好 ${number}`, { number });
    await transport.flush();
    const records = await storedRecords(fixture.server.url, 'service:winston');
    expect(new Set(records.map(({ body }) => body)).size).toBe(500);
    expect(records).toHaveLength(500);
    expect(records[0]).toMatchObject({ severityNumber: 13, serviceName: 'winston' });
    await transport.close?.();
  });

  test('pino-loki delivers every record', async () => {
    const stream = pinoLoki({ host: url, labels: { app: 'pino' }, batching: { interval: 1 } });
    for (let number = 0; number < 300; number += 1) {
      stream.write(
        `${JSON.stringify({ level: 50, time: Date.now(), msg: `says ${number}`, traceId: '4bf92f3577b34da6a3ce929d0e0e4736' })}\n`,
      );
    }
    await new Promise<void>((resolve) => {
      stream.end();
      stream.on('close', () => resolve());
    });
    const records = await storedRecords(fixture.server.url, 'service:pino');
    expect(new Set(records.map(({ body }) => body)).size).toBe(300);
    expect(records[0]).toMatchObject({
      severityNumber: 17,
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    });
  });
});

describe('the push API', () => {
  test('answers 204, takes gzip, and stores a request that is sent again once', async () => {
    const body = streams('again', ['a', 'b']);
    expect((await push(body)).status).toBe(204);
    const zipped = new Uint8Array(zlib.gzipSync(body));
    expect((await push(zipped, { ...JSON_TYPE, 'content-encoding': 'gzip' })).status).toBe(204);
    expect(await storedRecords(fixture.server.url, 'service:again')).toHaveLength(2);
  });

  test.each([
    ['garbage as JSON', '{', JSON_TYPE, 400],
    ['JSON 10,000 levels deep', '['.repeat(10_000), JSON_TYPE, 400],
    ['plain protobuf without snappy', 'plain', PROTOBUF, 400],
    ['snappy of garbage', compress(Buffer.from('garbage')), PROTOBUF, 400],
    ['a snappy bomb', compress(new Uint8Array(2 * REQUEST_BYTES_MAX)), PROTOBUF, 413],
    ['a length of 4 GiB', Uint8Array.from([0xff, 0xff, 0xff, 0xff, 0x0f]), PROTOBUF, 413],
    ['more than the limit', ' '.repeat(REQUEST_BYTES_MAX + 1), JSON_TYPE, 413],
    [
      'a gzip bomb',
      new Uint8Array(zlib.gzipSync(Buffer.alloc(50_000_000))),
      { ...JSON_TYPE, 'content-encoding': 'gzip' },
      413,
    ],
    ['another content type', 'x', { 'content-type': 'text/csv' }, 400],
  ])('refuses %s and goes on', async (_, body, headers, status) => {
    expect((await push(body, headers)).status).toBe(status);
    expect((await push(streams('after', ['fine']))).status).toBe(204);
  });

  test('tells other paths and methods where to go', async () => {
    expect((await fetch(`${url}/loki/api/v1/push`)).status).toBe(405);
    expect(await (await fetch(`${url}/loki/api/v1/query`)).text()).toContain('/loki/api/v1/push');
    expect((await fetch(`${url}/ready`)).status).toBe(200);
  });
});
