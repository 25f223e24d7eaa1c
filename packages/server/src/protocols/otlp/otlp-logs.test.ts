import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogBatch } from '@tendril/columns/log-batch';
import { Failure } from '@tendril/model/failure';
import { encodedRows, logBatchFixture, type TableRows } from '@tendril/testkit/log-batches';
import { ORACLE_NOW_NS, type AnyJson, type ExpectedRow } from '@tendril/testkit/otlp-common-oracle';
import {
  expectedRows,
  jsonOf,
  otlpRequests,
  protobufOf,
  type RecordJson,
  type RequestJson,
} from '@tendril/testkit/otlp-logs-oracle';
import { decodeOtlpLogsJson } from './otlp-logs-json.ts';
import { decodeOtlpLogsProtobuf } from './otlp-logs-protobuf.ts';

type Decode = typeof decodeOtlpLogsProtobuf;

function decoded(bytes: Buffer, decode: Decode): TableRows {
  const { batch, writer, sink } = logBatchFixture({ nowNs: ORACLE_NOW_NS });
  const outcome = decode(bytes, writer, sink);
  expect(outcome).toEqual({ accepted: batch.rowCount, rejected: {}, message: '' });
  return encodedRows(batch);
}

// The columns that the oracle knows, in its terms.
function actualRows({ logs = [], resources = [] }: TableRows, like: ExpectedRow): ExpectedRow[] {
  const attributesOf = new Map(resources.map((row) => [row['ResourceId'], row['Attributes']]));
  return logs.map((row) => ({
    ...Object.fromEntries(Object.keys(like).map((column) => [column, row[column]])),
    Attributes: new Map(Object.entries(row['Attributes'] ?? {})),
    resource: attributesOf.get(row['ResourceId']),
  }));
}

function expectRows(tables: TableRows, request: RequestJson): void {
  const expected = expectedRows(request);
  const [first] = expected;
  if (first) expect(actualRows(tables, first)).toEqual(expected);
  else expect(tables).toEqual({});
}

describe('decodeOtlpLogsProtobuf', () => {
  test('makes of any request the rows that the oracle works out', () => {
    fc.assert(
      fc.property(otlpRequests, (request) => {
        expectRows(decoded(protobufOf(request), decodeOtlpLogsProtobuf), request);
      }),
      { numRuns: 100 },
    );
  });

  test('throws nothing but a malformed Failure, however the bytes are cut or changed', () => {
    const damage = fc.array(fc.tuple(fc.nat(4000), fc.nat(255)), { maxLength: 4 });
    fc.assert(
      fc.property(otlpRequests, damage, fc.nat(4000), (request, changes, cut) => {
        const bytes = protobufOf(request);
        for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
        expectMalformedOnly(bytes.subarray(0, Math.max(0, bytes.length - (cut % 40))));
      }),
      { numRuns: 150 },
    );
  });

  test('throws nothing but a malformed Failure on random bytes', () => {
    const bytes = fc.uint8Array({ maxLength: 200 });
    fc.assert(fc.property(bytes, (random) => expectMalformedOnly(Buffer.from(random))));
  });
});

// Whatever comes out, rolling back leaves the batch as it was before.
function expectMalformedOnly(bytes: Buffer): void {
  const { batch, writer, sink } = DAMAGED;
  batch.reset();
  decodeOtlpLogsProtobuf(SAMPLE, writer, sink);
  const mark = batch.mark();
  try {
    decodeOtlpLogsProtobuf(bytes, writer, sink);
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(Failure);
    expect((thrown as Failure).code).toBe('malformed');
  }
  batch.rollback(mark);
  expect(logsBytes(batch).equals(SAMPLE_BYTES)).toBe(true);
}

function logsBytes(batch: LogBatch): Buffer {
  const logs = batch.encode({ server: 1, frame: 7, row: 0 }).find(({ table }) => table === 'logs');
  return Buffer.concat(logs?.bytes ?? []);
}

const SAMPLE: Buffer = protobufOf({
  resourceLogs: fc
    .sample(otlpRequests, { seed: 7, numRuns: 5 })
    .flatMap(({ resourceLogs }) => resourceLogs),
});
const DAMAGED = logBatchFixture({ nowNs: ORACLE_NOW_NS });
decodeOtlpLogsProtobuf(SAMPLE, DAMAGED.writer, DAMAGED.sink);
const SAMPLE_BYTES: Buffer = logsBytes(DAMAGED.batch);

describe('decodeOtlpLogsJson', () => {
  test('makes of any request the rows of its protobuf form', () => {
    fc.assert(
      fc.property(otlpRequests, (request) => {
        const tables = decoded(jsonOf(request), decodeOtlpLogsJson);
        expect(tables).toEqual(decoded(protobufOf(request), decodeOtlpLogsProtobuf));
      }),
      { numRuns: 100 },
    );
  });
});

