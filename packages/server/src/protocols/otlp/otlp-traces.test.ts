import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRedactor } from '@tendril/intake/redact/redactor';
import { Failure } from '@tendril/model/failure';
import { encodedRows, type TableRows } from '@tendril/testkit/log-batches';
import { ORACLE_NOW_NS, type ExpectedRow } from '@tendril/testkit/otlp-common-oracle';
import {
  expectedSpanRows,
  otlpTraceRequests,
  traceJsonOf,
  traceProtobufOf,
  type SpanJson,
  type TraceRequestJson,
} from '@tendril/testkit/otlp-traces-oracle';
import { spanBatchFixture, type SpanBatchFixture } from '@tendril/testkit/span-batches';
import { decodeOtlpTracesJson } from './otlp-traces-json.ts';
import { decodeOtlpTracesProtobuf } from './otlp-traces-protobuf.ts';

type Decode = typeof decodeOtlpTracesProtobuf;

const DECODERS: readonly (readonly [string, Decode, (request: TraceRequestJson) => Buffer])[] = [
  ['protobuf', decodeOtlpTracesProtobuf, traceProtobufOf],
  ['JSON', decodeOtlpTracesJson, traceJsonOf],
];

function decoded(bytes: Buffer, decode: Decode): TableRows {
  const { batch, writer, sink } = spanBatchFixture({ nowNs: ORACLE_NOW_NS });
  const outcome = decode(bytes, writer, sink);
  expect(outcome).toEqual({ accepted: batch.rowCount, rejected: {}, message: '' });
  return encodedRows(batch);
}

// The columns that the oracle knows, in its terms.
function actualRows({ traces = [], resources = [] }: TableRows, like: ExpectedRow): ExpectedRow[] {
  const attributesOf = new Map(resources.map((row) => [row['ResourceId'], row['Attributes']]));
  return traces.map((row) => ({
    ...Object.fromEntries(Object.keys(like).map((column) => [column, row[column]])),
    Attributes: new Map(Object.entries(row['Attributes'] ?? {})),
    resource: attributesOf.get(row['ResourceId']),
  }));
}

/** A request with one span, ordinary but for the changes. */
function requestOf(...spans: Partial<SpanJson>[]): TraceRequestJson {
  return {
    resourceSpans: [
      {
        resource: { attributes: [] },
        schemaUrl: '',
        scopeSpans: [
          {
            scope: { name: '', version: '', attributes: [] },
            schemaUrl: '',
            spans: spans.map((changes) => Object.assign({}, ORDINARY, changes)),
          },
        ],
      },
    ],
  };
}

const ORDINARY: SpanJson = {
  traceId: '0123456789abcdef0123456789abcdef',
  spanId: '0123456789abcdef',
  traceState: '',
  parentSpanId: '',
  flags: 0,
  name: 'GET /users',
  kind: 2,
  startTimeUnixNano: String(ORACLE_NOW_NS - 5_000_000n),
  endTimeUnixNano: String(ORACLE_NOW_NS),
  attributes: [],
  droppedAttributesCount: 0,
  events: [],
  links: [],
  status: { message: '', code: 0 },
};

