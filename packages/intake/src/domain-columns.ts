/** The columns of a batch that attributes fill. */
import type { ByteSource } from '@tendril/columns/byte-store';
import type { LogBatch } from '@tendril/columns/log-batch';
import type { LowCardinalityColumn } from '@tendril/columns/low-cardinality-column';
import type { StringColumn } from '@tendril/columns/string-column';
import { decodeUtf8 } from '@tendril/columns/utf8';
import { DOMAIN, type KeyEntry } from './attribute-keys.ts';
import { parseDurationNs } from '@tendril/model/duration';

const TRACE_ID = /^[0-9a-f]{32}$/i;
const SPAN_ID = /^[0-9a-f]{16}$/i;
const ALL_ZERO = /^0+$/;
/** Of a value in a LowCardinality column; longer ones are no keyword and stay attributes alone. */
const KEYWORD_BYTES_MAX = 1024;

/** Copies an attribute's text to the column it fills; the first value of a row stays. */
export function copyToDomain(
  batch: LogBatch,
  { domain, unitNs }: KeyEntry,
  source: ByteSource,
  start: number,
  end: number,
): void {
  if (domain === DOMAIN.userId) putText(batch, batch.userId, source, start, end);
  else if (domain === DOMAIN.caller) putKeyword(batch, batch.caller, source, start, end);
  else if (domain === DOMAIN.errorCode) putKeyword(batch, batch.errorCode, source, start, end);
  else if (domain === DOMAIN.connectionId) putText(batch, batch.connectionId, source, start, end);
  else if (domain === DOMAIN.conversationId) {
    putText(batch, batch.conversationId, source, start, end);
  } else if (domain === DOMAIN.duration) {
    putDuration(batch, decodeUtf8(source.bytes, start, end), unitNs);
  }
}

/** True when the text is an id of that kind and the record has none yet. */
export function putIdText(batch: LogBatch, entry: KeyEntry, text: string): boolean {
  const isTrace = entry.domain === DOMAIN.traceId;
  const column = isTrace ? batch.traceId : batch.spanId;
  if (column.has(batch.rowCount) || ALL_ZERO.test(text)) return false;
  if (!(isTrace ? TRACE_ID : SPAN_ID).test(text)) return false;
  column.putString(batch.rowCount, text.toLowerCase());
  batch.addValueBytes(text.length);
  return true;
}

/** The first value of a row stays. */
export function putKeyword(
  batch: LogBatch,
  column: LowCardinalityColumn,
  source: ByteSource,
  start: number,
  end: number,
): void {
  const row = batch.rowCount;
  if (!column.has(row) && end - start <= KEYWORD_BYTES_MAX) column.put(row, source, start, end);
}

function putText(
  batch: LogBatch,
  column: StringColumn,
  source: ByteSource,
  start: number,
  end: number,
): void {
  if (column.has(batch.rowCount)) return;
  column.putText(batch.rowCount, source, start, end);
  batch.addValueBytes(end - start);
}

function putDuration(batch: LogBatch, text: string, unitNs: number): void {
  if (batch.durationNs.has(batch.rowCount)) return;
  const durationNs = parseDurationNs(text, unitNs);
  if (durationNs === undefined || durationNs >= 2 ** 63) return;
  batch.durationNs.put(batch.rowCount, durationNs % 2 ** 32, Math.floor(durationNs / 2 ** 32));
}
