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
    putDuration(columns, unitNs, source, start, end);
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

function putDuration(
  columns: RecordColumns,
  unitNs: number,
  { bytes }: ByteSource,
  start: number,
  end: number,
): void {
  if (columns.durationNs.has(columns.rowCount)) return;
  const plainNs = plainDurationNs(bytes, start, end);
  const durationNs = plainNs ?? parseDurationNs(decodeUtf8(bytes, start, end), unitNs);
  if (durationNs === undefined || durationNs >= 2 ** 63) return;
  columns.durationNs.put(columns.rowCount, durationNs % 2 ** 32, Math.floor(durationNs / 2 ** 32));
}

/** Of whole numbers that a double holds. */
const PLAIN_DIGITS_MAX = 12;
const DOT = 0x2e;

// `12.354ms`, what nearly all are, without a string (`npm run bench -- lines`); undefined for any other text.
function plainDurationNs(bytes: Uint8Array, start: number, end: number): number | undefined {
  let value = 0;
  let scale = 0;
  let at = start;
  for (; at < end && at - start <= PLAIN_DIGITS_MAX; at += 1) {
    const code = bytes[at] ?? 0;
    if (code === DOT && scale === 0 && at > start) scale = 1;
    else if (isDigit(code)) {
      value = value * 10 + code - 0x30;
      scale *= 10;
    } else break;
  }
  const unitNs = at > start && scale !== 1 ? unitNsAt(bytes, at, end) : 0;
  const stepNs = scale === 0 ? unitNs : unitNs / scale;
  return stepNs >= 1 && Number.isInteger(stepNs) ? value * stepNs : undefined;
}

// 0 for any other unit.
function unitNsAt(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[end - 1] !== LETTER_S) return 0;
  if (end - at === 1) return 1e9;
  if (end - at !== 2) return 0;
  if (bytes[at] === LETTER_M) return 1e6;
  if (bytes[at] === LETTER_U) return 1e3;
  return bytes[at] === LETTER_N ? 1 : 0;
}

const LETTER_M = 0x6d;
const LETTER_N = 0x6e;
const LETTER_S = 0x73;
const LETTER_U = 0x75;

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
