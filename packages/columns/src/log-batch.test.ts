import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '@tendril/model/limits';
import { decodeOtlpLogsProtobuf } from '@tendril/server/protocols/otlp/otlp-logs-protobuf';
import { encodedRows, logBatchFixture, type LogBatchFixture } from '@tendril/testkit/log-batches';
import { ORACLE_NOW_NS } from '@tendril/testkit/otlp-common-oracle';
import { otlpRequests, protobufOf } from '@tendril/testkit/otlp-logs-oracle';

const NOW_NS = ORACLE_NOW_NS;
const DAY_NS = 86_400_000_000_000n;

function write(
  fixture: LogBatchFixture,
  timeNs: bigint,
  attributes: Record<string, string> = {},
): void {
  const { writer, sink } = fixture;
  writer.open(sink);
  writer.begin();
  writer.timeNs(timeNs);
  for (const [name, value] of Object.entries(attributes)) writer.attribute(name, value);
  writer.end();
}

describe('LogBatch', () => {
  test('is after a rollback what it was at the mark', () => {
    const requests = fc.array(otlpRequests, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(requests, requests, requests, (kept, refused, later) => {
        const clean = logBatchFixture({ nowNs: NOW_NS });
        const rolled = logBatchFixture({ nowNs: NOW_NS });
        const decode = ({ writer, sink }: LogBatchFixture, all: typeof kept): void => {
          for (const one of all) decodeOtlpLogsProtobuf(protobufOf(one), writer, sink);
        };
        decode(clean, kept);
        decode(rolled, kept);
        const mark = rolled.batch.mark();
        decode(rolled, refused);
        rolled.batch.rollback(mark);
        expect(rolled.batch.byteLength).toBe(clean.batch.byteLength);
        expect(rolled.batch.partitions).toEqual(clean.batch.partitions);
        decode(clean, later);
        decode(rolled, later);
        expect(encodedRows(rolled.batch)).toEqual(encodedRows(clean.batch));
      }),
      { numRuns: 30 },
    );
  });

  test('is empty after reset, and its memory serves the next records', () => {
    const reused = logBatchFixture({ nowNs: NOW_NS });
    write(reused, NOW_NS, { a: 'x'.repeat(5000), b: 'y' });
    reused.batch.encode({ server: 1, frame: 7, row: 0 });
    reused.batch.reset();
    expect(reused.batch.rowCount).toBe(0);
    expect(reused.batch.byteLength).toBe(0);
    expect([...reused.batch.partitions]).toEqual([]);
    expect(reused.batch.encode({ server: 1, frame: 7, row: 0 })).toEqual([]);
    write(reused, NOW_NS, { b: 'z' });
    expect(encodedRows(reused.batch)['logs']).toMatchObject([{ Attributes: { b: 'z' } }]);
  });

  test('shows each row as the record that is stored', () => {
    fc.assert(
      fc.property(otlpRequests, (request) => {
        const { batch, writer, sink } = logBatchFixture({ nowNs: NOW_NS });
        decodeOtlpLogsProtobuf(protobufOf(request), writer, sink);
        const rows = encodedRows(batch)['logs'] ?? [];
        for (const [index, row] of rows.entries()) {
          const record = batch.record(index);
          expect(record).toMatchObject({
            timestamp: String(row['Timestamp']),
            severityText: row['SeverityText'],
            severityNumber: row['SeverityNumber'],
            body: row['Body'],
            traceId: row['TraceId'],
            spanId: row['SpanId'],
            serviceName: row['ServiceName'],
          });
          expect(BigInt(`0x${record.id}`)).toBe(row['RecordId']);
          const stored = Object.keys(row['Attributes'] ?? {});
          expect(Object.keys(record.attributes)).toEqual(expect.arrayContaining(stored));
        }
      }),
      { numRuns: 50 },
    );
  });

  test('has the days of its rows as partitions', () => {
    const fixture = logBatchFixture({ nowNs: NOW_NS });
    const midnightNs = (NOW_NS / DAY_NS) * DAY_NS;
    for (const timeNs of [midnightNs, midnightNs - 1n, midnightNs - 3n * DAY_NS]) {
      write(fixture, timeNs);
    }
    const day = Number(midnightNs / DAY_NS);
    expect([...fixture.batch.partitions].sort((a, b) => a - b)).toEqual([day - 3, day - 1, day]);
  });

  test('counts about the bytes that it encodes to', () => {
    const fixture = logBatchFixture({ nowNs: NOW_NS });
    const value = 'some value of ordinary length';
    for (let i = 0; i < 2000; i += 1) write(fixture, NOW_NS, { a: value, [`k${i % 7}`]: value });
    const encoded = fixture.batch
      .encode({ server: 1, frame: 7, row: 0 })
      .flatMap(({ bytes }) => bytes)
      .reduce((sum, { length }) => sum + length, 0);
    expect(fixture.batch.byteLength / encoded).toBeGreaterThan(0.7);
    expect(fixture.batch.byteLength / encoded).toBeLessThan(1.4);
  });

  test('numbers its rows up to a full frame', () => {
    const fixture = logBatchFixture({ nowNs: NOW_NS });
    for (let i = 0; i < 65_536; i += 1) write(fixture, NOW_NS);
    const logs = encodedRows(fixture.batch)['logs'] ?? [];
    expect(logs.at(-1)?.['RecordId']).toBe((1n << 56n) | (7n << 16n) | 65_535n);
    expect(logs).toHaveLength(65_536);
  });
});

describe('RecordCatalog', () => {
  test('sends a resource once, and again after a frame was lost', () => {
    const fixture = logBatchFixture({ nowNs: NOW_NS });
    const tables = (): string[] => {
      fixture.batch.reset();
      write(fixture, NOW_NS);
      return Object.keys(encodedRows(fixture.batch));
    };
    expect(tables()).toContain('resources');
    expect(tables()).not.toContain('resources');
    fixture.catalog.forgetSent();
    expect(tables()).toContain('resources');
  });

  test('gives no more paths than allowed, over all batches', () => {
    const { catalog } = logBatchFixture({ nowNs: NOW_NS });
    const { paths } = catalog;
    for (let i = 0; i < DEFAULT_LIMITS.attributePathsMax; i += 1) {
      expect(paths.admit(paths.keyOf(`key ${i}`))).toBe(true);
    }
    expect(paths.admit(paths.keyOf('one more'))).toBe(false);
    expect(paths.admit(paths.keyOf('key 3'))).toBe(true);
  });
});
