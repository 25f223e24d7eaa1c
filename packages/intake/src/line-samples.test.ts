import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { LogBatch } from '@tendril/columns/log-batch';
import { RecordCatalog } from '@tendril/columns/record-catalog';
import { DEFAULT_LIMITS } from '@tendril/model/limits';
import type { LogRecord } from '@tendril/model/log-record';
import { goldenActuals } from '@tendril/testkit/golden';
import { textLines } from './formats/body-lines.ts';
import { FORMATS } from './formats/registry.ts';
import type { RecordFacts } from './assembled-to-batch.ts';
import { linesToBatch } from './lines-to-batch.ts';
import { LogWriter } from './log-writer.ts';
import { createRedactor } from './redact/redactor.ts';
import { zoneOf, UTC } from './zone.ts';

const NOW_NS = BigInt(Date.UTC(2026, 5, 3)) * 1_000_000n;

interface ReadRecord {
  readonly record: LogRecord;
  readonly facts: RecordFacts;
}

function readAll(text: string): ReadRecord[] {
  const { attributePathsMax } = DEFAULT_LIMITS;
  const catalog = new RecordCatalog({ attributePathsMax, nowMs: () => 0 });
  const redactor = createRedactor({ key: new Uint8Array(32) });
  const batch = new LogBatch(catalog);
  const facts: RecordFacts[] = [];
  linesToBatch(textLines(text), {
    writer: new LogWriter({ catalog, redactor, limits: DEFAULT_LIMITS, nowNs: () => NOW_NS }),
    sink: { batchForNextRecord: () => batch },
    formats: FORMATS,
    context: { zone: zoneOf('Asia/Shanghai') ?? UTC, asOfNs: NOW_NS },
    resource: {},
    onRecord: (each) => facts.push(each),
  });
  return facts.map((each, row) => ({ record: batch.record(row), facts: each }));
}

function print({ record, facts }: ReadRecord): string {
  const { transports, lineCount, assumed } = facts;
  const how = [...transports, `${lineCount} ${lineCount === 1 ? 'line' : 'lines'}`];
  if (assumed.zone) how.push('zone assumed');
  if (assumed.inferredZone) how.push('zone inferred');
  if (assumed.year) how.push('year assumed');
  const { timestamp, severityText, body, operationId, resource, attributes } = record;
  const isTimed = timestamp !== String(NOW_NS);
  const time = isTimed ? new Date(Number(BigInt(timestamp) / 1_000_000n)).toISOString() : 'no time';
  const others = { operationId, resource, attributes };
  const filled = Object.entries(others).filter(([, value]) => Object.keys(value).length > 0);
  return [
    `- ${how.join(', ')}`,
    `  ${time} ${severityText || 'no severity'}`,
    ...body.split('\n').map((line) => `  | ${line}`),
    ...filled.map(([key, value]) => `  ${key} ${JSON.stringify(value)}`),
  ].join('\n');
}

describe('files as programs, containers and tools write them', () => {
  const cases = goldenActuals(new URL('testdata/lines.txt', import.meta.url), (name) => {
    const file = new URL(`testdata/lines/${name}.log`, import.meta.url);
    return readAll(readFileSync(file, 'utf8')).map(print).join('\n');
  });
  test.each(cases)('$name', ({ actual, expected }) => {
    expect(actual).toBe(expected);
  });

  test.each(cases)('$name: every line is in a record, as it was read', ({ input }) => {
    const text = readFileSync(new URL(`testdata/lines/${input}.log`, import.meta.url), 'utf8');
    const records = readAll(text);
    const kept = records.map(({ record }) => record.original || record.body).join('\n');
    for (const line of textLines(text)) {
      if (/\S/.test(line) && !line.includes('eyJ')) expect(kept).toContain(line.trim());
    }
    const visible = [...textLines(text)].filter((line) => /[^\s]/.test(line)).length;
    const counted = records.reduce((sum, { facts }) => sum + facts.lineCount, 0);
    expect(counted).toBeGreaterThanOrEqual(visible - 2);
  });
});
