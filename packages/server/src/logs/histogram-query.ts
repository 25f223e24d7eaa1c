/**
 * Counts by bucket and severity. Where the query asks for nothing that a roll-up (the projections `counts` and
 * `second_counts` of the table) does not have, whole steps of the roll-up are counted from it and only the
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
  /** Take what can be taken from it. */
  readonly rollUp: RollUp | undefined;
}

/** A projection that counts rows by steps of time. */
export interface RollUp {
  readonly stepNs: bigint;
  /** As the projection writes it. */
  readonly step: Sql;
}

const BY_TEN_SECONDS: RollUp = { stepNs: ROLLUP_STEP_NS, step: ROLLUP_STEP };
const BY_SECOND: RollUp = {
  stepNs: NS_PER_SECOND,
  step: sql`toStartOfInterval(Timestamp, toIntervalSecond(1))`,
};
/** The coarser one has fewer rows. */
const ROLL_UPS: readonly RollUp[] = [BY_TEN_SECONDS, BY_SECOND];

export function histogramQuery({ range, condition, widthNs, rollUp }: Histogram): Sql {
  if (!rollUp)
    return sql`${countRows(range, condition, widthNs)}
ORDER BY start`;
  const { middle, edges } = stepsOf(range, rollUp);
  const parts = [
    countSteps({ range: middle, condition, widthNs, rollUp }),
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
function stepsOf({ fromNs, toNs }: TimeRange, { stepNs }: RollUp): Steps {
  const middle = { fromNs: ceilTo(fromNs, stepNs), toNs: floorTo(toNs, stepNs) };
  const edges = [
    { fromNs, toNs: middle.fromNs },
    { fromNs: middle.toNs, toNs },
  ];
  return { middle, edges: edges.filter((edge) => edge.fromNs < edge.toNs) };
}

/** For a statement that may take what it can from the roll-up. */
export function timeConditionOf(range: TimeRange): TimeCondition {
  const { middle, edges } = stepsOf(range, BY_TEN_SECONDS);
  const whole = rangeCondition(range);
  if (middle.fromNs >= middle.toNs) return { whole };
  const condition = stepsCondition(middle, BY_TEN_SECONDS);
  return { whole, steps: { middle: condition, edges: edges.map(rangeCondition) } };
}

function stepsCondition({ fromNs, toNs }: TimeRange, { step }: RollUp): Sql {
  return sql`${step} >= ${stepSql(fromNs)} AND ${step} < ${stepSql(toNs)}`;
}

/** How many rows there are, about: whole steps of the roll-up, which is read in no time. */
export function rowsAboutQuery({ fromNs, toNs }: TimeRange): Sql {
  const steps = { fromNs: floorTo(fromNs, ROLLUP_STEP_NS), toNs: ceilTo(toNs, ROLLUP_STEP_NS) };
  return sql`SELECT toFloat64(count()) AS rows
FROM logs
WHERE ${stepsCondition(steps, BY_TEN_SECONDS)}`;
}

/** Rows by minute since 1970, of a range of whole steps. */
export function minuteRowsQuery(range: TimeRange): Sql {
  return sql`SELECT intDiv(toUnixTimestamp(${ROLLUP_STEP}), 60) AS minute, toFloat64(count()) AS rows
FROM logs
WHERE ${stepsCondition(range, BY_TEN_SECONDS)}
GROUP BY minute`;
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

function countSteps({
  range,
  condition,
  widthNs,
  rollUp,
}: Histogram & { readonly rollUp: RollUp }): Sql {
  const width = int64(widthNs / NS_PER_SECOND);
  return sql`SELECT
  intDiv(toUnixTimestamp(${rollUp.step}), ${width}) * ${int64(widthNs)} AS start,
  intDiv(SeverityNumber + 3, 4) AS level,
  count() AS records
FROM logs
WHERE ${stepsCondition(range, rollUp)} AND ${condition}
GROUP BY start, level`;
}

function stepSql(ns: bigint): Sql {
  return sql`toDateTime(${int64(ns / NS_PER_SECOND)}, 'UTC')`;
}

/** The roll-up that can answer: whole steps to a bucket, at least one in the range, and only its columns. */
export function rollUpFor(
  range: TimeRange,
  widthNs: bigint,
  query: ResolvedQuery,
): RollUp | undefined {
  if (!asksOnlyRollUp(query)) return undefined;
  return ROLL_UPS.find(
    ({ stepNs }) =>
      widthNs % stepNs === 0n && ceilTo(range.fromNs, stepNs) < floorTo(range.toNs, stepNs),
  );
}
