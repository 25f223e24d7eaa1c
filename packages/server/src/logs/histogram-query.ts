/**
 * Counts by bucket and severity. Where the query asks for nothing that the roll-up (the projection
 * `counts` of the table) does not have, whole steps of the roll-up are counted from it and only the
 * ends of the range from the rows, so that the sum is exact.
 */
import { NS_PER_SECOND, type TimeRange } from '@tendril/model/time-range';
import type { ResolvedQuery, Test } from '@tendril/query/resolved';
import { int64, joinSql, sql, type Sql } from '@tendril/sql/sql';
import { ceilTo, floorTo } from './bucket-width.ts';
import { rangeCondition } from './cursor.ts';

/** Of the projection `counts`. */
export const ROLLUP_STEP_NS: bigint = 10n * NS_PER_SECOND;
/** As the projection writes it, letter for letter: otherwise it is not recognised. */
const ROLLUP_STEP: Sql = sql`toStartOfInterval(Timestamp, toIntervalSecond(10))`;

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
  const middle = {
    fromNs: ceilTo(range.fromNs, ROLLUP_STEP_NS),
    toNs: floorTo(range.toNs, ROLLUP_STEP_NS),
  };
  const edges = [
    { fromNs: range.fromNs, toNs: middle.fromNs },
    { fromNs: middle.toNs, toNs: range.toNs },
  ].filter(({ fromNs, toNs }) => fromNs < toNs);
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

function countSteps({ fromNs, toNs }: TimeRange, condition: Sql, widthNs: bigint): Sql {
  const width = int64(widthNs / NS_PER_SECOND);
  return sql`SELECT
  intDiv(toUnixTimestamp(${ROLLUP_STEP}), ${width}) * ${int64(widthNs)} AS start,
  intDiv(SeverityNumber + 3, 4) AS level,
  count() AS records
FROM logs
WHERE ${ROLLUP_STEP} >= ${stepSql(fromNs)} AND ${ROLLUP_STEP} < ${stepSql(toNs)} AND ${condition}
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

const ROLLUP_COLUMNS: ReadonlySet<string> = new Set(['ServiceName', 'Environment']);

/** Whether the query looks at severity, service and environment alone, and at what else `fits`. */
export function asksOnlyRollUp(
  query: ResolvedQuery,
  fits: (test: Test) => boolean = () => false,
): boolean {
  switch (query.kind) {
    case 'all':
      return true;
    case 'and':
    case 'or':
      return query.operands.every((operand) => asksOnlyRollUp(operand, fits));
    case 'not':
      return asksOnlyRollUp(query.operand, fits);
    case 'integer':
      return query.column === 'SeverityNumber' || fits(query);
    case 'value': {
      const { target } = query;
      return (target.kind === 'column' && ROLLUP_COLUMNS.has(target.column)) || fits(query);
    }
    case 'text':
    case 'cell':
    case 'hex':
    case 'time':
      return fits(query);
  }
}
