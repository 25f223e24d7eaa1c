/**
 * Records are totally ordered by (Timestamp, RecordId). A cursor is a place in that order: the records
 * beyond it come next, in either direction.
 */
import { Failure } from '@tendril/model/failure';
import { formatRecordId, parseRecordId } from '@tendril/model/record-id';
import type { TimeRange } from '@tendril/model/time-range';
import { int64, sql, uint64, type Sql } from '@tendril/sql/sql';

export type Order = 'desc' | 'asc';

export interface Cursor {
  readonly timestampNs: bigint;
  readonly recordId: bigint;
}

const RECORD_ID_MAX = 0xffff_ffff_ffff_ffffn;
const TIMESTAMP_NS_MAX = 9_223_372_036_854_775_807n;

export function printCursor({ timestampNs, recordId }: Cursor): string {
  return `${timestampNs}-${formatRecordId(recordId)}`;
}

/** Throws `Failure` `bad_cursor`. */
export function parseCursor(text: string): Cursor {
  const [, timestamp = '', id = ''] = /^(\d{1,19})-([0-9a-f]{16})$/.exec(text) ?? [];
  const recordId = parseRecordId(id);
  if (recordId === undefined || BigInt(timestamp) > TIMESTAMP_NS_MAX) {
    throw new Failure({
      code: 'bad_cursor',
      detail: 'the cursor is not one that a search gave; use "next" of the page before as it is',
    });
  }
  return { timestampNs: BigInt(timestamp), recordId };
}

/** Where the next page of a search begins, and how many records a limit in its query still wants. */
export interface Place {
  readonly cursor: Cursor;
  readonly wanted: number | undefined;
}

export function printPlace({ cursor, wanted }: Place): string {
  return wanted === undefined ? printCursor(cursor) : `${printCursor(cursor)}-${wanted}`;
}

/** Throws `Failure` `bad_cursor`. */
export function parsePlace(text: string): Place {
  const [, cursor = text, wanted] = /^(\d+-[0-9a-f]+)-([1-9]\d{0,7})$/.exec(text) ?? [];
  return { cursor: parseCursor(cursor), wanted: wanted === undefined ? undefined : Number(wanted) };
}

/** The place between the records before `edgeNs` and those at or after it. */
export function cursorAt(edgeNs: bigint, order: Order): Cursor {
  return order === 'desc'
    ? { timestampNs: edgeNs, recordId: 0n }
    : { timestampNs: edgeNs - 1n, recordId: RECORD_ID_MAX };
}

/** The part of a range that may hold records beyond the cursor. */
export function rangeBeyond(range: TimeRange, cursor: Cursor, order: Order): TimeRange {
  const { fromNs, toNs } = range;
  if (order === 'desc') {
    const end = cursor.timestampNs + 1n;
    return { fromNs, toNs: end < toNs ? end : toNs };
  }
  return { fromNs: cursor.timestampNs > fromNs ? cursor.timestampNs : fromNs, toNs };
}

/** Within `rangeBeyond`, the records beyond the cursor. */
export function beyondCondition({ timestampNs, recordId }: Cursor, order: Order): Sql {
  const timestamp = timestampSql(timestampNs);
  const id = uint64(recordId);
  return order === 'desc'
    ? sql`(Timestamp < ${timestamp} OR RecordId < ${id})`
    : sql`(Timestamp > ${timestamp} OR RecordId > ${id})`;
}

export function timestampSql(ns: bigint): Sql {
  return sql`fromUnixTimestamp64Nano(${int64(ns)})`;
}

export function rangeCondition({ fromNs, toNs }: TimeRange): Sql {
  return sql`Timestamp >= ${timestampSql(fromNs)} AND Timestamp < ${timestampSql(toNs)}`;
}
