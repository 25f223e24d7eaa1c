/** Counts of matching records over time, split by severity. Their sum is exactly what a search finds. */
import { z } from 'zod';
import {
  errorEventSchema,
  progressSchema,
  summaryShape,
  type ErrorEvent,
  type ProgressEvent,
  type Summary,
} from './answer.ts';
import type { Route } from './route.ts';
import {
  querySchema,
  timeBoundsShape,
  type TimeBounds,
  type TimeBoundsInput,
} from './time-bounds.ts';

export const HISTOGRAM_BUCKETS_MAX = 2_000;

/** `unknown` counts records without a severity. */
export const LEVELS = ['unknown', 'trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type Level = (typeof LEVELS)[number];

export interface LogHistogramRequest extends TimeBounds {
  readonly query: string;
  /** About how many buckets; their width is the next rounder one. */
  readonly buckets: number;
  readonly sql: boolean;
  /** Counts estimated from some of the records will do, where exact ones would take long. */
  readonly estimate: boolean;
}

export interface LogHistogramInput extends TimeBoundsInput {
  readonly query?: string | undefined;
  readonly buckets?: number | undefined;
  readonly sql?: boolean | undefined;
  readonly estimate?: boolean | undefined;
}

/** Buckets without records are left out. */
export interface LogHistogramBucket {
  readonly kind: 'bucket';
  /** Start in nanoseconds, a multiple of the width; the first one may start before the range. */
  readonly start: string;
  /** In nanoseconds; of all buckets the same. */
  readonly width: string;
  readonly counts: Readonly<{ [level in Level]?: number | undefined }>;
}

export interface LogHistogramSummary extends Summary {
  readonly counts: { readonly records: number };
  /** Width of a bucket in nanoseconds. */
  readonly width: string;
  /** Present when the counts are estimated, as the request allowed: from so many records, matching or not. */
  readonly sampled?: { readonly records: number };
}

export type LogHistogramEvent =
  | LogHistogramBucket
  | ProgressEvent
  | LogHistogramSummary
  | ErrorEvent;

export const logHistogramRequestSchema: z.ZodType<LogHistogramRequest, LogHistogramInput> = z
  .strictObject({
    query: querySchema,
    ...timeBoundsShape,
    buckets: z.number().int().min(1).max(HISTOGRAM_BUCKETS_MAX).default(60),
    sql: z.boolean().default(false),
    estimate: z
      .boolean()
      .default(false)
      .describe('Counts estimated from some of the records will do; the summary says so.'),
  })
  .meta({ id: 'LogHistogramRequest' });

export const bucketCountsSchema: z.ZodType<LogHistogramBucket['counts']> = z.partialRecord(
  z.enum(LEVELS),
  z.number().int(),
);

export const sampledSchema: z.ZodType<{ readonly records: number }> = z.object({
  records: z.number().int(),
});

export const logHistogramEventSchema: z.ZodType<LogHistogramEvent> = z
  .union([
    z.object({
      kind: z.literal('bucket'),
      start: z.string(),
      width: z.string(),
      counts: bucketCountsSchema,
    }),
    progressSchema,
    z.object({
      ...summaryShape,
      counts: z.object({ records: z.number().int() }),
      width: z.string(),
      sampled: sampledSchema.exactOptional(),
    }),
    errorEventSchema,
  ])
  .meta({ id: 'LogHistogramEvent' });

export const LOG_HISTOGRAM: Route = {
  method: 'POST',
  path: '/api/v1/logs/histogram',
  scope: 'read',
  operationId: 'logHistogram',
  summary: 'Count matching records over time by severity',
  request: { mediaTypes: ['application/json'], schema: logHistogramRequestSchema },
  response: { mediaTypes: ['application/x-ndjson'], schema: logHistogramEventSchema },
};
