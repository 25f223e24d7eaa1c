import {
  Client,
  compressionAlgorithms,
  credentials,
  Metadata,
  status,
  type ServiceError,
} from '@grpc/grpc-js';
import { OtlpLoad } from '@tendril/testkit/load/otlp-load';
import { startServerFixture, type ServerFixture } from '@tendril/testkit/server-fixture';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const LOGS_EXPORT = '/opentelemetry.proto.collector.logs.v1.LogsService/Export';
const METRICS_EXPORT = '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export';
const REQUEST_BYTES_MAX = 5 * 1024 * 1024;

let fixture: ServerFixture;
let full: ServerFixture;
let seed = 200;

beforeAll(async () => {
  fixture = await startServerFixture({ 'limits-request-bytes-max': String(REQUEST_BYTES_MAX) });
  full = await startServerFixture({ 'disk-free-bytes-min': '16TiB' });
});

afterAll(async () => {
  await Promise.all([fixture.close(), full.close()]);
});

/** Requests of distinct records; one after the other they are one larger request. */
function records(count: number, times = 1): Buffer {
  seed += 1;
  const startNs = BigInt(Date.now()) * 1_000_000n;
  const load = new OtlpLoad({ seed, recordsPerRequest: count, startNs, stepNs: 1 });
  return Buffer.concat(Array.from({ length: times }, () => Buffer.from(load.next())));
}

interface CallOptions {
  readonly to?: ServerFixture;
  readonly port?: 'otlp-grpc' | 'otlp-http';
  readonly method?: string;
  readonly compression?: compressionAlgorithms;
}

async function call(body: Buffer, options: CallOptions = {}): Promise<Buffer> {
  const {
    to = fixture,
    port = 'otlp-grpc',
    method = LOGS_EXPORT,
    compression = compressionAlgorithms.identity,
  } = options;
  const address = to.receiverUrl(port).replace(/^\w+:\/\//, '');
  const client = new Client(address, credentials.createInsecure(), {
    'grpc.default_compression_algorithm': compression,
  });
  try {
    return await new Promise<Buffer>((resolve, reject) => {
      const asBuffer = (bytes: Buffer): Buffer => bytes;
      client.makeUnaryRequest(method, asBuffer, asBuffer, body, new Metadata(), (error, answer) => {
        if (error) reject(error);
        else resolve(answer ?? Buffer.alloc(0));
      });
    });
  } finally {
    client.close();
  }
}

async function failure(body: Buffer, options: CallOptions = {}): Promise<ServiceError> {
  try {
    await call(body, options);
  } catch (error) {
    return error as ServiceError;
  }
  throw new Error('the call succeeded');
}

describe('OTLP over gRPC', () => {
  test('answers an accepted request with an empty response', async () => {
    expect(await call(records(8))).toHaveLength(0);
  });

  test('takes gzip', async () => {
    expect(await call(records(8), { compression: compressionAlgorithms.gzip })).toHaveLength(0);
  });

  test('works on the port for HTTP too', async () => {
    expect(await call(records(8), { port: 'otlp-http' })).toHaveLength(0);
  });

  test('takes a message of more than 4 MiB, and refuses one over the limit for good', async () => {
    expect(await call(records(1_000, 22))).toHaveLength(0);
    const error = await failure(Buffer.alloc(REQUEST_BYTES_MAX + 1));
    expect(error.code).toBe(status.RESOURCE_EXHAUSTED);
    expect(error.metadata.get('grpc-status-details-bin')).toEqual([]);
  });

  test('refuses what is not protobuf', async () => {
    expect((await failure(Buffer.from('hello'))).code).toBe(status.INVALID_ARGUMENT);
  });

  test('says of signals it does not take that they are not implemented', async () => {
    const error = await failure(Buffer.alloc(0), { method: METRICS_EXPORT });
    expect(error.code).toBe(status.UNIMPLEMENTED);
  });

  test('tells senders to come back later when the disk is full', async () => {
    const error = await failure(records(1), { to: full });
    expect(error.code).toBe(status.UNAVAILABLE);
    const [details] = error.metadata.get('grpc-status-details-bin');
    expect(String(details)).toContain('type.googleapis.com/google.rpc.RetryInfo');
  });
});

describe('OTLP over HTTP', () => {
  test('answers 503 with Retry-After when the disk is full', async () => {
    const response = await fetch(`${full.receiverUrl('otlp-http')}/v1/logs`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body: new Uint8Array(records(1)),
    });
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});
