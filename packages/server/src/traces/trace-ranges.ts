/**
 * When traces happened, by their ids alone: answered from the projection `trace_ranges`, so that a trace
 * is found without a range of time, and then read from where it lies in the table's order.
 */
import { z } from 'zod';
import { NS_PER_MINUTE } from '@tendril/model/time-range';
import { int64, int64s, joinSql, sql, string, strings, type Sql } from '@tendril/sql/sql';
import { timestampSql } from '../logs/cursor.ts';
import type { LogReader } from '../logs/log-reader.ts';
import { allRows, type StatementOptions } from '../logs/statement.ts';

export interface TraceExtent {
  readonly traceId: string;
  /** Start of the first and of the last span. */
  readonly firstNs: bigint;
  readonly lastNs: bigint;
  readonly spans: number;
  readonly errors: number;
}

const rowSchema = z.object({
  traceId: z.string(),
  first: z.string(),
  last: z.string(),
  spans: z.coerce.number(),
  errors: z.coerce.number(),
});

export async function traceExtents(
  reader: LogReader,
  traceIds: readonly string[],
  options: StatementOptions,
): Promise<readonly TraceExtent[]> {
  if (traceIds.length === 0) return [];
  const rows = await allRows(reader.engine, traceExtentsQuery(traceIds), options);
  return rows.map((row) => {
    const { traceId, first, last, spans, errors } = rowSchema.parse(row);
    return { traceId, firstNs: BigInt(first), lastNs: BigInt(last), spans, errors };
  });
}

/** The aggregates are spelled as the projection spells them. */
export function traceExtentsQuery(traceIds: readonly string[]): Sql {
  const [only = ''] = traceIds;
  const condition =
    traceIds.length === 1 ? sql`TraceId = ${string(only)}` : sql`TraceId IN ${strings(traceIds)}`;
  return sql`SELECT
  TraceId AS traceId,
  toString(toUnixTimestamp64Nano(min(Timestamp))) AS first,
  toString(toUnixTimestamp64Nano(max(Timestamp))) AS last,
  count() AS spans,
  countIf(StatusCode = 'Error') AS errors
FROM traces
WHERE ${condition}
GROUP BY TraceId`;
}

/** Minutes that are named one by one; a trace over more is read by its range. */
const MINUTES_MAX = 4_000;

/** The spans of the traces, in terms of the table's order. */
export function extentsCondition(extents: readonly TraceExtent[]): Sql {
  const pairs = extents.flatMap(minutesOf);
  if (pairs.length <= MINUTES_MAX) return pairsCondition(extents, pairs);
  const firstNs = extents.reduce((least, { firstNs: ns }) => (ns < least ? ns : least), 2n ** 63n);
  const lastNs = extents.reduce((most, { lastNs: ns }) => (ns > most ? ns : most), 0n);
  const ids = strings(extents.map(({ traceId }) => traceId));
  return sql`Timestamp >= ${timestampSql(firstNs)} AND Timestamp <= ${timestampSql(lastNs)} AND TraceId IN ${ids}`;
}

interface TraceMinute {
  readonly traceId: string;
  readonly minute: bigint;
}

function minutesOf({ traceId, firstNs, lastNs }: TraceExtent): readonly TraceMinute[] {
  const first = firstNs / NS_PER_MINUTE;
  const count = Number(lastNs / NS_PER_MINUTE - first) + 1;
  // One more than are used says that there are too many.
  return Array.from({ length: Math.min(count, MINUTES_MAX + 1) }, (_, index) => ({
    traceId,
    minute: first + BigInt(index),
  }));
}

function pairsCondition(extents: readonly TraceExtent[], pairs: readonly TraceMinute[]): Sql {
  const [only] = extents;
  const minutes = sql`arrayMap(m -> toDateTime(m * 60, 'UTC'), ${int64s([...new Set(pairs.map(({ minute }) => minute))])})`;
  if (extents.length === 1 && only) {
    return sql`toStartOfMinute(Timestamp) IN ${minutes} AND TraceId = ${string(only.traceId)}`;
  }
  const tuples = pairs.map(
    ({ traceId, minute }) => sql`(toDateTime(${int64(minute * 60n)}, 'UTC'), ${string(traceId)})`,
  );
  return sql`(toStartOfMinute(Timestamp), TraceId) IN (${joinSql(tuples, ', ')})`;
}