describe('both encodings', () => {
  test('stop at a value nested too deeply and keep the other records', () => {
    const deep = (depth: number): AnyJson =>
      depth === 0 ? { stringValue: 'x' } : { arrayValue: { values: [deep(depth - 1)] } };
    const request = requestOf([
      { ...RECORD, attributes: [{ key: 'deep', value: deep(20) }] },
      { ...RECORD, body: deep(20) },
      { ...RECORD, attributes: [{ key: 'deep', value: deep(19) }] },
    ]);
    for (const [bytes, decode] of encodings(request)) {
      const limits = { nestingDepthMax: 20 };
      const { batch, writer, sink } = logBatchFixture({ nowNs: ORACLE_NOW_NS, limits });
      const outcome = decode(bytes, writer, sink);
      expect(outcome).toMatchObject({ accepted: 1, rejected: { too_deep: 2 } });
      expect(outcome.message).toContain('nested deeper than 20');
      expect(encodedRows(batch)['logs']).toHaveLength(1);
    }
  });

  test('refuse a request with more records than allowed, and count up to it', () => {
    for (const count of [3, 4]) {
      for (const [bytes, decode] of encodings(
        requestOf(Array.from({ length: count }, () => RECORD)),
      )) {
        const limits = { requestRecordsMax: 3 };
        const { writer, sink } = logBatchFixture({ nowNs: ORACLE_NOW_NS, limits });
        const run = (): unknown => decode(bytes, writer, sink);
        if (count === 3) expect(run()).toMatchObject({ accepted: 3 });
        else expect(run).toThrow('more than 3 records');
      }
    }
  });
});

describe('decodeOtlpLogsProtobuf, record by record', () => {
  test('refuses a record with an id of the wrong length alone', () => {
    const request = requestOf([
      { ...RECORD, traceId: 'ab'.repeat(12), body: { stringValue: 'first' } },
      { ...RECORD, spanId: 'ab'.repeat(9), body: { stringValue: 'second' } },
      { ...RECORD, traceId: 'ab'.repeat(16), body: { stringValue: 'third' } },
    ]);
    const { batch, writer, sink } = logBatchFixture({ nowNs: ORACLE_NOW_NS });
    const outcome = decodeOtlpLogsProtobuf(protobufOf(request), writer, sink);
    expect(outcome).toEqual({
      accepted: 1,
      rejected: { bad_id: 2 },
      message: 'a trace id has 12 bytes, not 16',
    });
    const [row] = encodedRows(batch)['logs'] ?? [];
    expect(row).toMatchObject({ Body: 'third', TraceId: 'ab'.repeat(16) });
    expect(row?.['Attributes']).toEqual({ status: 200n, size: 'large' });
  });

  test.each([
    ['a group', '0b0c'],
    ['field number 0', '0001'],
    ['a known field with another wire type', '0801'],
    ['a varint of eleven bytes', '10ffffffffffffffffffff01'],
    ['a length past the end', '0a05aa'],
    ['a length above 2 GiB', '0affffffff0f'],
    ['a message cut short', '0a'],
  ])('refuses %s', (_, hex) => {
    const { writer, sink } = logBatchFixture({ nowNs: ORACLE_NOW_NS });
    const run = (): unknown => decodeOtlpLogsProtobuf(Buffer.from(hex, 'hex'), writer, sink);
    expect(run).toThrow(/^cannot read the protobuf message: /);
  });

  test('ignores fields it does not know', () => {
    const { writer, sink } = logBatchFixture({ nowNs: ORACLE_NOW_NS });
    const bytes = Buffer.from('a206026869a80601b10601020304050607080d', 'hex').subarray(0, -1);
    expect(decodeOtlpLogsProtobuf(bytes, writer, sink)).toMatchObject({ accepted: 0 });
  });

  test('takes a scope and schema URL that come after the records', () => {
    const scope = Buffer.concat([
      field(2, field(5, field(1, Buffer.from('one')))),
      field(2, field(5, field(1, Buffer.from('two')))),
      field(1, field(1, Buffer.from('logger'))),
      field(3, Buffer.from('url')),
    ]);
    const request = field(1, Buffer.concat([field(2, scope), field(2, field(2, Buffer.alloc(0)))]));
    const tables = decoded(request, decodeOtlpLogsProtobuf);
    expect(
      tables['logs']?.map((row) => [row['Body'], row['ScopeName'], row['ScopeSchemaUrl']]),
    ).toEqual([
      ['one', 'logger', 'url'],
      ['two', 'logger', 'url'],
      ['', '', ''],
    ]);
  });

  test('replaces malformed UTF-8', () => {
    const record = field(5, field(1, Buffer.from('ab\xff\xe6\x88cd', 'latin1')));
    const tables = decoded(field(1, field(2, field(2, record))), decodeOtlpLogsProtobuf);
    expect(tables['logs']?.[0]).toMatchObject({ Body: 'ab\ufffd\ufffdcd' });
  });
});

const RECORD: RecordJson = {
  timeUnixNano: String(ORACLE_NOW_NS),
  observedTimeUnixNano: String(ORACLE_NOW_NS),
  severityNumber: 9,
  severityText: '',
  body: { stringValue: 'a body' },
  attributes: [
    { key: 'status', value: { intValue: '200' } },
    { key: 'size', value: { stringValue: 'large' } },
  ],
  droppedAttributesCount: 0,
  flags: 0,
  traceId: '',
  spanId: '',
  eventName: '',
};

function requestOf(logRecords: readonly RecordJson[]): RequestJson {
  const scope = { name: '', version: '', attributes: [] };
  const scopeLogs = [{ scope, logRecords, schemaUrl: '' }];
  return { resourceLogs: [{ resource: { attributes: [] }, scopeLogs, schemaUrl: '' }] };
}

function encodings(request: RequestJson): readonly (readonly [Buffer, Decode])[] {
  return [
    [protobufOf(request), decodeOtlpLogsProtobuf],
    [jsonOf(request), decodeOtlpLogsJson],
  ];
}

/** A length-delimited field shorter than 128 bytes. */
function field(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
}
