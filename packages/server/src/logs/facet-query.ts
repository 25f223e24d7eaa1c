/** Fields and their most frequent values from the table that the writers keep, and from the roll-up. */
import { FACETS_MAX } from '@tendril/api/log-facets';
import { NS_PER_SECOND, type TimeRange } from '@tendril/model/time-range';
import { rolledRows } from '@tendril/query/roll-up';
import { EMPTY_SQL, int64, sql, string, uint32, type Sql } from '@tendril/sql/sql';
import { timeConditionOf } from './histogram-query.ts';

export interface FacetsShape {
  /** Values of each field. */
  readonly values: number;
  /** Only fields whose name holds this; empty for all. */
  readonly search: string;
}

/**
 * Rows of one field follow each other; the first, whose value is empty, counts the records that have it and
 * says how many fields there are.
 */
export function facetsQuery({ fromNs, toNs }: TimeRange, { values, search }: FacetsShape): Sql {
  const hours = sql`Hour >= toStartOfHour(toDateTime(${int64(fromNs / NS_PER_SECOND)}, 'UTC'))
  AND Hour < toDateTime(${int64(ceilSeconds(toNs))}, 'UTC')`;
  const named =
    search === '' ? EMPTY_SQL : sql` AND positionCaseInsensitiveUTF8(Name, ${string(search)}) > 0`;
  return sql`WITH fields AS (
  SELECT Source, Name, sum(Count) AS records
  FROM log_fields
  WHERE ${hours} AND Value = ''${named}
  GROUP BY Source, Name
)
SELECT
  Source AS source,
  Name AS name,
  Value AS value,
  arraySort(groupUniqArray(Type)) AS types,
  sum(Count) AS records,
  (SELECT count() FROM fields) AS fields
FROM log_fields
WHERE ${hours}
  AND (Source, Name) IN (SELECT Source, Name FROM fields ORDER BY records DESC, Source, Name LIMIT ${uint32(FACETS_MAX)})
GROUP BY Source, Name, Value
ORDER BY Source, Name, Value = '' DESC, records DESC, Value
LIMIT ${uint32(values + 1)} BY Source, Name`;
}

/** Past it those that have the most. */
const ROLLED_GROUPS_MAX = 10_000;

/** For a condition that asks for nothing but what the roll-up has. */
export function rolledFacetsQuery(range: TimeRange, condition: Sql): Sql {
  const { whole, steps } = timeConditionOf(range);
  const rows =
    steps === undefined
      ? sql`(SELECT ServiceName, Environment, 1 AS rolled FROM logs WHERE ${whole} AND ${condition})`
      : rolledRows({ time: steps, condition, withTime: false });
  return sql`SELECT ServiceName AS \`service.name\`, Environment AS environment, sum(rolled) AS records
FROM
${rows}
GROUP BY ServiceName, Environment
ORDER BY records DESC
LIMIT ${uint32(ROLLED_GROUPS_MAX)}`;
}

function ceilSeconds(ns: bigint): bigint {
  return (ns + NS_PER_SECOND - 1n) / NS_PER_SECOND;
}
