/** The columns of a record that attributes fill. */
import type { ByteSource } from '@tendril/columns/byte-store';
import type { RecordColumns } from '@tendril/columns/record-columns';
import type { LowCardinalityColumn } from '@tendril/columns/low-cardinality-column';
import type { StringColumn } from '@tendril/columns/string-column';
import { cutUtf8, decodeUtf8 } from '@tendril/columns/utf8';
import { DOMAIN, type KeyEntry } from './attribute-keys.ts';
import { parseDurationNs } from '@tendril/model/duration';

const TRACE_ID = /^[0-9a-f]{32}$/i;
const SPAN_ID = /^[0-9a-f]{16}$/i;
const ALL_ZERO = /^0+$/;
/** Of a value in a LowCardinality column; longer ones are no keyword and stay attributes alone. */
const KEYWORD_BYTES_MAX = 1024;

/** Copies an attribute's text to the column it fills; the first value of a row stays. */
export function copyToDomain(
  columns: RecordColumns,
  { domain, unitNs }: KeyEntry,
  source: ByteSource,
  start: number,
  end: number,
): void {
  if (domain === DOMAIN.userId) putText(columns, columns.userId, source, start, end);
  else if (domain === DOMAIN.caller) putKeyword(columns, columns.caller, source, start, end);
  else if (domain === DOMAIN.errorCode) putKeyword(columns, columns.errorCode, source, start, end);
  else if (domain === DOMAIN.connectionId)
    putText(columns, columns.connectionId, source, start, end);
  else if (domain === DOMAIN.conversationId) {
    putText(columns, columns.conversationId, source, start, end);
  } else if (domain === DOMAIN.duration) {
    putDuration(columns, decodeUtf8(source.bytes, start, end), unitNs);
  }
}

/** True when the text is an id of that kind and the record has none yet. */
export function putIdText(columns: RecordColumns, entry: KeyEntry, text: string): boolean {
  const isTrace = entry.domain === DOMAIN.traceId;
  const column = isTrace ? columns.traceId : columns.spanId;
  if (column.has(columns.rowCount) || ALL_ZERO.test(text)) return false;
  if (!(isTrace ? TRACE_ID : SPAN_ID).test(text)) return false;
  column.putString(columns.rowCount, text.toLowerCase());
  columns.addValueBytes(text.length);
  return true;
}

/** The first value of a row stays. */
export function putKeyword(
  columns: RecordColumns,
  column: LowCardinalityColumn,
  source: ByteSource,
  start: number,
  end: number,
): void {
  const row = columns.rowCount;
  if (!column.has(row) && end - start <= KEYWORD_BYTES_MAX) column.put(row, source, start, end);
}

/** A keyword of the record itself, cut to the length that a name may have. */
export function putName(
  columns: RecordColumns,
  column: LowCardinalityColumn,
  source: ByteSource,
  start: number,
  end: number,
  bytesMax: number,
): void {
  const cutEnd = end - start > bytesMax ? cutUtf8(source.bytes, start, bytesMax) : end;
  if (cutEnd > start) putKeyword(columns, column, source, start, cutEnd);
}

function putText(
  columns: RecordColumns,
  column: StringColumn,
  source: ByteSource,
  start: number,
  end: number,
): void {
  if (column.has(columns.rowCount)) return;
  column.putText(columns.rowCount, source, start, end);
  columns.addValueBytes(end - start);
}

function putDuration(columns: RecordColumns, text: string, unitNs: number): void {
  if (columns.durationNs.has(columns.rowCount)) return;
  const durationNs = parseDurationNs(text, unitNs);
  if (durationNs === undefined || durationNs >= 2 ** 63) return;
  columns.durationNs.put(columns.rowCount, durationNs % 2 ** 32, Math.floor(durationNs / 2 ** 32));
}
