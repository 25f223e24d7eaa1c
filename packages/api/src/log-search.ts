/**
 * Log search: records newest (or oldest) first, page by page, streamed as they are found; or, when the
 * query has pipes that make a table, its columns and cells.
 */
import { z } from 'zod';
import type { LogRecord } from '@tendril/model/log-record';
import {
  errorEventSchema,
  progressSchema,
  summaryShape,
  type ErrorEvent,
  type ProgressEvent,
  type Summary,
} from './answer.ts';
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
}

export interface LogSearchInput extends TimeBoundsInput {
  readonly query?: string | undefined;
  readonly limit?: number | undefined;
  readonly order?: 'desc' | 'asc' | undefined;
  readonly cursor?: string;
  readonly sql?: boolean | undefined;
}

/** Which of the two a query answers is known before the first row: a table begins with its columns. */
export type LogSearchEvent =
  | LogRowEvent
  | TableColumnsEvent
  | TableCellsEvent
  | ProgressEvent
  | LogSearchSummary
  | ErrorEvent;

export interface LogRowEvent {
  readonly kind: 'row';
  readonly record: LogRecord;
  /** Of `| around`: the record surrounds one that matches and does not match itself. */
  readonly context?: boolean;
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
