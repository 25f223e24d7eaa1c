/** What a decoder wrote, as text for golden files: a line for each record, empty parts left out. */
import type { BatchSink } from '@tendril/columns/batch';
import type { LogBatch } from '@tendril/columns/log-batch';
import type { LogWriter } from '@tendril/intake/log-writer';
import type { WriteOutcome } from '@tendril/intake/request-state';
import type { LogRecord } from '@tendril/model/log-record';
import { logBatchFixture } from './log-batches.ts';

/** 2026-11-21T09:30:00.123456789Z. */
export const DECODED_AT_NS = 1_795_253_400_123_456_789n;

export interface Decoded<T extends WriteOutcome = WriteOutcome> {
  readonly outcome: T;
  readonly records: readonly LogRecord[];
}

export function decodedRecords<T extends WriteOutcome>(
  decode: (writer: LogWriter, sink: BatchSink<LogBatch>) => T,
): Decoded<T> {
  const { writer, sink, batch } = logBatchFixture({ nowNs: DECODED_AT_NS });
  const outcome = decode(writer, sink);
  const records = Array.from({ length: batch.rowCount }, (_, row) => batch.record(row));
  return { outcome, records };
}

/** The outcome comes last when something was refused. */
export function decodedText({ outcome, records }: Decoded): string {
  const { rejected, message } = outcome;
  const isClean = Object.keys(rejected).length === 0 && message === '';
  const refused = isClean ? [] : [JSON.stringify({ rejected, message })];
  return [...records.map(recordText), ...refused].join('\n');
}

function recordText(record: LogRecord): string {
  const { id: _id, observedTimestamp: _observed, patternId: _pattern, timestamp, ...rest } = record;
  const parts = Object.entries({ timestamp: shownTime(timestamp), ...rest }).filter(
    ([, value]) => !isEmpty(value),
  );
  return JSON.stringify(Object.fromEntries(parts), plainValue, 1).replaceAll(/\n\s*/g, ' ');
}

// In the order of their names: which of them a format found first does not matter.
function plainValue(key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (key === '' || typeof value !== 'object' || value === null || Array.isArray(value))
    return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function shownTime(ns: string): string {
  if (BigInt(ns) === DECODED_AT_NS) return 'now';
  const second = new Date(Number(BigInt(ns) / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  return `${second}.${ns.slice(-9)}Z`;
}

function isEmpty(value: unknown): boolean {
  if (value === '' || value === 0 || value === '0') return true;
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).every(isEmpty);
}
