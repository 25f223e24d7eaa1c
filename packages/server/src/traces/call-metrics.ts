/**
 * Calls of services, or of their operations, minute by minute or in longer steps, with one quantile of
 * their durations: what dashboards of other systems draw.
 */
import { z } from 'zod';
import { type SpanKind } from '@tendril/model/span';
import { NS_PER_SECOND, type TimeRange } from '@tendril/model/time-range';
import { decimal, integer, sql, strings, uint32, type Sql } from '@tendril/sql/sql';
import type { LogReader } from '../logs/log-reader.ts';
import { allRows } from '../logs/statement.ts';
import { callsCondition, stepOfMinute, storedKind, wholeMinutes } from './service-calls.ts';

/** The most called ones. */
const OPERATIONS_MAX = 200;
/** Those that the projection `calls` holds; others are worked out from the spans. */
const LEVELS_KEPT = [0.5, 0.95, 0.99] as const;

export interface CallMetricsRequest {
  readonly range: TimeRange;
  readonly services: readonly string[];
  readonly kinds: readonly SpanKind[];
  readonly byOperation: boolean;
  readonly stepMinutes: number;
  /** 0 to 1. */
  readonly quantile: number;
}

export interface CallMetric {
  readonly service: string;
  /** Empty unless asked for by operation. */
  readonly operation: string;
  /** Of the step, in nanoseconds. */
  readonly startNs: bigint;
  readonly calls: number;
  readonly errors: number;
  readonly quantileNs: number;
}

const rowSchema = z.object({
  service: z.string(),
  operation: z.string(),
  start: z.coerce.bigint(),
  calls: z.coerce.number(),
  errors: z.coerce.number(),
  quantileNs: z.coerce.number(),
});

/** `reader` is of spans. Steps without calls are left out. */
export async function callMetrics(
  reader: LogReader,
  request: CallMetricsRequest,
  signal: AbortSignal,
): Promise<readonly CallMetric[]> {
  const range = wholeMinutes(request.range);
  const options = { budget: reader.budget(), signal };
  await reader.flushed(signal, range);
  const rows = await allRows(reader.engine, callMetricsQuery({ ...request, range }), options);
  return rows.map((row) => {
    const { start, ...calls } = rowSchema.parse(row);
    return Object.assign({ startNs: start * NS_PER_SECOND }, calls);
  });
}

export function callMetricsQuery(request: CallMetricsRequest): Sql {
  const { range, services, kinds, byOperation, stepMinutes, quantile } = request;
  const stored = kinds.map(storedKind);
  const condition = sql`${callsCondition(range, {})} AND ServiceName IN ${strings(services)} AND SpanKind IN ${strings(stored)}`;
  const busiest = sql`(ServiceName, SpanName) IN (SELECT ServiceName, SpanName FROM traces WHERE ${condition} GROUP BY ServiceName, SpanName ORDER BY sum(AdjustedCount) DESC LIMIT ${uint32(OPERATIONS_MAX)})`;
  return sql`SELECT
  ServiceName AS service,
  ${byOperation ? sql`SpanName` : sql`''`} AS operation,
  toString(${stepOfMinute(sql`toStartOfMinute(Timestamp)`, stepMinutes)}) AS start,
  sum(AdjustedCount) AS calls,
  sumIf(AdjustedCount, StatusCode = 'Error') AS errors,
  ${quantileSql(quantile)} AS quantileNs
FROM traces
WHERE ${condition}${byOperation ? sql` AND ${busiest}` : sql``}
GROUP BY service, operation, start
ORDER BY service, operation, start`;
}

// Levels are part of the function's name to the engine, and so cannot be bound.
function quantileSql(quantile: number): Sql {
  const kept = LEVELS_KEPT.findIndex((level) => level === quantile);
  return kept < 0
    ? sql`quantileTDigestWeighted(${decimal(quantile)})(Duration, toUInt32(round(AdjustedCount)))`
    : sql`quantilesTDigestWeighted(0.5, 0.95, 0.99)(Duration, toUInt32(round(AdjustedCount)))[${integer(kept + 1)}]`;
}
