/** One record by its address, and what lies before and after it. */
import type { LogSurroundingsRequest, LogSurroundingsResponse } from '@tendril/api/log-records';
import { Failure } from '@tendril/model/failure';
import type { LogRecord } from '@tendril/model/log-record';
import { parseRecordId } from '@tendril/model/record-id';
import { sql, uint64, type Sql } from '@tendril/sql/sql';
import { timestampSql, type Cursor, type Order } from './cursor.ts';
import type { LogReader } from './log-reader.ts';
import { RECORD_COLUMNS, RECORD_SETTINGS, recordOfRow, type RecordRow } from './record-row.ts';
import { records as wholeRecords } from './row-shape.ts';
import { scanLogs, type Scan, type ScanOutcome } from './scan.ts';
import { partialOf } from './summary.ts';
import { allRows, type StatementOptions } from './statement.ts';

export interface RecordAddress {
  readonly id: string;
  /** Nanoseconds since 1970. */
  readonly timestamp: string;
}

/** Times are kept in 64 bits; half of them are enough until 2262. */
const TIMESTAMP_NS_MAX = 9_223_372_036_854_775_807n;

/** Throws `Failure` `not_found` or `bad_address`. */
export async function logRecord(
  reader: LogReader,
  address: RecordAddress,
  signal: AbortSignal,
): Promise<LogRecord> {
  return await recordAt(reader, addressOf(address), { budget: reader.budget(), signal });
}

export async function logSurroundings(
  reader: LogReader,
  request: LogSurroundingsRequest & RecordAddress,
  signal: AbortSignal,
): Promise<LogSurroundingsResponse> {
  const options = { budget: reader.budget(), signal };
  const cursor = addressOf(request);
  // Without an end: what came after the record may have come just now.
  const everything = { fromNs: 0n, toNs: TIMESTAMP_NS_MAX };
  const { range, condition } = await reader.prepareIn(everything, request.query, options);
  const record = await recordAt(reader, cursor, options);
  const side = async (order: Order, limit: number): Promise<Side> =>
    await sideOf(reader, { range, condition, order, limit, cursor }, options);
  const before = await side('desc', request.before);
  const after = await side('asc', request.after);
  return {
    before: before.records.toReversed(),
    record,
    after: after.records,
    partial: partialOf(before.outcome.partial === undefined ? after.outcome : before.outcome),
  };
}

export interface Side {
  readonly records: readonly LogRecord[];
  readonly outcome: Pick<ScanOutcome, 'partial' | 'searchedToNs' | 'statements'>;
}

/** What a scan finds, at once. */
export async function sideOf(
  reader: LogReader,
  scan: Scan,
  options: StatementOptions,
): Promise<Side> {
  const records: LogRecord[] = [];
  let outcome: Side['outcome'] = {
    partial: undefined,
    searchedToNs: scan.range.fromNs,
    statements: [],
  };
  for await (const event of scanLogs(reader, scan, wholeRecords(reader), options)) {
    if (event.kind === 'row') records.push(event.row);
    if (event.kind === 'end') outcome = event;
  }
  return { records, outcome };
}

async function recordAt(
  reader: LogReader,
  address: Cursor,
  options: StatementOptions,
): Promise<LogRecord> {
  const found = await readRecord(reader, address, options);
  if (found !== undefined) return found;
  // It may have been acknowledged a moment ago, and seen in the live tail.
  await reader.flushed(options.signal);
  const flushed = await readRecord(reader, address, options);
  if (flushed !== undefined) return flushed;
  throw new Failure({
    code: 'not_found',
    detail: 'there is no such record; it may have been dropped by retention',
  });
}

async function readRecord(
  reader: LogReader,
  address: Cursor,
  options: StatementOptions,
): Promise<LogRecord | undefined> {
  const [row] = await allRows(reader.engine, recordQuery(address), options);
  if (row === undefined) return undefined;
  const recordRow = row as unknown as RecordRow;
  await reader.resources.load([recordRow.resourceId], options);
  return recordOfRow(recordRow, reader.resources.get(recordRow.resourceId));
}

export function recordQuery({ timestampNs, recordId }: Cursor): Sql {
  return sql`SELECT
  ${RECORD_COLUMNS}
FROM logs
WHERE Timestamp = ${timestampSql(timestampNs)} AND RecordId = ${uint64(recordId)}
LIMIT 1
${RECORD_SETTINGS}`;
}

function addressOf({ id, timestamp }: RecordAddress): Cursor {
  const recordId = parseRecordId(id);
  if (recordId === undefined || BigInt(timestamp) > TIMESTAMP_NS_MAX) {
    throw new Failure({
      code: 'bad_address',
      detail: 'a record is addressed by its id (16 hex digits) and its timestamp in nanoseconds',
    });
  }
  return { timestampNs: BigInt(timestamp), recordId };
}
