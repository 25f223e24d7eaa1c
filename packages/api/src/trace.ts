/** One trace: its spans, and the log records that name it. Both streamed, oldest first. */
import { z } from 'zod';
import type { Span } from '@tendril/model/span';
import { errorEventSchema, summaryShape, type ErrorEvent, type Summary } from './answer.ts';
import { logSearchEventSchema } from './log-search.ts';
import type { Route } from './route.ts';
import { spanSchema } from './span.ts';

/** Spans of one answer; past it the summary says so (`partial`, reason `rows`). */
export const TRACE_SPANS_MAX = 200_000;

/** The trace's id: 32 hex digits, or 16 for ids of 64 bits. */
export interface TraceRequest {
  readonly traceId: string;
}

export type TraceEvent =
  | { readonly kind: 'row'; readonly span: Span }
  | TraceEndSummary
  | ErrorEvent;

export interface TraceEndSummary extends Summary {
  readonly counts: { readonly rows: number };
}

export interface TraceRecordsRequest {
  /** Only records of this span. */
  readonly spanId?: string | undefined;
  readonly limit: number;
}

export interface TraceRecordsInput extends TraceRequest {
  readonly spanId?: string | undefined;
  readonly limit?: number | undefined;
}

export const traceRecordsRequestSchema: z.ZodType<TraceRecordsRequest> = z.object({
  spanId: z
    .string()
    .regex(/^[0-9a-f]{16}$/i)
    .optional(),
  limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
});

const traceEventSchema: z.ZodType<TraceEvent> = z
  .union([
    z.object({ kind: z.literal('row'), span: spanSchema }),
    z.object({ ...summaryShape, counts: z.object({ rows: z.number().int() }) }),
    errorEventSchema,
  ])
  .meta({ id: 'TraceEvent' });

export const TRACE: Route = {
  method: 'GET',
  path: '/api/v1/traces/{traceId}',
  scope: 'read',
  operationId: 'getTrace',
  summary: 'The spans of a trace, whenever they happened; 404 when there are none',
  response: { mediaTypes: ['application/x-ndjson'], schema: traceEventSchema },
};

export const TRACE_RECORDS: Route = {
  method: 'GET',
  path: '/api/v1/traces/{traceId}/records',
  scope: 'read',
  operationId: 'getTraceRecords',
  summary: 'Log records that name a trace, or one of its spans',
  query: traceRecordsRequestSchema,
  response: { mediaTypes: ['application/x-ndjson'], schema: logSearchEventSchema },
};

export const TRACE_OTLP: Route = {
  method: 'GET',
  path: '/api/v1/traces/{traceId}/otlp',
  scope: 'read',
  operationId: 'downloadTrace',
  summary: 'A trace as a file, in the JSON of OTLP; 404 when it has no spans',
  response: { mediaTypes: ['application/json'], description: 'A TracesData message' },
};

/** Where the file is, from the root of the server. */
export function traceOtlpPath(traceId: string): string {
  return TRACE_OTLP.path.replace('{traceId}', encodeURIComponent(traceId));
}
