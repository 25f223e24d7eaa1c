/**
 * Log files of the systems that Tendril knows, beside what each record says in its format's own words:
 * `testdata/NAME.log` and `NAME.expected.jsonl`. What is expected goes through the same redaction, so the
 * two can be compared field by field. Logs without expectations are read as well: no line may be lost.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { LogBatch } from '@tendril/columns/log-batch';
import { RecordCatalog } from '@tendril/columns/record-catalog';
import type { AttributeValue } from '@tendril/model/attribute';
import { DEFAULT_LIMITS } from '@tendril/model/limits';
import type { LogRecord } from '@tendril/model/log-record';
import { linesToBatch } from '../../lines-to-batch.ts';
import { LogWriter } from '../../log-writer.ts';
import { createRedactor } from '../../redact/redactor.ts';
import { UTC } from '../../zone.ts';
import { isoTime } from '../iso-time.ts';
import { addNested, isMap, type JsonMap } from '../json-fields.ts';
import { jsonText, parseJson } from '../json-text.ts';
import { FORMATS } from '../registry.ts';

const NOW_NS = BigInt(Date.UTC(2026, 5, 3)) * 1_000_000n;
const CONTEXT = { zone: UTC, asOfNs: NOW_NS };
const redactor = createRedactor({ key: new Uint8Array(32) });
const folder = new URL('testdata/', import.meta.url);
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.log'))
  .map((file) => file.slice(0, -'.log'.length));
const expectedNames = names.filter((name) =>
  readdirSync(folder).includes(`${name}.expected.jsonl`),
);

describe.each(expectedNames)('%s', (name) => {
  const lines = linesOf(`${name}.log`);
  const expectations = linesOf(`${name}.expected.jsonl`).map((line) => mapOf(parseJson(line)));
  const { records, lineCounts } = read(lines);

  test('has a record for each that is expected', () => {
    expect(records).toHaveLength(expectations.length);
  });

  test.each(expectations.map((expected, index) => [index + 1, expected] as const))(
    'record %i says what is expected',
    (number, expected) => {
      const record = records[number - 1];
      expect(record).toMatchObject(recordOf(expected));
      for (const key of absentOf(expected)) expect(record?.resource).not.toHaveProperty([key]);
    },
  );

  test('joins as many lines as are expected', () => {
    const expected = expectations.map(
      ({ physical_lines: count }, index) => count ?? lineCounts[index],
    );
    expect(lineCounts).toEqual(expected);
  });
});

describe('every log', () => {
  test.each(names)('%s: no line is lost', (name) => {
    const lines = linesOf(`${name}.log`).filter((line) =>
      /\S/.test(stripVTControlCharacters(line)),
    );
    const { outcome, records } = read(lines);
    expect(outcome).toMatchObject({ accepted: records.length, rejected: {} });
    // Blank lines within a record are lines of it.
    expect(outcome.lineCount).toBeGreaterThanOrEqual(lines.length);
    const kept = records.map(({ original, body }) => original || body).join('\n');
    // What is redacted reads differently.
    for (const line of lines) if (!/eyJ|token/i.test(line)) expect(kept).toContain(line);
  });
});

function linesOf(file: string): string[] {
  return readFileSync(new URL(file, folder), 'utf8').replace(/\n$/, '').split('\n');
}

function mapOf(value: unknown): JsonMap {
  if (!isMap(value)) throw new Error('an expectation is a JSON object');
  return value;
}

interface Batched {
  readonly batch: LogBatch;
  readonly writer: LogWriter;
}

function newBatch(): Batched {
  const { attributePathsMax } = DEFAULT_LIMITS;
  const catalog = new RecordCatalog({ attributePathsMax, nowMs: () => 0 });
  const limits = DEFAULT_LIMITS;
  const writer = new LogWriter({ catalog, redactor, limits, nowNs: () => NOW_NS });
  return { batch: new LogBatch(catalog), writer };
}

function read(lines: readonly string[]): {
  readonly outcome: ReturnType<typeof linesToBatch>;
  readonly records: readonly LogRecord[];
  /** Physical lines of each record. */
  readonly lineCounts: readonly number[];
} {
  const { batch, writer } = newBatch();
  const sink = { batchForNextRecord: () => batch };
  const lineCounts: number[] = [];
  const outcome = linesToBatch(lines, {
    writer,
    sink,
    formats: FORMATS,
    context: CONTEXT,
    resource: {},
    onRecord: ({ lineCount }) => lineCounts.push(lineCount),
  });
  const records = Array.from({ length: batch.rowCount }, (_, row) => batch.record(row));
  return { outcome, records, lineCounts };
}

