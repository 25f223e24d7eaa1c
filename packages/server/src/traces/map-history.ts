/** The map of services over time: two statements, by service and by call, put into columns of steps. */
import { z } from 'zod';
import {
  MAP_HISTORY_ROWS_MAX,
  type CallsHistory,
  type TraceMapHistoryRequest,
  type TraceMapHistoryResponse,
} from '@tendril/api/trace-map-history';
import { EDGE_KINDS, type ServiceCalls } from '@tendril/api/trace-services';
import { NS_PER_MINUTE, NS_PER_SECOND, type TimeRange } from '@tendril/model/time-range';
import { sql, uint32, type Sql } from '@tendril/sql/sql';
import type { LogReader } from '../logs/log-reader.ts';
import { allRows } from '../logs/statement.ts';
import { edgesCondition, knownToNs } from './dependencies.ts';
import { bucketQuantiles } from './duration-buckets.ts';
import {
  answerOf,
  callsCondition,
  callsOf,
  CALLS,
  stepOf,
  stepOfMinute,
  wholeMinutes,
} from './service-calls.ts';

const stepShape = {
  start: z.coerce.bigint(),
  calls: z.coerce.number(),
  errors: z.coerce.number(),
};
const serviceRowSchema = z.object({
  service: z.string(),
  isEntry: z.coerce.number(),
  ...stepShape,
  quantiles: z.array(z.coerce.number()),
});
const edgeRowSchema = z.object({
  caller: z.string(),
  callee: z.string(),
  kind: z.enum(EDGE_KINDS),
  ...stepShape,
  buckets: z.tuple([z.array(z.coerce.number()), z.array(z.coerce.number())]),
});

/** `reader` is of spans. */
export async function traceMapHistory(
  reader: LogReader,
  request: TraceMapHistoryRequest,
  signal: AbortSignal,
): Promise<TraceMapHistoryResponse> {
  const range = wholeMinutes(reader.rangeOf(request));
  const options = { budget: reader.budget(), signal };
  await reader.flushed(signal, range);
  const steps = stepsOf(range, request.steps);
  const services = await serviceRows(reader, { range, request, steps }, options);
  const edges = await edgeRows(reader, { range, request, steps }, options);
  const { startNs, minutes, count } = steps;
  return {
    ...answerOf(range, options),
    start: String(startNs),
    stepNs: String(BigInt(minutes) * NS_PER_MINUTE),
    steps: count,
    services,
    edges,
    knownTo: String(await knownToNs(reader, options)),
  };
}

interface Steps {
  readonly startNs: bigint;
  readonly minutes: number;
  readonly count: number;
}

function stepsOf({ fromNs, toNs }: TimeRange, wanted: number): Steps {
  const minutes = stepOf({ fromNs, toNs }, wanted);
  const stepNs = BigInt(minutes) * NS_PER_MINUTE;
  const startNs = (fromNs / stepNs) * stepNs;
  return { startNs, minutes, count: Number((toNs - startNs + stepNs - 1n) / stepNs) };
}

interface Asked {
  readonly range: TimeRange;
  readonly request: TraceMapHistoryRequest;
  readonly steps: Steps;
}

type Options = Parameters<typeof allRows>[2];

async function serviceRows(
  reader: LogReader,
  { range, request, steps }: Asked,
  options: Options,
): Promise<TraceMapHistoryResponse['services']> {
  const statement = serviceHistoryQuery(range, request, steps.minutes);
  const rows = (await allRows(reader.engine, statement, options)).map((row) =>
    serviceRowSchema.parse(row),
  );
  const withEntry = new Set(rows.filter(({ isEntry }) => isEntry === 1).map(nameOf));
  // A service that only calls others is known by its own spans.
  const shown = rows.filter((row) => row.isEntry === 1 || !withEntry.has(nameOf(row)));
  return [...Map.groupBy(shown, nameOf)].map(([service, points]) =>
    Object.assign({ service }, history(steps, points.map(servicePoint))),
  );
}

