/**
 * Counts by pattern. Where the query asks for nothing that the roll-up (the projection `pattern_counts` of
 * the table) does not have, whole minutes are counted from it and only the ends of the range from the
 * rows, so that sums are exact.
 */
import type { PatternShow } from '@tendril/api/log-patterns';
import { NS_PER_MINUTE, NS_PER_SECOND, type TimeRange } from '@tendril/model/time-range';
import type { ResolvedQuery } from '@tendril/query/resolved';
import { int64, joinSql, sql, uint32, uint64s, type Sql } from '@tendril/sql/sql';
import { ceilTo, floorTo } from '../bucket-width.ts';
import { rangeCondition } from '../cursor.ts';
import { asksOnlyRollUp } from '../histogram-query.ts';
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
  readonly widthNs: bigint;
  readonly rollUp: boolean;
  readonly show: PatternShow;
  readonly limit: number;
}

/**
 * Of no more groups than `PATTERN_QUERY_SETTINGS` say: records of others count, but not their patterns.
 * The order decides which patterns are listed; ids break ties.
 */
export function patternCountsQuery(counts: PatternCounts): Sql {
  const { range, compared, show, limit } = counts;
  const parts = [
    ...countParts(range, counts, sql`0`),
    ...(compared ? countParts(compared, counts, sql`1`) : []),
  ];
  // Of what has vanished there is nothing to tell but what was before.
  const told = show === 'vanished' ? sql`isBefore = 1` : sql`isBefore = 0`;
  return sql`SELECT
  toString(pattern) AS id,
  sumIf(records, isBefore = 0) AS now,
  sumIf(records, isBefore = 1) AS before,
  toString(toUnixTimestamp64Nano(minIf(first, ${told}))) AS firstSeen,
  toString(toUnixTimestamp64Nano(maxIf(last, ${told}))) AS lastSeen,
  sumMapIf([bucket], [records], ${told}) AS trend,
  sumMapIf([level], [records], ${told}) AS levels,
  sumMapIf([service], [records], ${told}) AS byService,
  arraySlice(arrayReverseSort(pair -> pair.2, arrayZip(byService.1, byService.2)), 1, ${uint32(SERVICES_MAX)}) AS services,
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

/** More patterns than anybody has; the first that come are counted, whatever else a hostile source makes up. */
export const PATTERN_QUERY_SETTINGS = {
  max_rows_to_group_by: 2_000_000,
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

function countParts(range: TimeRange, counts: PatternCounts, isBefore: Sql): Sql[] {
  const { condition, groups, widthNs, rollUp } = counts;
  const shape = { condition, pattern: groups.expression(), widthNs, isBefore };
  const middle = {
    fromNs: ceilTo(range.fromNs, NS_PER_MINUTE),
    toNs: floorTo(range.toNs, NS_PER_MINUTE),
  };
  if (!rollUp || middle.fromNs >= middle.toNs) return [countRows(range, shape)];
  const edges = [
    { fromNs: range.fromNs, toNs: middle.fromNs },
    { fromNs: middle.toNs, toNs: range.toNs },
  ].filter(({ fromNs, toNs }) => fromNs < toNs);
  return [countMinutes(middle, shape), ...edges.map((edge) => countRows(edge, shape))];
}

interface CountShape {
  readonly condition: Sql;
  readonly pattern: Sql;
  readonly widthNs: bigint;
  readonly isBefore: Sql;
}

function countRows(range: TimeRange, { condition, pattern, widthNs, isBefore }: CountShape): Sql {
  return sql`SELECT
  ${pattern} AS pattern,
  intDiv(toUnixTimestamp64Nano(Timestamp), ${int64(widthNs)}) AS bucket,
  intDiv(SeverityNumber + 3, 4) AS level,
  toString(ServiceName) AS service,
  toUInt8(${isBefore}) AS isBefore,
  count() AS records,
  min(Timestamp) AS first,
  max(Timestamp) AS last
FROM logs
WHERE ${rangeCondition(range)} AND PatternId != 0 AND ${condition}
GROUP BY pattern, bucket, level, service`;
}

function countMinutes({ fromNs, toNs }: TimeRange, shape: CountShape): Sql {
  const { condition, pattern, widthNs, isBefore } = shape;
  return sql`SELECT
  ${pattern} AS pattern,
  intDiv(toInt64(toUnixTimestamp(${MINUTE})), ${int64(widthNs / NS_PER_SECOND)}) AS bucket,
  intDiv(SeverityNumber + 3, 4) AS level,
  toString(ServiceName) AS service,
  toUInt8(${isBefore}) AS isBefore,
  count() AS records,
  min(Timestamp) AS first,
  max(Timestamp) AS last
FROM logs
WHERE ${MINUTE} >= ${minuteSql(fromNs)} AND ${MINUTE} < ${minuteSql(toNs)} AND PatternId != 0 AND ${condition}
GROUP BY pattern, bucket, level, service`;
}

function minuteSql(ns: bigint): Sql {
  return sql`toDateTime(${int64(ns / NS_PER_SECOND)}, 'UTC')`;
}

/** Whether the roll-up can answer: buckets of whole minutes, and only its columns. */
export function fitsPatternRollUp(widthNs: bigint, query: ResolvedQuery): boolean {
  if (widthNs % NS_PER_MINUTE !== 0n) return false;
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
