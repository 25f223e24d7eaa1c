/**
 * Counts by bucket and severity. Where the query asks for nothing that the roll-up (the projection
 * `counts` of the table) does not have, whole steps of the roll-up are counted from it and only the
 * ends of the range from the rows, so that the sum is exact.
 */
import { NS_PER_SECOND, type TimeRange } from '@tendril/model/time-range';
import type { ResolvedQuery } from '@tendril/query/resolved';
import {
  asksOnlyRollUp,
  ROLLUP_STEP,
  ROLLUP_STEP_NS,
  type TimeCondition,
} from '@tendril/query/roll-up';
import { int64, joinSql, sql, type Sql } from '@tendril/sql/sql';
import { ceilTo, floorTo } from './bucket-width.ts';
import { rangeCondition } from './cursor.ts';

export interface Histogram {
  readonly range: TimeRange;
  readonly condition: Sql;
  readonly widthNs: bigint;
  /** Take what can be taken from the roll-up. */
  readonly rollUp: boolean;
}

export function histogramQuery({ range, condition, widthNs, rollUp }: Histogram): Sql {
  if (!rollUp)
    return sql`${countRows(range, condition, widthNs)}
ORDER BY start`;
  const { middle, edges } = stepsOf(range);
  const parts = [
    countSteps(middle, condition, widthNs),
    ...edges.map((edge) => countRows(edge, condition, widthNs)),
  ];
  return sql`SELECT start, level, sum(records) AS records
FROM
(
${joinSql(parts, ' UNION ALL ')}
)
GROUP BY start, level
ORDER BY start`;
}

interface Steps {
  readonly middle: TimeRange;
  readonly edges: readonly TimeRange[];
}

/** The whole steps of a range, and what is left at its ends. */
function stepsOf({ fromNs, toNs }: TimeRange): Steps {
  const middle = { fromNs: ceilTo(fromNs, ROLLUP_STEP_NS), toNs: floorTo(toNs, ROLLUP_STEP_NS) };
  const edges = [
    { fromNs, toNs: middle.fromNs },
    { fromNs: middle.toNs, toNs },
  ];
  return { middle, edges: edges.filter((edge) => edge.fromNs < edge.toNs) };
}

/** For a statement that may take what it can from the roll-up. */
export function timeConditionOf(range: TimeRange): TimeCondition {
  const { middle, edges } = stepsOf(range);
  const whole = rangeCondition(range);
  if (middle.fromNs >= middle.toNs) return { whole };
  return { whole, steps: { middle: stepsCondition(middle), edges: edges.map(rangeCondition) } };
}

function stepsCondition({ fromNs, toNs }: TimeRange): Sql {
  return sql`${ROLLUP_STEP} >= ${stepSql(fromNs)} AND ${ROLLUP_STEP} < ${stepSql(toNs)}`;
}

function countRows(range: TimeRange, condition: Sql, widthNs: bigint): Sql {
  const width = int64(widthNs);
  return sql`SELECT
  intDiv(toUnixTimestamp64Nano(Timestamp), ${width}) * ${width} AS start,
  intDiv(SeverityNumber + 3, 4) AS level,
  count() AS records
FROM logs
WHERE ${rangeCondition(range)} AND ${condition}
GROUP BY start, level`;
}

function countSteps(range: TimeRange, condition: Sql, widthNs: bigint): Sql {
  const width = int64(widthNs / NS_PER_SECOND);
  return sql`SELECT
  intDiv(toUnixTimestamp(${ROLLUP_STEP}), ${width}) * ${int64(widthNs)} AS start,
  intDiv(SeverityNumber + 3, 4) AS level,
  count() AS records
FROM logs
WHERE ${stepsCondition(range)} AND ${condition}
GROUP BY start, level`;
}

function stepSql(ns: bigint): Sql {
  return sql`toDateTime(${int64(ns / NS_PER_SECOND)}, 'UTC')`;
}

/** Whether the roll-up can answer: whole steps to a bucket, at least two, and only its columns. */
export function fitsRollUp(range: TimeRange, widthNs: bigint, query: ResolvedQuery): boolean {
  if (widthNs % ROLLUP_STEP_NS !== 0n) return false;
  if (ceilTo(range.fromNs, ROLLUP_STEP_NS) >= floorTo(range.toNs, ROLLUP_STEP_NS)) return false;
  return asksOnlyRollUp(query);
}
