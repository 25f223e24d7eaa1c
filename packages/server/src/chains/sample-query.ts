/** Chains that begin alike: which there are, and what was seen in them, in few columns. */
import { ANY_STEP, type EntryStep } from '@tendril/chains/chain-store';
import { JOIN_KEYS } from '@tendril/chains/join-keys';
import { PEER_KEYS } from '@tendril/chains/peer';
import { HTTP_STATUS_KEYS, RPC_STATUS_KEY, STEP_KEYS } from '@tendril/chains/sighting';
import { sql, string, strings, uint32, uint64, type Sql } from '@tendril/sql/sql';
import { attributeText, attributeTexts } from './chain-attributes.ts';

/** Of one entry that are chosen from. */
export const STARTS_MAX = 5_000;
/** Of all chains of a sample together. */
export const SIGHTINGS_MAX = 100_000;

export const SPAN_STATUS_KEYS: readonly string[] = [
  ...PEER_KEYS,
  ...HTTP_STATUS_KEYS,
  RPC_STATUS_KEY,
  'error.kind',
];

/** A record without an operation is of its trace. */
const CHAIN = sql`if(OperationId != '', OperationId, TraceId)`;

export function recordStartsQuery({ service, environment, step }: EntryStep, within: Sql): Sql {
  const isOfStep = step === ANY_STEP ? sql`` : sql` AND SkeletonId = ${uint64(skeletonIdOf(step))}`;
  return sql`SELECT
  ${CHAIN} AS chain,
  toUnixTimestamp64Nano(min(Timestamp)) / 1000000 AS atMs,
  any(${attributeTexts(STEP_KEYS)}) AS calls
FROM logs
WHERE ${within} AND ServiceName = ${string(service)} AND Environment = ${string(environment)}${isOfStep} AND chain != ''
GROUP BY chain
ORDER BY cityHash64(chain)
LIMIT ${uint32(STARTS_MAX)}`;
}

/** A step begins with the 16 hex digits of its skeleton. */
function skeletonIdOf(step: string): bigint {
  return BigInt(`0x${step.slice(0, 16)}`);
}

export function recordSightingsQuery(chains: readonly string[], within: Sql): Sql {
  return sql`SELECT
  ${CHAIN} AS chain,
  ${RECORD_COLUMNS}
FROM logs
WHERE ${within} AND (OperationId IN ${strings(chains)} OR (OperationId = '' AND TraceId IN ${strings(chains)}))
LIMIT ${uint32(SIGHTINGS_MAX)}`;
}

/** Records of other operations that tell of the same messages. */
export function joinedSightingsQuery(values: readonly string[], within: Sql): Sql {
  return sql`SELECT
  ${CHAIN} AS chain,
  ${RECORD_COLUMNS}
FROM logs
WHERE ${within} AND hasAny(extractAll(arrayStringConcat(joins, ' '), '[\\\\w-]{8,}'), ${strings(values)})
LIMIT ${uint32(SIGHTINGS_MAX)}`;
}

const RECORD_COLUMNS = sql`toUnixTimestamp64Nano(Timestamp) / 1000000 AS atMs,
  DurationNs / 1000000 AS durationMs,
  ServiceName AS service,
  toString(ResourceId) AS resourceId,
  toString(SkeletonId) AS skeletonId,
  SeverityNumber AS severityNumber,
  ${attributeText('error.kind')} AS errorKind,
  ${attributeTexts(STEP_KEYS)} AS calls,
  ${attributeTexts(JOIN_KEYS)} AS joins`;

/** `kind` as the table has it. */
export function spanStartsQuery(
  { service, environment }: EntryStep,
  kind: string,
  within: Sql,
): Sql {
  return sql`SELECT
  TraceId AS chain,
  toUnixTimestamp64Nano(min(Timestamp)) / 1000000 AS atMs,
  any(SpanName) AS name
FROM traces
WHERE ${within} AND ServiceName = ${string(service)} AND Environment = ${string(environment)} AND SpanKind = ${string(kind)}
GROUP BY chain
ORDER BY cityHash64(chain)
LIMIT ${uint32(STARTS_MAX)}`;
}

/** `condition` says which traces. */
export function spanSightingsQuery(condition: Sql): Sql {
  return sql`SELECT
  TraceId AS chain,
  toUnixTimestamp64Nano(Timestamp) / 1000000 AS atMs,
  Duration / 1000000 AS durationMs,
  ServiceName AS service,
  toString(ResourceId) AS resourceId,
  SpanName AS name,
  lower(SpanKind) AS kind,
  StatusCode = 'Error' AS isError,
  SpanId AS spanId,
  ParentSpanId AS parentSpanId,
  ${attributeTexts(SPAN_STATUS_KEYS)} AS texts
FROM traces
WHERE ${condition}
LIMIT ${uint32(SIGHTINGS_MAX)}`;
}
