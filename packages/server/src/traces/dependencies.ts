/** Who calls whom, from what the job over closed minutes has counted. */
import { z } from 'zod';
import {
  EDGE_KINDS,
  TRACE_NAMES_MAX,
  type ServiceEdge,
  type TraceDependenciesResponse,
  type TraceServicesRequest,
} from '@tendril/api/trace-services';
import { NS_PER_SECOND, type TimeRange } from '@tendril/model/time-range';
import { int64, joinSql, sql, string, uint32, type Sql } from '@tendril/sql/sql';
import type { LogReader } from '../logs/log-reader.ts';
import { allRows, type StatementOptions } from '../logs/statement.ts';
import { bucketQuantiles } from './duration-buckets.ts';
import { answerOf, wholeMinutes } from './service-calls.ts';

const rowSchema = z.object({
  caller: z.string(),
  callee: z.string(),
  kind: z.enum(EDGE_KINDS),
  calls: z.coerce.number(),
  errors: z.coerce.number(),
  buckets: z.tuple([z.array(z.coerce.number()), z.array(z.coerce.number())]),
});

const SECONDS_PER_MINUTE = 60n;

export async function traceDependencies(
  reader: LogReader,
  request: TraceServicesRequest,
  signal: AbortSignal,
): Promise<TraceDependenciesResponse> {
  const range = wholeMinutes(reader.rangeOf(request));
  const options = { budget: reader.budget(), signal };
  const rows = await allRows(reader.engine, dependenciesQuery(range, request), options);
  return {
    ...answerOf(range, options),
    edges: rows.map((row) => edgeOf(rowSchema.parse(row))),
    knownTo: String(await knownToNs(reader, options)),
    isCut: rows.length >= TRACE_NAMES_MAX,
  };
}

export function dependenciesQuery(range: TimeRange, request: TraceServicesRequest): Sql {
  return sql`SELECT
  Caller AS caller,
  Callee AS callee,
  Kind AS kind,
  sum(Calls) AS calls,
  sum(Errors) AS errors,
  sumMap(Buckets, BucketCalls) AS buckets
FROM service_edges
WHERE ${edgesCondition(range, request)}
GROUP BY caller, callee, kind
ORDER BY calls DESC, caller, callee, kind
LIMIT ${uint32(TRACE_NAMES_MAX)}`;
}

/** Of each minute only the rows of its newest count are right. */
export function edgesCondition(
  { fromNs, toNs }: TimeRange,
  { environment }: Pick<TraceServicesRequest, 'environment'>,
): Sql {
  const range = sql`Minute >= toDateTime(${int64(fromNs / NS_PER_SECOND)}, 'UTC') AND Minute < toDateTime(${int64(toNs / NS_PER_SECOND)}, 'UTC')`;
  const conditions = [
    range,
    sql`Caller != ''`,
    sql`(Minute, ComputedAtMs) IN (SELECT Minute, max(ComputedAtMs) FROM service_edges WHERE ${range} GROUP BY Minute)`,
    ...(environment === undefined ? [] : [sql`Environment = ${string(environment)}`]),
  ];
  return joinSql(conditions, ' AND ');
}

const minuteSchema = z.object({ minute: z.coerce.bigint() });

/** Calls are known up to this time; 0 when nothing was counted yet. */
export async function knownToNs(reader: LogReader, options: StatementOptions): Promise<bigint> {
  const [known] = await allRows(reader.engine, newestMinuteQuery(), options);
  const { minute } = minuteSchema.parse(known);
  return minute === 0n ? 0n : (minute + SECONDS_PER_MINUTE) * NS_PER_SECOND;
}

export function newestMinuteQuery(): Sql {
  return sql`SELECT toString(toUnixTimestamp(max(Minute))) AS minute FROM service_edges`;
}

function edgeOf({ buckets, ...edge }: z.infer<typeof rowSchema>): ServiceEdge {
  const [numbers, counts] = buckets;
  return { ...edge, ...bucketQuantiles({ numbers, counts }) };
}