describe.each(DECODERS)('OTLP traces in %s', (_name, decode, bytesOf) => {
  test('become the rows that the oracle works out', () => {
    fc.assert(
      fc.property(otlpTraceRequests, (request) => {
        const expected = expectedSpanRows(request);
        const tables = decoded(bytesOf(request), decode);
        const [first] = expected;
        if (first) expect(actualRows(tables, first)).toEqual(expected);
        else expect(tables).toEqual({});
      }),
      { numRuns: 100 },
    );
  });

  test('throw nothing but a malformed Failure, however the bytes are cut or changed', () => {
    const fixture = spanBatchFixture({ nowNs: ORACLE_NOW_NS });
    const damage = fc.array(fc.tuple(fc.nat(4000), fc.nat(255)), { maxLength: 4 });
    fc.assert(
      fc.property(otlpTraceRequests, damage, fc.nat(4000), (request, changes, cut) => {
        const bytes = bytesOf(request);
        for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
        expectMalformedOnly(
          fixture,
          () => bytes.subarray(0, Math.max(0, bytes.length - (cut % 40))),
          decode,
        );
      }),
      { numRuns: 100 },
    );
  });

  test('a span without ids is refused alone', () => {
    const { batch, writer, sink } = spanBatchFixture({ nowNs: ORACLE_NOW_NS });
    const event = { timeUnixNano: '1', name: 'gone', attributes: [] };
    const request = requestOf(
      { traceId: '', events: [event] },
      { spanId: '0'.repeat(16), attributes: [{ key: 'a', value: { stringValue: 'gone' } }] },
      { name: 'kept' },
    );
    expect(decode(bytesOf(request), writer, sink)).toMatchObject({
      accepted: 1,
      rejected: { bad_id: 2 },
    });
    expect(encodedRows(batch)['traces']).toMatchObject([
      { SpanName: 'kept', Attributes: {}, 'Events.Name': [] },
    ]);
  });

  test('secrets are hidden in attributes, events, links and messages; ids are not', () => {
    const redactor = createRedactor({ key: Buffer.alloc(32, 1) });
    const { batch, writer, sink } = spanBatchFixture({ nowNs: ORACLE_NOW_NS, redactor });
    const attributes = [
      { key: 'password', value: { stringValue: 'hunter2secret' } },
      { key: 'operationID', value: { stringValue: 'op-1' } },
    ];
    const request = requestOf({
      attributes,
      events: [{ timeUnixNano: '1', name: 'exception', attributes }],
      links: [{ traceId: '', spanId: '', traceState: '', attributes, flags: 0 }],
      status: { message: 'Authorization: Bearer abcdefghijklmnop1234', code: 2 },
    });
    decode(bytesOf(request), writer, sink);
    const [row] = encodedRows(batch)['traces'] ?? [];
    expect(row).toMatchObject({ OperationId: 'op-1', StatusCode: 'Error' });
    const text = JSON.stringify(row, (_key, value: unknown) =>
      value instanceof Map ? [...value] : typeof value === 'bigint' ? String(value) : value,
    );
    expect(text).not.toContain('hunter2secret');
    expect(text).not.toContain('abcdefghijklmnop1234');
    expect(text).toContain('op-1');
  });

  test('attributes and events beyond the limits are left out, and the span says so', () => {
    const limits = { recordAttributesMax: 2, valueBytesMax: 10 };
    const { batch, writer, sink } = spanBatchFixture({ nowNs: ORACLE_NOW_NS, limits });
    const attribute = (key: string) => ({ key, value: { stringValue: 'x'.repeat(11) } });
    const attributes = ['a', 'b', 'c'].map(attribute);
    const event = { timeUnixNano: '1', name: 'e', attributes };
    decode(bytesOf(requestOf({ attributes, events: [event, event, event] })), writer, sink);
    expect(encodedRows(batch)['traces']).toMatchObject([
      {
        Attributes: {
          a: 'x'.repeat(10),
          b: 'x'.repeat(10),
          'tendril.truncated': ['a', 'b', 'events'],
        },
        'Events.Name': ['e', 'e'],
        'Events.Attributes': [
          new Map([
            ['a', 'x'.repeat(10)],
            ['b', 'x'.repeat(10)],
          ]),
          new Map([
            ['a', 'x'.repeat(10)],
            ['b', 'x'.repeat(10)],
          ]),
        ],
        'Events.AttributeTypes': ['ss', 'ss'],
      },
    ]);
  });
});

// Whatever comes out, rolling back leaves the batch as it was before.
function expectMalformedOnly(
  { batch, writer, sink }: SpanBatchFixture,
  bytes: () => Buffer,
  decode: Decode,
): void {
  batch.reset();
  decodeOtlpTracesProtobuf(SAMPLE, writer, sink);
  const before = spansOf(batch);
  batch.reset();
  decodeOtlpTracesProtobuf(SAMPLE, writer, sink);
  const mark = batch.mark();
  try {
    decode(bytes(), writer, sink);
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(Failure);
    expect((thrown as Failure).code).toBe('malformed');
  }
  batch.rollback(mark);
  expect(spansOf(batch)).toEqual(before);
}

function spansOf(batch: SpanBatchFixture['batch']): readonly Record<string, unknown>[] {
  return encodedRows(batch)['traces'] ?? [];
}

const SAMPLE = traceProtobufOf(
  requestOf(
    {
      attributes: [{ key: 'a', value: { intValue: '7' } }],
      events: [
        {
          timeUnixNano: '5',
          name: 'first',
          attributes: [{ key: 'k', value: { boolValue: true } }],
        },
      ],
    },
    {},
  ),
);
