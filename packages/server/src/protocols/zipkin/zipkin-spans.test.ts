import fc from 'fast-check';
import protobuf from 'protobufjs';
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
  const outcome = decodeZipkinSpans(Buffer.from(JSON.stringify(spans)), 'json', writer, sink);
  return { ...outcome, rows: encodedRows(batch)['traces'] ?? [] };
}

// As Zipkin publishes it, zipkin.proto of its API 1.0.
const PROTO = `syntax = "proto3";
message Span {
  enum Kind { SPAN_KIND_UNSPECIFIED = 0; CLIENT = 1; SERVER = 2; PRODUCER = 3; CONSUMER = 4; }
  bytes trace_id = 1; bytes parent_id = 2; bytes id = 3; Kind kind = 4; string name = 5;
  fixed64 timestamp = 6; uint64 duration = 7; Endpoint local_endpoint = 8; Endpoint remote_endpoint = 9;
  repeated Annotation annotations = 10; map<string, string> tags = 11; bool debug = 12; bool shared = 13;
}
message Endpoint { string service_name = 1; bytes ipv4 = 2; bytes ipv6 = 3; int32 port = 4; }
message Annotation { fixed64 timestamp = 1; string value = 2; }
message ListOfSpans { repeated Span spans = 1; }`;
const LIST: protobuf.Type = protobuf.parse(PROTO).root.lookupType('ListOfSpans');

function decodedProtobuf(body: Uint8Array): ReturnType<typeof decoded> {
  const { batch, writer, sink } = spanBatchFixture({ nowNs: NOW_NS });
  const outcome = decodeZipkinSpans(body, 'protobuf', writer, sink);
  return { ...outcome, rows: encodedRows(batch)['traces'] ?? [] };
}

const encoded = (...spans: readonly object[]): Uint8Array =>
  LIST.encode(LIST.fromObject({ spans })).finish();

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

describe('protobuf', () => {
  const hex = (digits: string): Buffer => Buffer.from(digits, 'hex');
  const BINARY = {
    ...SPAN,
    traceId: hex(SPAN.traceId),
    parentId: hex(SPAN.parentId),
    id: hex(SPAN.id),
    localEndpoint: { serviceName: 'frontend', ipv4: Buffer.from([127, 0, 0, 1]) },
    remoteEndpoint: {
      serviceName: 'backend',
      ipv4: Buffer.from([192, 168, 99, 101]),
      port: 9000,
    },
    debug: true,
    shared: true,
  };

  test('says the same as JSON', () => {
    const { rows, ...outcome } = decodedProtobuf(encoded(BINARY, { ...BINARY, kind: 'CONSUMER' }));
    const json = decoded([SPAN, { ...SPAN, kind: 'CONSUMER' }]);
    expect(outcome).toMatchObject({ accepted: 2, rejected: {} });
    expect(rows).toEqual(json.rows);
  });

  test('an address of the sixth version is one', () => {
    const ipv6 = hex('20010db8000000000000000000000001');
    const { rows } = decodedProtobuf(encoded({ ...BINARY, localEndpoint: { ipv6 } }));
    expect(rows).toMatchObject([
      { Attributes: { 'net.host.ip': '2001:0db8:0000:0000:0000:0000:0000:0001' } },
    ]);
  });

  test('refuses a span with a bad id, or with too many parts, alone', () => {
    const annotations = Array.from({ length: 10_001 }, () => ({ value: 'x' }));
    const { accepted, rejected, rows } = decodedProtobuf(
      encoded(
        { ...BINARY, id: hex('00') },
        { ...BINARY, traceId: Buffer.alloc(17, 1) },
        { ...BINARY, annotations },
        BINARY,
      ),
    );
    expect({ accepted, rejected }).toEqual({ accepted: 1, rejected: { malformed: 3 } });
    expect(rows).toHaveLength(1);
  });

  test('throws nothing but Failures, whatever bytes are changed', () => {
    const whole = encoded(BINARY, BINARY);
    const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 4 }), fc.nat(whole.length), (changes, length) => {
        const damaged = Uint8Array.from(whole.subarray(0, length));
        for (const [at, byte] of changes) if (at < length) damaged[at] = byte;
        try {
          decodedProtobuf(damaged);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(Failure);
        }
      }),
    );
  });
});
