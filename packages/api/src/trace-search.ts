/**
 * Trace search: traces that have a matching span, those whose matching span is newest (or oldest) first.
 * A trace is described by all of its spans, also those outside the range.
 */
import { z } from 'zod';
import {
  errorEventSchema,
  progressSchema,
  summaryShape,
  type ErrorEvent,
  type ProgressEvent,
} from './answer.ts';
import { nanosecondsSchema } from './log-record.ts';
import type { LogSearchSummary } from './log-search.ts';
import type { Route } from './route.ts';
import {
  querySchema,
  timeBoundsShape,
  type TimeBounds,
  type TimeBoundsInput,
} from './time-bounds.ts';

export const TRACES_MAX = 1_500;

export interface TraceSearchRequest extends TimeBounds {
  /** Of one span: all its conditions hold for the same span. */
  readonly query: string;
  readonly limit: number;
  readonly order: 'desc' | 'asc';
  readonly cursor?: string;
  readonly sql: boolean;
}

export interface TraceSearchInput extends TimeBoundsInput {
  readonly query?: string | undefined;
  readonly limit?: number | undefined;
  readonly order?: 'desc' | 'asc' | undefined;
  readonly cursor?: string;
  readonly sql?: boolean | undefined;
}

export interface TraceService {
  readonly service: string;
  readonly spans: number;
  readonly errors: number;
}

export interface TraceSummary {
  readonly traceId: string;
  /** Of the first span. */
  readonly timestamp: string;
  /** From the start of the first span to the end of the last. */
  readonly durationNs: string;
  readonly spans: number;
  readonly errors: number;
  /** The span without a parent, or the first one where there is none. */
  readonly root: { readonly service: string; readonly name: string; readonly isWhole: boolean };
  /** At most 100, those with the most spans. */
  readonly services: readonly TraceService[];
}

export type TraceSearchEvent =
  | { readonly kind: 'row'; readonly trace: TraceSummary }
  | ProgressEvent
  | LogSearchSummary
  | ErrorEvent;

export const traceSearchRequestSchema: z.ZodType<TraceSearchRequest, TraceSearchInput> = z
  .strictObject({
    query: querySchema,
    ...timeBoundsShape,
    limit: z.number().int().min(1).max(TRACES_MAX).default(20),
    order: z.enum(['desc', 'asc']).default('desc'),
    cursor: z.string().max(100).exactOptional(),
    sql: z.boolean().default(false),
  })
  .meta({ id: 'TraceSearchRequest' });

const count = z.number().int().nonnegative();

const traceSummarySchema: z.ZodType<TraceSummary> = z
  .object({
    traceId: z.string(),
    timestamp: nanosecondsSchema,
    durationNs: z.string(),
    spans: count,
    errors: count,
    root: z.object({
      service: z.string(),
      name: z.string(),
      isWhole: z.boolean().describe('False when the span without a parent has not arrived.'),
    }),
    services: z.array(z.object({ service: z.string(), spans: count, errors: count })),
  })
  .meta({ id: 'TraceSummary' });

const traceSearchEventSchema: z.ZodType<TraceSearchEvent> = z
  .union([
    z.object({ kind: z.literal('row'), trace: traceSummarySchema }),
    progressSchema,
    z.object({
      ...summaryShape,
      counts: z.object({ rows: z.number().int() }),
      next: z.string().nullable(),
    }),
    errorEventSchema,
  ])
  .meta({ id: 'TraceSearchEvent' });

export const TRACE_SEARCH: Route = {
  method: 'POST',
  path: '/api/v1/traces/search',
  scope: 'read',
  operationId: 'searchTraces',
  summary: 'Search traces by a span they have; rows as they are found, then one summary',
  request: { mediaTypes: ['application/json'], schema: traceSearchRequestSchema },
  response: { mediaTypes: ['application/x-ndjson'], schema: traceSearchEventSchema },
};