const RESOURCE_NAMES: Readonly<Record<string, string>> = {
  service: 'service.name',
  version: 'service.version',
  sdk: 'telemetry.sdk.name',
  platform: 'device.platform',
  pid: 'process.pid',
};
const ATTRIBUTE_NAMES: Readonly<Record<string, string>> = {
  caller: 'code.caller',
  filename: 'code.file.path',
  line_number: 'code.line.number',
  target: 'code.namespace',
  threadName: 'thread.name',
  threadId: 'thread.id',
  source: 'log.source',
  raw_prefix: 'raw_prefix',
};

/** What the record has to say. */
function recordOf(expected: JsonMap): object {
  const fields = isMap(expected['fields']) ? expected['fields'] : {};
  const attributes = attributesOf(expected, fields);
  const { record, operationId } = redacted(expected, fields, attributes);
  const level = expected['level'];
  const time = expected['time'] ?? expected['timestamp'];
  return {
    body: record.body === '' ? expect.any(String) : record.body,
    attributes: record.attributes,
    resource: resourceOf(expected),
    ...('operationID' in expected ? { operationId } : {}),
    ...(typeof level === 'string' ? { severityText: level } : {}),
    ...(typeof level === 'string' ? { severityNumber: NUMBERS[level] } : {}),
    ...(typeof time === 'string'
      ? { timestamp: String(isoTime(time, 0, CONTEXT)?.timeNs ?? '') }
      : {}),
  };
}

const NUMBERS: Readonly<Record<string, number>> = {
  TRACE: 1,
  DEBUG: 5,
  INFO: 9,
  WARN: 13,
  ERROR: 17,
};

function resourceOf(expected: JsonMap): object {
  return Object.fromEntries(
    Object.entries(RESOURCE_NAMES).flatMap(([name, key]) => {
      const value = expected[name];
      return value === undefined || value === null ? [] : [[key, value]];
    }),
  );
}

/** Resource attributes that are given as null: the record must not have them. */
function absentOf(expected: JsonMap): string[] {
  return Object.entries(RESOURCE_NAMES).flatMap(([name, key]) =>
    expected[name] === null ? [key] : [],
  );
}

function attributesOf(expected: JsonMap, fields: JsonMap): Map<string, AttributeValue> {
  const attributes = new Map<string, AttributeValue>();
  const add = (key: string, value: AttributeValue): void => void attributes.set(key, value);
  for (const [name, key] of Object.entries(ATTRIBUTE_NAMES)) addNested(expected[name], key, add);
  addNested(expected['span'], 'span', add);
  if (expected['spans'] !== undefined) add('spans', jsonText(expected['spans']));
  for (const [name, value] of Object.entries(fields)) {
    if (name !== 'message') addNested(value, name, add);
  }
  return attributes;
}

function redacted(
  expected: JsonMap,
  fields: JsonMap,
  attributes: ReadonlyMap<string, AttributeValue>,
): { readonly record: LogRecord; readonly operationId: string } {
  const { batch, writer } = newBatch();
  writer.open({ batchForNextRecord: () => batch });
  writer.begin();
  writer.body(textOf(expected['msg'] ?? fields['message']));
  for (const [name, value] of attributes) writer.attribute(name, value);
  writer.end();
  return { record: batch.record(0), operationId: textOf(expected['operationID']) };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
