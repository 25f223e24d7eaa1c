/**
 * Counts by pattern. Where the query asks for nothing that the roll-up (the projection `pattern_counts` of
 * the table) does not have, whole minutes are counted from it and only the ends of the range from the
 * rows, so that sums are exact.
 */
import type { PatternShow } from '@tendril/api/log-patterns';
import { NS_PER_MINUTE, NS_PER_SECOND, type TimeRange } from '@tendril/model/time-range';
import type { ResolvedQuery } from '@tendril/query/resolved';
import { asksOnlyRollUp } from '@tendril/query/roll-up';
import { int64, integer, joinSql, sql, uint32, uint64s, type Sql } from '@tendril/sql/sql';
import { ceilTo, floorTo } from '../bucket-width.ts';
import { rangeCondition } from '../cursor.ts';
import type { PatternGroups } from './pattern-alias.ts';

/** As the projection writes it, letter for letter: otherwise it is not recognised. */
const MINUTE: Sql = sql`toStartOfMinute(Timestamp)`;
const SERVICES_MAX = 20;

export interface PatternCounts {
  readonly range: TimeRange;
  /** The time before, that the range is compared with. */
  readonly compared: TimeRange | undefined;
  readonly condition: Sql;
  readonly groups: PatternGroups;
  /** Take what can be taken from the roll-up. */
  readonly rollUp: boolean;
  readonly show: PatternShow;
  readonly limit: number;
}

/** Which patterns are listed, by how often they came; ids break ties. One small row of memory each. */
export function patternTotalsQuery(counts: PatternCounts): Sql {
  const { range, compared, show, limit } = counts;
  const parts = [
    ...countParts(range, counts, totalShape(0)),
    ...(compared ? countParts(compared, counts, totalShape(1)) : []),
  ];
  return sql`SELECT
  toString(pattern) AS id,
  sumIf(records, isBefore = 0) AS now,
  sumIf(records, isBefore = 1) AS before,
  sum(now) OVER () AS allRecords,
  count() OVER () AS allPatterns
FROM
(
${joinSql(parts, ' UNION ALL ')}
)
GROUP BY pattern
HAVING ${shown(show)}
ORDER BY now DESC, before DESC, pattern
LIMIT ${uint32(limit)}`;
}

/** More patterns than anybody has; of what a hostile source makes up beyond them nothing is counted. */
export const PATTERN_QUERY_SETTINGS = {
  max_rows_to_group_by: 5_000_000,
  group_by_overflow_mode: 'any',
  optimize_use_projections: 1,
} as const;

function shown(show: PatternShow): Sql {
  switch (show) {
    case 'all':
      return sql`now > 0`;
    case 'new':
      return sql`now > 0 AND before = 0`;
    case 'vanished':
      return sql`now = 0 AND before > 0`;
  }
}

export interface PatternDetails extends Pick<
  PatternCounts,
  'range' | 'condition' | 'groups' | 'rollUp'
> {
  readonly ids: readonly bigint[];
  /** Of the trend's buckets. */
  readonly widthNs: bigint;
}

/** When, how bad and from whom, of a few patterns. */
export function patternDetailsQuery({ range, ids, widthNs, ...counts }: PatternDetails): Sql {
  const condition = sql`${counts.groups.expression()} IN ${uint64s(ids)} AND ${counts.condition}`;
  const parts = countParts(range, { ...counts, condition }, detailShape(widthNs));
  return sql`SELECT
  toString(pattern) AS id,
  toString(toUnixTimestamp64Nano(min(first))) AS firstSeen,
  toString(toUnixTimestamp64Nano(max(last))) AS lastSeen,
  sumMap([bucket], [records]) AS trend,
  sumMap([level], [records]) AS levels,
  sumMap([service], [records]) AS byService,
  arraySlice(arrayReverseSort(pair -> pair.2, arrayZip(byService.1, byService.2)), 1, ${uint32(SERVICES_MAX)}) AS services
FROM
(
${joinSql(parts, ' UNION ALL ')}
)
GROUP BY pattern`;
}

/** What is counted beside the pattern: from rows, and from whole minutes of the roll-up. */
interface CountShape {
  readonly ofRows: Sql;
  readonly ofMinutes: Sql;
  readonly groupBy: Sql;
}

