/** How much each place said, and how much of it was trouble, in buckets of time. */
import { STEP_KEYS } from '@tendril/chains/sighting';
import { NS_PER_MS, type TimeRange } from '@tendril/model/time-range';
import { float64, int64, sql, string, uint32, type Sql } from '@tendril/sql/sql';
import { rangeCondition } from '../logs/cursor.ts';
import { attributeText, attributeTexts } from './chain-attributes.ts';

export interface ActivityWindow {
  /** What is read. */
  readonly range: TimeRange;
  /** From where buckets are counted. */
  readonly originNs: bigint;
  readonly bucketMs: number;
  readonly environment: string;
}

/** Of one answer. */
const ROWS_MAX = 100_000;

/** Most records are no trouble: of these only the columns are read. */
export function recordActivityQuery(window: ActivityWindow): Sql {
  return sql`SELECT
  ServiceName AS service,
  toString(ResourceId) AS resourceId,
  0 AS level,
  ${bucket(window)} AS bucket,
  count() AS count
FROM logs
WHERE ${rangeCondition(window.range)} AND Environment = ${string(window.environment)} AND SeverityNumber < 13
GROUP BY service, resourceId, bucket
LIMIT ${uint32(ROWS_MAX)}`;
}

/** Those at warning and above, by what they say. */
export function recordTroubleQuery(window: ActivityWindow): Sql {
  return sql`SELECT
  ServiceName AS service,
  toString(ResourceId) AS resourceId,
  multiIf(SeverityNumber >= 21, 3, SeverityNumber >= 17, 2, 1) AS level,
  ${attributeText('error.kind')} AS errorKind,
  toString(SkeletonId) AS skeletonId,
  ${attributeTexts(STEP_KEYS)} AS calls,
  ${bucket(window)} AS bucket,
  count() AS count
FROM logs
WHERE ${rangeCondition(window.range)} AND Environment = ${string(window.environment)} AND SeverityNumber >= 13
GROUP BY service, resourceId, level, errorKind, skeletonId, calls, bucket
LIMIT ${uint32(ROWS_MAX)}`;
}

export function spanActivityQuery(window: ActivityWindow): Sql {
  return sql`SELECT
  ServiceName AS service,
  toString(ResourceId) AS resourceId,
  if(StatusCode = 'Error', 2, 0) AS level,
  if(level = 0, '', SpanName) AS name,
  if(level = 0, '', lower(SpanKind)) AS kind,
  ${bucket(window)} AS bucket,
  count() AS count
FROM traces
WHERE ${rangeCondition(window.range)} AND Environment = ${string(window.environment)}
GROUP BY service, resourceId, level, name, kind, bucket
LIMIT ${uint32(ROWS_MAX)}`;
}

function bucket({ originNs, bucketMs }: ActivityWindow): Sql {
  const sinceMs = sql`(toUnixTimestamp64Nano(Timestamp) - ${int64(originNs)}) / ${int64(NS_PER_MS)}`;
  return sql`toUInt32(floor(${sinceMs} / ${float64(bucketMs)}))`;
}
