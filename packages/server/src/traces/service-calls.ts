/**
 * Rate, errors and durations of services and operations, from the projection `calls`: expressions are
 * spelled as it spells them, and ranges are widened to whole minutes.
 */
import { z } from 'zod';
import {
  TRACE_NAMES_MAX,
  type OperationCalls,
  type ServiceCalls,
  type TraceOperationsRequest,
  type TraceOperationsResponse,
  type TraceSeriesRequest,
  type TraceSeriesResponse,
  type TraceServicesRequest,
  type TraceServicesResponse,
} from '@tendril/api/trace-services';
import { SPAN_KINDS, type SpanKind } from '@tendril/model/span';
import { NS_PER_MINUTE, NS_PER_SECOND, type TimeRange } from '@tendril/model/time-range';
import { int64, joinSql, sql, string, uint32, type Sql } from '@tendril/sql/sql';
import type { LogReader } from '../logs/log-reader.ts';
import { allRows, type StatementOptions } from '../logs/statement.ts';

const SECONDS_PER_MINUTE = 60n;

const callsShape = {
  calls: z.coerce.number(),
  errors: z.coerce.number(),
  quantiles: z.array(z.coerce.number()),
};
const serviceRowSchema = z.object({
  service: z.string(),
  isEntry: z.coerce.number(),
  ...callsShape,
});
const operationRowSchema = z.object({
  service: z.string(),
  operation: z.string(),
  kind: z.string(),
  ...callsShape,
});
const pointRowSchema = z.object({ start: z.coerce.number(), ...callsShape });

export async function traceServices(
  reader: LogReader,
  request: TraceServicesRequest,
  signal: AbortSignal,
): Promise<TraceServicesResponse> {
  const { range, options } = await begin(reader, request, signal);
  const rows = await allRows(reader.engine, servicesQuery(range, request), options);
  const parsed = rows.map((row) => serviceRowSchema.parse(row));
  const entries = parsed.filter(({ isEntry }) => isEntry === 1);
  const withEntry = new Set(entries.map(({ service }) => service));
  // A service that only calls others is known by its own spans.
  const others = parsed.filter(({ service, isEntry }) => isEntry === 0 && !withEntry.has(service));
  const services = [...entries, ...others].map(({ service, ...calls }) =>
    Object.assign({ service }, callsOf(calls)),
  );
  return { ...answerOf(range, options), services, isCut: rows.length >= TRACE_NAMES_MAX };
}

export async function traceOperations(
  reader: LogReader,
  request: TraceOperationsRequest,
  signal: AbortSignal,
): Promise<TraceOperationsResponse> {
  const { range, options } = await begin(reader, request, signal);
  const rows = await allRows(reader.engine, operationsQuery(range, request), options);
  const operations = rows.map((row): OperationCalls => {
    const { service, operation, kind, ...calls } = operationRowSchema.parse(row);
    return Object.assign({ service, operation, kind: kindOf(kind) }, callsOf(calls));
  });
  return { ...answerOf(range, options), operations, isCut: rows.length >= TRACE_NAMES_MAX };
}

export async function traceSeries(
  reader: LogReader,
  request: TraceSeriesRequest,
  signal: AbortSignal,
): Promise<TraceSeriesResponse> {
  const { range, options } = await begin(reader, request, signal);
  const stepMinutes = stepOf(range, request.buckets);
  const rows = await allRows(reader.engine, seriesQuery(range, request, stepMinutes), options);
  const points = rows.map((row) => {
    const { start, ...calls } = pointRowSchema.parse(row);
    return Object.assign({ start: String(BigInt(start) * NS_PER_SECOND) }, callsOf(calls));
  });
  const stepNs = String(BigInt(stepMinutes) * NS_PER_MINUTE);
  return { ...answerOf(range, options), stepNs, points };
}

/** What is called from outside; `isEntry` tells it from what a service does on its own. */
export function servicesQuery(range: TimeRange, request: TraceServicesRequest): Sql {
  return sql`SELECT
  ServiceName AS service,
  SpanKind IN ('Server', 'Consumer') AS isEntry,
  ${CALLS}
FROM traces
WHERE ${callsCondition(range, request)}
GROUP BY ServiceName, isEntry
ORDER BY calls DESC, service
LIMIT ${uint32(TRACE_NAMES_MAX)}`;
}

