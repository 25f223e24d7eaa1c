/** Fields and their most frequent values from the table that the writers keep. */
import { NS_PER_SECOND, type TimeRange } from '@tendril/model/time-range';
import { int64, sql, uint32, type Sql } from '@tendril/sql/sql';

/** More fields than a person can look through. */
export const FACETS_MAX = 1_000;

/** Rows of one field follow each other; the first, whose value is empty, counts the records that have it. */
export function facetsQuery({ fromNs, toNs }: TimeRange, values: number): Sql {
  return sql`SELECT
  Source AS source,
  Name AS name,
  Value AS value,
  arraySort(groupUniqArray(Type)) AS types,
  sum(Count) AS records
FROM log_fields
WHERE Hour >= toStartOfHour(toDateTime(${int64(fromNs / NS_PER_SECOND)}, 'UTC'))
  AND Hour < toDateTime(${int64(ceilSeconds(toNs))}, 'UTC')
GROUP BY Source, Name, Value
ORDER BY Source, Name, Value = '' DESC, records DESC, Value
LIMIT ${uint32(values + 1)} BY Source, Name
LIMIT ${uint32(FACETS_MAX * (values + 1))}`;
}

function ceilSeconds(ns: bigint): bigint {
  return (ns + NS_PER_SECOND - 1n) / NS_PER_SECOND;
}
