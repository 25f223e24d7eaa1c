/** Ids of traces and spans as columns hold them: lower-case hex, empty for none. */
import type { ByteSource } from '@tendril/columns/byte-store';
import type { StringColumn } from '@tendril/columns/string-column';

const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;

/** All zero is none. False when the range has another length than a trace id. */
export function putTraceId(
  column: StringColumn,
  row: number,
  source: ByteSource,
  start: number,
  end: number,
): boolean {
  if (end === start) return true;
  if (end - start !== TRACE_ID_BYTES) return false;
  const { view } = source;
  const first = view.getInt32(start, true) | view.getInt32(start + 4, true);
  if ((first | view.getInt32(start + 8, true) | view.getInt32(start + 12, true)) === 0) return true;
  column.putHex(row, source, start, end);
  return true;
}

/** All zero is none. False when the range has another length than a span id. */
export function putSpanId(
  column: StringColumn,
  row: number,
  source: ByteSource,
  start: number,
  end: number,
): boolean {
  if (end === start) return true;
  if (end - start !== SPAN_ID_BYTES) return false;
  const { view } = source;
  if ((view.getInt32(start, true) | view.getInt32(start + 4, true)) === 0) return true;
  column.putHex(row, source, start, end);
  return true;
}

/** `hex` is lower-case and of the right length. */
export function putIdHex(column: StringColumn, row: number, hex: string): void {
  if (!/^0*$/.test(hex)) column.putString(row, hex);
}
