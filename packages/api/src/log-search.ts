/**
 * Log search: records newest (or oldest) first, page by page, streamed as they are found; or, when the
 * query has pipes that make a table, its columns and cells.
 */
import { z } from 'zod';
import type { LogRecord } from '@tendril/model/log-record';
import {
  errorEventSchema,
  partialSchema,
  progressSchema,
  summaryShape,
  type ErrorEvent,
  type Partial,
  type ProgressEvent,
  type Summary,
} from './answer.ts';
import { FACET_VALUES_MAX, logFacetsResponseSchema, type LogFacetsResponse } from './log-facets.ts';
import {
  bucketCountsSchema,
  HISTOGRAM_BUCKETS_MAX,
  sampledSchema,
  type LogHistogramBucket,
  type LogHistogramSummary,
} from './log-histogram.ts';
import { logRecordSchema } from './log-record.ts';
import type { Route } from './route.ts';
import {
  tableCellsSchema,
  tableColumnsSchema,
  type TableCellsEvent,
  type TableColumnsEvent,
} from './table.ts';
import {
  querySchema,
  timeBoundsShape,
  type TimeBounds,
  type TimeBoundsInput,
} from './time-bounds.ts';

/** Rows of one page; who wants more follows the cursor. */
export const SEARCH_ROWS_MAX = 10_000;
/** Rows of a table; it has no pages. */
export const TABLE_ROWS_MAX = 10_000;

export interface LogSearchRequest extends TimeBounds {
  readonly query: string;
  /** Records of a page. A table is bounded by `TABLE_ROWS_MAX` alone. */
  readonly limit: number;
  readonly order: 'desc' | 'asc';
  /** `next` of the page before; the rest of the request stays as it was. */
  readonly cursor?: string;
  /** Ask for the statements in the summary. */
  readonly sql: boolean;
  /** Ask for histogram and facets of all that match, on a first page: they come after its rows. */
  readonly overview?: OverviewRequest;
}

export interface OverviewRequest {
  /** As of a histogram. */
  readonly buckets: number;
  /** Values of each facet; 0 for no facets. */
  readonly values: number;
}

export interface LogSearchInput extends TimeBoundsInput {
  readonly query?: string | undefined;
  readonly limit?: number | undefined;
  readonly order?: 'desc' | 'asc' | undefined;
  readonly cursor?: string;
  readonly sql?: boolean | undefined;
  readonly overview?: OverviewRequest;
}

/** Which of the two a query answers is known before the first row: a table begins with its columns. */
export type LogSearchEvent =
  | LogRowEvent
  | TableColumnsEvent
  | TableCellsEvent
  | ProgressEvent
  | LogPageEvent
  | LogOverviewEvent
  | LogFacetsEvent
  | LogSearchSummary
  | ErrorEvent;

export interface LogRowEvent {
  readonly kind: 'row';
  readonly record: LogRecord;
  /** Of `| around`: the record surrounds one that matches and does not match itself. */
  readonly context?: boolean;
}

/** With an overview: all rows of the page were sent, and the next can be asked for while the rest is counted. */
export interface LogPageEvent {
  readonly kind: 'page';
  readonly counts: { readonly rows: number };
  readonly next: string | null;
  readonly partial: Partial | null;
}

/** What a histogram says: of the page's own rows where they are all there are, otherwise counted, or estimated. */
export interface LogOverviewEvent extends Pick<LogHistogramSummary, 'partial' | 'sampled'> {
  readonly kind: 'overview';
  /** Of a bucket, in nanoseconds. */
  readonly width: string;
  readonly buckets: readonly Pick<LogHistogramBucket, 'start' | 'counts'>[];
  readonly records: number;
}

export interface LogFacetsEvent {
  readonly kind: 'facets';
  readonly facets: LogFacetsResponse;
}

export interface LogSearchSummary extends Summary {
  readonly counts: { readonly rows: number };
  /** Cursor of the next page; null when the range has been read to its end, and for tables. */
  readonly next: string | null;
}

export const logSearchRequestSchema: z.ZodType<LogSearchRequest, LogSearchInput> = z
  .strictObject({
    query: querySchema,
    ...timeBoundsShape,
    limit: z.number().int().min(1).max(SEARCH_ROWS_MAX).default(100),
    order: z.enum(['desc', 'asc']).default('desc'),
    cursor: z.string().max(100).exactOptional(),
    sql: z.boolean().default(false),
    overview: z
      .strictObject({
        buckets: z.number().int().min(1).max(HISTOGRAM_BUCKETS_MAX),
        values: z.number().int().min(0).max(FACET_VALUES_MAX),
      })
      .exactOptional()
      .describe('Histogram and facets of all that match, after the rows of a first page.'),
  })
  .meta({ id: 'LogSearchRequest' });

export const logSearchEventSchema: z.ZodType<LogSearchEvent> = z
  .union([
    z.object({
      kind: z.literal('row'),
      record: logRecordSchema,
      context: z.boolean().exactOptional(),
    }),
    tableColumnsSchema,
    tableCellsSchema,
    progressSchema,
    z.object({
      kind: z.literal('page'),
      counts: z.object({ rows: z.number().int() }),
      next: z.string().nullable(),
      partial: partialSchema,
    }),
    z.object({
      kind: z.literal('overview'),
      width: z.string(),
      buckets: z.array(z.object({ start: z.string(), counts: bucketCountsSchema })),
      records: z.number().int(),
      partial: partialSchema,
      sampled: sampledSchema.exactOptional(),
    }),
    z.object({ kind: z.literal('facets'), facets: logFacetsResponseSchema }),
    z.object({
      ...summaryShape,
      counts: z.object({ rows: z.number().int() }),
      next: z.string().nullable(),
    }),
    errorEventSchema,
  ])
  .meta({ id: 'LogSearchEvent' });

export const LOG_SEARCH: Route = {
  method: 'POST',
  path: '/api/v1/logs/search',
  scope: 'read',
  operationId: 'searchLogs',
  summary: 'Search log records; rows as they are found, then one summary',
  request: { mediaTypes: ['application/json'], schema: logSearchRequestSchema },
  response: { mediaTypes: ['application/x-ndjson'], schema: logSearchEventSchema },
};