function totalShape(isBefore: 0 | 1): CountShape {
  const columns = sql`toUInt8(${integer(isBefore)}) AS isBefore`;
  return { ofRows: columns, ofMinutes: columns, groupBy: sql`pattern` };
}

function detailShape(widthNs: bigint): CountShape {
  const others = sql`intDiv(SeverityNumber + 3, 4) AS level,
  toString(ServiceName) AS service,
  min(Timestamp) AS first,
  max(Timestamp) AS last`;
  return {
    ofRows: sql`intDiv(toUnixTimestamp64Nano(Timestamp), ${int64(widthNs)}) AS bucket,
  ${others}`,
    ofMinutes: sql`intDiv(toInt64(toUnixTimestamp(${MINUTE})), ${int64(widthNs / NS_PER_SECOND)}) AS bucket,
  ${others}`,
    groupBy: sql`pattern, bucket, level, service`,
  };
}

function countParts(
  range: TimeRange,
  counts: Pick<PatternCounts, 'condition' | 'groups' | 'rollUp'>,
  shape: CountShape,
): Sql[] {
  const middle = {
    fromNs: ceilTo(range.fromNs, NS_PER_MINUTE),
    toNs: floorTo(range.toNs, NS_PER_MINUTE),
  };
  const { ofRows, ofMinutes } = shape;
  if (!counts.rollUp || middle.fromNs >= middle.toNs) {
    return [countPart(rangeCondition(range), ofRows, counts, shape)];
  }
  const edges = [
    { fromNs: range.fromNs, toNs: middle.fromNs },
    { fromNs: middle.toNs, toNs: range.toNs },
  ].filter(({ fromNs, toNs }) => fromNs < toNs);
  return [
    countPart(minutesCondition(middle), ofMinutes, counts, shape),
    ...edges.map((edge) => countPart(rangeCondition(edge), ofRows, counts, shape)),
  ];
}

function countPart(
  time: Sql,
  columns: Sql,
  { condition, groups }: Pick<PatternCounts, 'condition' | 'groups'>,
  { groupBy }: CountShape,
): Sql {
  return sql`SELECT
  ${groups.expression()} AS pattern,
  ${columns},
  count() AS records
FROM logs
WHERE ${time} AND PatternId != 0 AND ${condition}
GROUP BY ${groupBy}`;
}

function minutesCondition({ fromNs, toNs }: TimeRange): Sql {
  return sql`${MINUTE} >= ${minuteSql(fromNs)} AND ${MINUTE} < ${minuteSql(toNs)}`;
}

function minuteSql(ns: bigint): Sql {
  return sql`toDateTime(${int64(ns / NS_PER_SECOND)}, 'UTC')`;
}

/** Whether the roll-up has all that the query asks for. */
export function fitsPatternRollUp(query: ResolvedQuery): boolean {
  return asksOnlyRollUp(query, (test) => test.kind === 'hex' && test.column === 'PatternId');
}

/** Enough to see which of a skeleton's words never change. */
const PATTERNS_OF_SKELETON = 64;

/** What the patterns look like, and those of the skeletons. */
export function patternTextsQuery(ids: readonly bigint[], skeletonIds: readonly bigint[]): Sql {
  return sql`SELECT
  toString(PatternId) AS patternId,
  toString(SkeletonId) AS skeletonId,
  any(Template) AS template,
  any(Skeleton) AS skeleton,
  any(Slots) AS slots,
  any(Example) AS example
FROM patterns
WHERE PatternId IN ${uint64s(ids)} OR SkeletonId IN ${uint64s(skeletonIds)}
GROUP BY PatternId, SkeletonId
ORDER BY SkeletonId, PatternId
LIMIT ${uint32(PATTERNS_OF_SKELETON)} BY SkeletonId`;
}

/** A record of each pattern or skeleton that the writer said nothing of. */
export function patternBodiesQuery(range: TimeRange, ids: readonly bigint[]): Sql {
  return sql`SELECT
  toString(PatternId) AS patternId,
  toString(SkeletonId) AS skeletonId,
  any(substringUTF8(Body, 1, 4096)) AS body
FROM logs
WHERE ${rangeCondition(range)} AND (PatternId IN ${uint64s(ids)} OR SkeletonId IN ${uint64s(ids)})
GROUP BY PatternId, SkeletonId
LIMIT 1 BY SkeletonId`;
}
