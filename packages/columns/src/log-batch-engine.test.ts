/** What a batch encodes is what the engine stores. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeOtlpLogsProtobuf } from '@tendril/server/protocols/otlp/otlp-logs-protobuf';
import { sql, type Sql } from '@tendril/sql/sql';
import type { EngineFixture } from '@tendril/testkit/engine-fixture';
import { encodedRows, logBatchFixture, type TableRows } from '@tendril/testkit/log-batches';
import { startLogsFixture } from '@tendril/testkit/logs-fixture';
import { ORACLE_NOW_NS } from '@tendril/testkit/otlp-common-oracle';
import { otlpRequests, protobufOf } from '@tendril/testkit/otlp-logs-oracle';
import type { LogBatch } from './log-batch.ts';

let fixture: EngineFixture;
beforeAll(async () => {
  fixture = await startLogsFixture();
});
afterAll(async () => {
  await fixture.close();
});

const TEXT_COLUMNS = [
  'TraceId',
  'SpanId',
  'SeverityText',
  'ServiceName',
  'Body',
  'Original',
  'EventName',
  'ScopeName',
  'ScopeVersion',
  'OperationId',
  'UserId',
  'Caller',
] as const;

async function store(batch: LogBatch, token: string): Promise<TableRows> {
  for (const { table, bytes } of batch.encode({ server: 1, frame: 7, row: 0 })) {
    await fixture.engine.insertNative({ table, blocks: bytes, token: `${table} ${token}` });
  }
  return encodedRows(batch);
}

async function rowsOf(statement: Sql): Promise<Record<string, unknown>[]> {
  const { rows } = await fixture.engine.query(statement, { limits: { timeoutMs: 30_000 } });
  return Array.fromAsync(rows);
}

describe('a LogBatch in the engine', () => {
  test('keeps every row, value and type of random requests', async () => {
    const { batch, writer, sink } = logBatchFixture({ nowNs: ORACLE_NOW_NS });
    for (const request of fc.sample(otlpRequests, { seed: 11, numRuns: 60 })) {
      decodeOtlpLogsProtobuf(protobufOf(request), writer, sink);
    }
    const { logs = [] } = await store(batch, 'random');
    const stored = await rowsOf(sql`SELECT *,
      toString(toUnixTimestamp64Nano(Timestamp)) AS ns,
      toString(RecordId) AS record,
      mapFromArrays(JSONAllPaths(Attributes), JSONAllValues(Attributes)) AS texts,
      mapKeys(AttributesOverflow) AS overflow,
      ResourceAttributes AS resource
      FROM logs ORDER BY RecordId`);
    expect(stored).toHaveLength(logs.length);
    expect(logs.length).toBeGreaterThan(50);
    for (const [index, row] of stored.entries()) expectSame(row, logs[index] ?? {});
  });

  test('keeps the type of every kind of value', async () => {
    const { batch, writer, sink } = logBatchFixture({ nowNs: ORACLE_NOW_NS });
    const values = {
      text: 'a',
      int: 2n ** 62n,
      float: 1.5,
      bool: true,
      texts: ['a', ''],
      ints: [1n, -1n],
      floats: [0.5, Infinity],
      bools: [true, false],
      none: [],
    };
    writer.open(sink);
    for (const [name, value] of Object.entries(values)) {
      writer.begin();
      writer.timeNs(ORACLE_NOW_NS);
      writer.body(`kind ${name}`);
      writer.attribute('any', value);
      writer.end();
    }
    await store(batch, 'kinds');
    const stored = await rowsOf(sql`SELECT Body, dynamicType(Attributes.any) AS type,
      toString(Attributes.any) AS text FROM logs WHERE Body LIKE 'kind %' ORDER BY RecordId`);
    expect(stored.map(({ type, text }) => [type, text])).toEqual([
      ['String', 'a'],
      ['Int64', String(2n ** 62n)],
      ['Float64', '1.5'],
      ['Bool', 'true'],
      ['Array(String)', "['a','']"],
      ['Array(Int64)', '[1,-1]'],
      ['Array(Float64)', '[0.5,inf]'],
      ['Array(Bool)', '[true,false]'],
      ['Array(String)', '[]'],
    ]);
  });

  test('lists the fields of the records', async () => {
    const names = await rowsOf(sql`SELECT DISTINCT Source, Name, Type FROM log_fields
      WHERE Name = 'any' AND Value = '' ORDER BY Type`);
    expect(names.map(({ Type }) => Type)).toEqual([
      'array',
      'boolean',
      'float',
      'integer',
      'string',
    ]);
  });
});

function expectSame(stored: Record<string, unknown>, row: Record<string, unknown>): void {
  for (const column of TEXT_COLUMNS) expect(stored[column]).toBe(row[column]);
  expect(stored['ns']).toBe(String(row['Timestamp']));
  expect(stored['record']).toBe(String(row['RecordId']));
  const attributes = Object.entries(row['Attributes'] ?? {});
  const texts = stored['texts'] as Record<string, string>;
  expect(Object.keys(texts).sort()).toEqual(attributes.map(([name]) => name).sort());
  for (const [name, value] of attributes) {
    if (typeof value === 'string') expect(texts[name]).toBe(value);
    else if (typeof value === 'bigint') expect(texts[name]).toBe(String(value));
    else if (typeof value === 'number') expect(numberOf(texts[name] ?? '')).toBe(value);
  }
  const overflow = row['AttributesOverflow'] as ReadonlyMap<string, string>;
  expect(stored['overflow']).toEqual([...overflow.keys()]);
}

function numberOf(text: string): number {
  return text.endsWith('inf') ? Number(text.replace('inf', 'Infinity')) : Number(text);
}