export function operationsQuery(range: TimeRange, request: TraceOperationsRequest): Sql {
  return sql`SELECT
  ServiceName AS service,
  SpanName AS operation,
  SpanKind AS kind,
  ${CALLS}
FROM traces
WHERE ${callsCondition(range, request)}
GROUP BY ServiceName, SpanName, SpanKind
ORDER BY calls DESC, service, operation, kind
LIMIT ${uint32(TRACE_NAMES_MAX)}`;
}

export function seriesQuery(
  range: TimeRange,
  request: TraceSeriesRequest,
  stepMinutes: number,
): Sql {
  const { operation, kind } = request;
  const isOfAll = operation === undefined && kind === undefined;
  const conditions = [
    callsCondition(range, request),
    ...(operation === undefined ? [] : [sql`SpanName = ${string(operation)}`]),
    ...(kind === undefined ? [] : [sql`SpanKind = ${string(storedKind(kind))}`]),
    ...(isOfAll ? [sql`SpanKind IN ('Server', 'Consumer')`] : []),
  ];
  return sql`SELECT
  ${stepOfMinute(sql`toStartOfMinute(Timestamp)`, stepMinutes)} AS start,
  ${CALLS}
FROM traces
WHERE ${joinSql(conditions, ' AND ')}
GROUP BY start
ORDER BY start`;
}

/** The start of the step that a minute is in, in seconds since 1970. */
export function stepOfMinute(minute: Sql, stepMinutes: number): Sql {
  const stepSeconds = BigInt(stepMinutes) * SECONDS_PER_MINUTE;
  return sql`intDiv(toUInt32(${minute}), ${int64(stepSeconds)}) * ${int64(stepSeconds)}`;
}

export const CALLS: Sql = sql`sum(AdjustedCount) AS calls,
  sumIf(AdjustedCount, StatusCode = 'Error') AS errors,
  quantilesTDigestWeighted(0.5, 0.95, 0.99)(Duration, toUInt32(round(AdjustedCount))) AS quantiles`;

/** Whole minutes, of an environment and a service where they are asked for. */
export function callsCondition(
  { fromNs, toNs }: TimeRange,
  request: Pick<TraceOperationsRequest, 'environment' | 'service'>,
): Sql {
  const { environment, service } = request;
  const conditions = [
    sql`toStartOfMinute(Timestamp) >= toDateTime(${int64(fromNs / NS_PER_SECOND)}, 'UTC')`,
    sql`toStartOfMinute(Timestamp) < toDateTime(${int64(toNs / NS_PER_SECOND)}, 'UTC')`,
    ...(environment === undefined ? [] : [sql`Environment = ${string(environment)}`]),
    ...(service === undefined ? [] : [sql`ServiceName = ${string(service)}`]),
  ];
  return joinSql(conditions, ' AND ');
}

async function begin(
  reader: LogReader,
  request: TraceServicesRequest,
  signal: AbortSignal,
): Promise<{ readonly range: TimeRange; readonly options: StatementOptions }> {
  const range = wholeMinutes(reader.rangeOf(request));
  const options = { budget: reader.budget(), signal };
  await reader.flushed(signal, range);
  return { range, options };
}

export function wholeMinutes({ fromNs, toNs }: TimeRange): TimeRange {
  const up = (toNs + NS_PER_MINUTE - 1n) / NS_PER_MINUTE;
  return { fromNs: (fromNs / NS_PER_MINUTE) * NS_PER_MINUTE, toNs: up * NS_PER_MINUTE };
}

/** In minutes, so that there are at most so many. */
export function stepOf({ fromNs, toNs }: TimeRange, buckets: number): number {
  const minutes = Number((toNs - fromNs) / NS_PER_MINUTE);
  return Math.max(1, Math.ceil(minutes / buckets));
}

export function answerOf(
  { fromNs, toNs }: TimeRange,
  { budget }: StatementOptions,
): Pick<TraceServicesResponse, 'range' | 'cost'> {
  return { range: { from: String(fromNs), to: String(toNs) }, cost: budget.cost() };
}

export function callsOf({
  calls,
  errors,
  quantiles,
}: {
  readonly calls: number;
  readonly errors: number;
  readonly quantiles: readonly number[];
}): Omit<ServiceCalls, 'service'> {
  const [p50Ns = 0, p95Ns = 0, p99Ns = 0] = quantiles.map(Math.round);
  return { calls, errors, p50Ns, p95Ns, p99Ns };
}

function kindOf(stored: string): SpanKind {
  return SPAN_KINDS.find((kind) => kind === stored.toLowerCase()) ?? 'unspecified';
}

/** As the exporter writes it. */
export function storedKind(kind: SpanKind): string {
  return `${kind.slice(0, 1).toUpperCase()}${kind.slice(1)}`;
}
