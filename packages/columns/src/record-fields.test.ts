import { describe, expect, test } from 'vitest';
import { emptyAttributes } from '@tendril/model/attribute';
import { LogWriter } from '@tendril/intake/log-writer';
import { createRedactor } from '@tendril/intake/redact/redactor';
import { DEFAULT_LIMITS } from '@tendril/model/limits';
import { encodedRows } from '@tendril/testkit/log-batches';
import { LogBatch } from './log-batch.ts';
import { RecordCatalog } from './record-catalog.ts';

const HOUR_NS = 3_600_000_000_000n;
const START_MS = 1_795_230_000_000;
const START_NS = BigInt(START_MS) * 1_000_000n;

/** Records in, rows of `log_fields` out, with a clock that the test turns. */
class FieldsFixture {
  nowMs: number = START_MS;
  private readonly catalog: RecordCatalog;
  private readonly writer: LogWriter;
  private readonly batch: LogBatch;

  constructor(attributePathsMax: number = 1024) {
    this.catalog = new RecordCatalog({ attributePathsMax, nowMs: () => this.nowMs });
    this.batch = new LogBatch(this.catalog);
    this.writer = new LogWriter({
      catalog: this.catalog,
      redactor: createRedactor({ key: new Uint8Array(32) }),
      limits: DEFAULT_LIMITS,
      nowNs: () => START_NS,
    });
  }

  /** `source name type value` → count. */
  told(
    records: readonly Readonly<Record<string, string | number | boolean>>[],
  ): Record<string, number> {
    this.batch.reset();
    this.writer.open({ batchForNextRecord: () => this.batch });
    for (const { hour = 0, caller, ...attributes } of records) {
      const resource = Object.assign(emptyAttributes(), { 'service.name': 'api' });
      this.writer.useResource(this.writer.context.resource(resource, ''));
      this.writer.begin();
      this.writer.timeNs(START_NS - BigInt(hour) * HOUR_NS);
      if (caller !== undefined) this.writer.attribute('caller', caller);
      for (const [name, value] of Object.entries(attributes)) this.writer.attribute(name, value);
      this.writer.end();
    }
    const rows = encodedRows(this.batch)['log_fields'] ?? [];
    return Object.fromEntries(
      rows.map((row) => [
        ['Source', 'Name', 'Type', 'Value']
          .map((column) => String(row[column]))
          .join(' ')
          .trim(),
        Number(row['Count']),
      ]),
    );
  }
}

describe('LogFields', () => {
  test('tells new names and values at once and counts after a second', () => {
    const fields = new FieldsFixture();
    const record = { platform: 'ios', code: 7, ok: true };
    expect(fields.told([record, record])).toEqual({
      'attribute platform string': 2,
      'attribute platform string ios': 2,
      'attribute code integer': 2,
      'attribute code integer 7': 2,
      'attribute ok boolean': 2,
      'attribute ok boolean true': 2,
      'column ServiceName string': 2,
      'column ServiceName string api': 2,
      'resource service.name string': 2,
      'resource service.name string api': 2,
    });
    expect(fields.told([record])).toEqual({});
    expect(fields.told([{ ...record, platform: 'web' }])).toEqual({
      'attribute platform string web': 1,
    });
    fields.nowMs += 1000;
    expect(fields.told([record])).toMatchObject({
      'attribute platform string': 3,
      'attribute platform string ios': 2,
      'attribute code integer 7': 3,
      'resource service.name string api': 3,
    });
  });

  test('lists at most 100 values of a field, and goes on counting the field', () => {
    const fields = new FieldsFixture();
    const distinct = (count: number): { id: string }[] =>
      Array.from({ length: count }, (_, index) => ({ id: `id ${index}` }));
    const told = fields.told(distinct(100));
    expect(
      Object.keys(told).filter((key) => key.startsWith('attribute id string id')),
    ).toHaveLength(100);
    expect(fields.told([{ id: 'one more' }])).toEqual({});
    fields.nowMs += 1000;
    const later = fields.told([{ id: 'id 1' }]);
    expect(Object.keys(later).filter((key) => key.startsWith('attribute id'))).toEqual([
      'attribute id string',
    ]);
    expect(later['attribute id string']).toBe(2);
  });

  test('counts each hour by itself', () => {
    const fields = new FieldsFixture();
    fields.told([{ platform: 'ios' }]);
    fields.nowMs += 1000;
    const told = fields.told([
      { platform: 'ios', caller: 'a.go:1' },
      { platform: 'web', caller: 'a.go:1', hour: 1 },
      { platform: 'web', caller: 'b.go:1', hour: 1 },
    ]);
    expect(told).toMatchObject({ 'attribute platform string web': 2 });
    expect(told['column Caller string b.go:1']).toBe(1);
  });

  test('tells of keys in the overflow map', () => {
    const fields = new FieldsFixture(1);
    expect(fields.told([{ first: 'a', second: 'b' }])).toMatchObject({
      'attribute first string a': 1,
      'overflow second string': 1,
    });
  });
});
