/** What a list of traces says of each: when, how long, by whom, with how many errors. */
import { z } from 'zod';
import type { TraceService, TraceSummary } from '@tendril/api/trace-search';
import { sql, uint32, type Sql } from '@tendril/sql/sql';
import type { LogReader } from '../logs/log-reader.ts';
import { allRows, type StatementOptions } from '../logs/statement.ts';
import { extentsCondition, traceExtents, type TraceExtent } from './trace-ranges.ts';

/** Of one trace. */
const SERVICES_MAX = 100;

const rowSchema = z.object({
  traceId: z.string(),
  first: z.string(),
  end: z.string(),
  spans: z.coerce.number(),
  errors: z.coerce.number(),
  roots: z.coerce.number(),
  rootService: z.string(),
  rootName: z.string(),
  services: z.array(z.tuple([z.string(), z.coerce.number(), z.coerce.number()])),
});

/** In the order of the ids; traces that have gone are left out. */
export async function traceSummaries(
  reader: LogReader,
  traceIds: readonly string[],
  options: StatementOptions,
): Promise<readonly TraceSummary[]> {
  const extents = await traceExtents(reader, traceIds, options);
  if (extents.length === 0) return [];
  const rows = await allRows(reader.engine, traceSummariesQuery(extents), options);
  const summaries = new Map(rows.map((row) => summaryOfRow(rowSchema.parse(row))));
  return traceIds.flatMap((id) => summaries.get(id) ?? []);
}

/** The root is the first span without a parent; where none has arrived, the first span. */
export function traceSummariesQuery(extents: readonly TraceExtent[]): Sql {
  return sql`SELECT
  traceId,
  toString(min(first)) AS first,
  toString(max(end)) AS end,
  sum(serviceSpans) AS spans,
  sum(serviceErrors) AS errors,
  sum(serviceRoots) AS roots,
  argMin(service, (serviceRoots = 0, head.1)) AS rootService,
  argMin(head.2, (serviceRoots = 0, head.1)) AS rootName,
  arraySlice(arraySort(s -> (-toInt64(s.2), s.1), groupArray((service, serviceSpans, serviceErrors))), 1, ${uint32(SERVICES_MAX)}) AS services
FROM
(
  SELECT
    TraceId AS traceId,
    toString(ServiceName) AS service,
    min(toUnixTimestamp64Nano(Timestamp)) AS first,
    max(toUnixTimestamp64Nano(Timestamp) + toInt64(least(Duration, 4611686018427387904))) AS end,
    count() AS serviceSpans,
    countIf(StatusCode = 'Error') AS serviceErrors,
    countIf(ParentSpanId = '') AS serviceRoots,
    if(serviceRoots > 0,
      argMinIf((Timestamp, toString(SpanName)), Timestamp, ParentSpanId = ''),
      argMin((Timestamp, toString(SpanName)), Timestamp)) AS head
  FROM traces
  WHERE ${extentsCondition(extents)}
  GROUP BY TraceId, ServiceName
)
GROUP BY traceId`;
}

function summaryOfRow(row: z.infer<typeof rowSchema>): readonly [string, TraceSummary] {
  const { traceId, first, end, spans, errors, roots, rootService, rootName } = row;
  const services = row.services.map(([service, serviceSpans, serviceErrors]): TraceService => ({
    service,
    spans: serviceSpans,
    errors: serviceErrors,
  }));
  return [
    traceId,
    {
      traceId,
      timestamp: first,
      durationNs: String(BigInt(end) - BigInt(first)),
      spans,
      errors,
      root: { service: rootService, name: rootName, isWhole: roots > 0 },
      services,
    },
  ];
}

const orphansSchema = z.object({ traceId: z.string(), orphans: z.coerce.number() });

/** By trace, how many of its spans name a parent that has not arrived; none is left out. */
export async function orphanCounts(
  reader: LogReader,
  traceIds: readonly string[],
  options: StatementOptions,
): Promise<ReadonlyMap<string, number>> {
  const extents = await traceExtents(reader, traceIds, options);
  if (extents.length === 0) return new Map();
  const rows = await allRows(reader.engine, orphansQuery(extents), options);
  return new Map(
    rows.map((row) => {
      const { traceId, orphans } = orphansSchema.parse(row);
      return [traceId, orphans];
    }),
  );
}

export function orphansQuery(extents: readonly TraceExtent[]): Sql {
  const ofTraces = extentsCondition(extents);
  return sql`SELECT TraceId AS traceId, count() AS orphans
FROM traces
WHERE ${ofTraces} AND ParentSpanId != ''
  AND (TraceId, ParentSpanId) NOT IN (SELECT TraceId, SpanId FROM traces WHERE ${ofTraces})
GROUP BY traceId`;
}
