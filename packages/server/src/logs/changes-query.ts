/**
 * Which values two spans of time hold in different shares. Each record of a sample becomes a row for
 * each field that it has; groups of (field, value) are counted on both sides and ranked by how little
 * chance explains the difference.
 */
import type { TimeRange } from '@tendril/model/time-range';
import type { Candidate } from '@tendril/query/check';
import { cellOf, cellText } from '@tendril/query/pipes/cell';
import { NS_PER_SECOND } from '@tendril/model/time-range';
import { int64, joinSql, sql, uint32, uint8, type Sql } from '@tendril/sql/sql';
import { rangeCondition } from './cursor.ts';

export interface Spans {
  readonly current: TimeRange;
  readonly baseline: TimeRange;
  /** Of the query; says nothing of time. */
  readonly condition: Sql;
}

export function spanCountsQuery({ current, baseline, condition }: Spans): Sql {
  return sql`SELECT
  countIf(${rangeCondition(current)}) AS records,
  countIf(${rangeCondition(baseline)}) AS baselineRecords
FROM logs
WHERE ${eitherSpan(current, baseline)} AND ${condition}`;
}

function eitherSpan(current: TimeRange, baseline: TimeRange): Sql {
  return sql`((${rangeCondition(current)}) OR (${rangeCondition(baseline)}))`;
}

export interface ComparedSpans extends Spans {
  readonly fields: readonly Candidate[];
  /** One record of so many is looked at. */
  readonly sampling: number;
  readonly limit: number;
}

/** Fewer records than this say nothing. */
const SUPPORT_MIN = 5;
/** Beyond three standard deviations, since many values are compared at once. */
const SCORE_MIN = 4;
/** Longer values are texts, not kinds. */
const VALUE_BYTES_MAX = 256;

export function changesQuery(spans: ComparedSpans): Sql {
  const { current, baseline, condition, fields, sampling, limit } = spans;
  const pairs = [PATTERN, ...fields.map((field) => cellText(cellOf([field])))].map(
    (value, index) => sql`(${uint8(index)}, ${value})`,
  );
  const sampled = sampling === 1 ? sql`` : sql` AND intHash32(RecordId) % ${uint32(sampling)} = 0`;
  return sql`WITH
  sum(isCurrent) AS a,
  count() - a AS b,
  (SELECT (countIf(${rangeCondition(current)}), countIf(${rangeCondition(baseline)})) FROM logs WHERE ${eitherSpan(current, baseline)} AND ${condition}${sampled}) AS totals,
  toFloat64(totals.1) AS currentTotal,
  toFloat64(totals.2) AS baselineTotal,
  (observed, expected) -> if(observed = 0, 0, observed * log(observed / expected)) AS term,
  (a + b) / (currentTotal + baselineTotal) AS expectedShare,
  2 * (term(a, currentTotal * expectedShare) + term(b, baselineTotal * expectedShare)
    + term(currentTotal - a, currentTotal * (1 - expectedShare))
    + term(baselineTotal - b, baselineTotal * (1 - expectedShare))) AS likelihoodRatio,
  if(a / currentTotal < b / baselineTotal, -1, 1) AS direction
SELECT
  field,
  value,
  a AS records,
  b AS baselineRecords,
  currentTotal AS currentRecords,
  baselineTotal AS beforeRecords,
  direction * sqrt(greatest(likelihoodRatio, 0)) AS score
FROM
(
SELECT
  ${rangeCondition(current)} AS isCurrent,
  arrayJoin([${joinSql(pairs, ', ')}]) AS pair,
  pair.1 AS field,
  pair.2 AS value
FROM logs
WHERE ${eitherSpan(current, baseline)} AND ${condition}${sampled}
)
WHERE value != '' AND length(value) <= ${uint32(VALUE_BYTES_MAX)}
GROUP BY field, value
HAVING a + b >= ${uint32(SUPPORT_MIN)} AND abs(score) >= ${uint32(SCORE_MIN)}
ORDER BY abs(score) DESC, field, value
LIMIT ${uint32(limit)}`;
}

/** Of a pattern that was found to be one with others, the id of all of them. */
const PATTERN: Sql = (() => {
  const learned = sql`(SELECT (groupArray(SkeletonId), groupArray(GroupId)) FROM pattern_alias FINAL)`;
  const id = sql`transform(SkeletonId, tupleElement(${learned}, 1), tupleElement(${learned}, 2), PatternId)`;
  return sql`if(PatternId = 0, '', lower(leftPad(hex(${id}), 16, '0')))`;
})();

/** Fields whose values are few, so that shares of them say something; those of most records first. */
export function comparableFieldsQuery({ fromNs, toNs }: TimeRange, limit: number): Sql {
  return sql`SELECT Source AS source, Name AS name
FROM log_fields
WHERE Hour >= toStartOfHour(toDateTime(${int64(fromNs / NS_PER_SECOND)}, 'UTC'))
  AND Hour <= toDateTime(${int64(toNs / NS_PER_SECOND)}, 'UTC')
  AND Source IN ('attribute', 'resource')
GROUP BY Source, Name
HAVING uniqIf(Value, Value != '') BETWEEN 1 AND 1000
ORDER BY sumIf(Count, Value = '') DESC, Source, Name
LIMIT ${uint32(limit)}`;
}