function nameOf({ service }: { readonly service: string }): string {
  return service;
}

async function edgeRows(
  reader: LogReader,
  { range, request, steps }: Asked,
  options: Options,
): Promise<TraceMapHistoryResponse['edges']> {
  const statement = edgeHistoryQuery(range, request, steps.minutes);
  const rows = (await allRows(reader.engine, statement, options)).map((row) =>
    edgeRowSchema.parse(row),
  );
  const byEdge = Map.groupBy(rows, ({ caller, callee, kind }) =>
    JSON.stringify([caller, callee, kind]),
  );
  return [...byEdge.values()].flatMap((points) => {
    const [first] = points;
    if (first === undefined) return [];
    const { caller, callee, kind } = first;
    return [{ caller, callee, kind, ...history(steps, points.map(edgePoint)) }];
  });
}

type Point = Omit<ServiceCalls, 'service'> & { readonly start: bigint };

function servicePoint({ start, ...calls }: z.infer<typeof serviceRowSchema>): Point {
  return { start, ...callsOf(calls) };
}

function edgePoint({ start, calls, errors, buckets }: z.infer<typeof edgeRowSchema>): Point {
  const [numbers, counts] = buckets;
  return { start, calls, errors, ...bucketQuantiles({ numbers, counts }) };
}

const COLUMNS = ['calls', 'errors', 'p50Ns', 'p95Ns', 'p99Ns'] as const;

function history({ startNs, minutes, count }: Steps, points: readonly Point[]): CallsHistory {
  const stepNs = BigInt(minutes) * NS_PER_MINUTE;
  const columns = {
    calls: empty(count),
    errors: empty(count),
    p50Ns: empty(count),
    p95Ns: empty(count),
    p99Ns: empty(count),
  };
  for (const point of points) {
    const step = Number((point.start * NS_PER_SECOND - startNs) / stepNs);
    if (step < 0 || step >= count) continue;
    for (const name of COLUMNS) columns[name][step] = point[name];
  }
  return columns;
}

function empty(count: number): number[] {
  return Array.from({ length: count }, () => 0);
}

/** The services that are called most in the range, step by step. */
export function serviceHistoryQuery(
  range: TimeRange,
  request: TraceMapHistoryRequest,
  stepMinutes: number,
): Sql {
  const condition = callsCondition(range, request);
  return sql`SELECT
  ServiceName AS service,
  SpanKind IN ('Server', 'Consumer') AS isEntry,
  ${stepOfMinute(sql`toStartOfMinute(Timestamp)`, stepMinutes)} AS start,
  ${CALLS}
FROM traces
WHERE ${condition}
  AND ServiceName IN (SELECT ServiceName FROM traces WHERE ${condition} GROUP BY ServiceName ORDER BY sum(AdjustedCount) DESC LIMIT ${uint32(MAP_HISTORY_ROWS_MAX)})
GROUP BY service, isEntry, start
ORDER BY service, start`;
}

/** The busiest calls of the range, step by step. */
export function edgeHistoryQuery(
  range: TimeRange,
  request: TraceMapHistoryRequest,
  stepMinutes: number,
): Sql {
  const condition = edgesCondition(range, request);
  return sql`SELECT
  Caller AS caller,
  Callee AS callee,
  Kind AS kind,
  ${stepOfMinute(sql`Minute`, stepMinutes)} AS start,
  sum(Calls) AS calls,
  sum(Errors) AS errors,
  sumMap(Buckets, BucketCalls) AS buckets
FROM service_edges
WHERE ${condition}
  AND (Caller, Callee, Kind) IN (SELECT Caller, Callee, Kind FROM service_edges WHERE ${condition} GROUP BY Caller, Callee, Kind ORDER BY sum(Calls) DESC LIMIT ${uint32(MAP_HISTORY_ROWS_MAX)})
GROUP BY caller, callee, kind, start
ORDER BY caller, callee, kind, start`;
}
