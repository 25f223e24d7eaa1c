import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Failure } from '@tendril/model/failure';
import { encodedRows } from '@tendril/testkit/log-batches';
import { spanBatchFixture } from '@tendril/testkit/span-batches';
import { decodeZipkinSpans } from './zipkin-spans.ts';

const NOW_NS = 1_795_232_758_539_421_494n;

function decoded(spans: unknown): ReturnType<typeof decodeZipkinSpans> & {
  readonly rows: readonly Record<string, unknown>[];
} {
  const { batch, writer, sink } = spanBatchFixture({ nowNs: NOW_NS });
  const outcome = decodeZipkinSpans(Buffer.from(JSON.stringify(spans)), writer, sink);
  return { ...outcome, rows: encodedRows(batch)['traces'] ?? [] };
}

const SPAN = {
  traceId: '86154a4ba6e91385',
  parentId: '86154a4ba6e91385',
  id: '4d1e00c0db9010db',
  kind: 'CLIENT',
  name: 'get',
  timestamp: 1_795_232_758_000_001,
  duration: 207_000,
  localEndpoint: { serviceName: 'frontend', ipv4: '127.0.0.1' },
  remoteEndpoint: { serviceName: 'backend', ipv4: '192.168.99.101', port: 9000 },
  annotations: [{ timestamp: 1_795_232_758_100_000, value: 'foo' }],
  tags: { 'http.path': '/api', error: 'timed out', 'clnt/finagle.version': '6.45.0' },
};

describe('decodeZipkinSpans', () => {
  test("maps spans as OpenTelemetry's collector does", () => {
    expect(decoded([SPAN]).rows).toMatchObject([
      {
        TraceId: '000000000000000086154a4ba6e91385',
        SpanId: '4d1e00c0db9010db',
        ParentSpanId: '86154a4ba6e91385',
        SpanName: 'get',
        SpanKind: 'Client',
        ServiceName: 'frontend',
        Timestamp: 1_795_232_758_000_001_000n,
        Duration: 207_000_000n,
        StatusCode: 'Error',
        'Events.Name': ['foo'],
        'Events.Timestamp': [1_795_232_758_100_000_000n],
        Attributes: {
          'http.path': '/api',
          error: 'timed out',
          'clnt/finagle.version': '6.45.0',
          'net.host.ip': '127.0.0.1',
          'peer.service': 'backend',
          'net.peer.ip': '192.168.99.101',
          'net.peer.port': 9000n,
        },
      },
    ]);
  });

  test('refuses a span with a bad id alone', () => {
    const { accepted, rejected, rows } = decoded([{ ...SPAN, id: 'xyz' }, SPAN, 7]);
    expect({ accepted, rejected }).toEqual({ accepted: 1, rejected: { malformed: 2 } });
    expect(rows).toHaveLength(1);
  });

  test('refuses what is no list', () => {
    expect(() => decoded(SPAN)).toThrow(Failure);
  });

  test('throws nothing but Failures, whatever JSON comes', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.jsonValue(), fc.record({}), fc.constant(SPAN))), (spans) => {
        const { accepted, rejected } = decoded(spans);
        expect(accepted + (rejected['malformed'] ?? 0)).toBe(spans.length);
      }),
    );
  });
});
