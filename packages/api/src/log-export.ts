/**
 * Everything that a query finds, as a file. GET, so that a browser can download it by a link. The
 * answer is streamed; when something fails on the way the connection is cut, so that a file that is
 * not whole is never taken for one.
 */
import { z } from 'zod';
import type { Route } from './route.ts';
import {
  querySchema,
  timeBoundsShape,
  type TimeBounds,
  type TimeBoundsInput,
} from './time-bounds.ts';

export const EXPORT_FORMATS = ['csv', 'ndjson', 'txt', 'parquet'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** What holds more is exported in pieces. */
export const EXPORT_ROWS_MAX = 10_000_000;
export const EXPORT_COLUMNS_MAX = 200;

export interface LogExportRequest extends TimeBounds {
  readonly query: string;
  readonly format: ExportFormat;
  /** Names of fields; empty for the whole record (NDJSON, Parquet) or the usual columns (CSV, text). */
  readonly columns: readonly string[];
  /** Only the first so many. Without it everything; more than may be exported at once is a failure. */
  readonly limit?: number;
  readonly order: 'desc' | 'asc';
  /** Suggested to the browser; made safe by the server. */
  readonly filename: string;
}

export interface LogExportInput extends TimeBoundsInput {
  readonly query?: string | undefined;
  readonly format?: ExportFormat | undefined;
  /** Separated by commas; a name that holds one is written in double quotes, as in CSV. */
  readonly columns?: string | undefined;
  readonly limit?: number | undefined;
  readonly order?: 'desc' | 'asc' | undefined;
  readonly filename?: string | undefined;
}

export const logExportRequestSchema: z.ZodType<LogExportRequest, LogExportInput> = z.strictObject({
  query: querySchema,
  ...timeBoundsShape,
  format: z.enum(EXPORT_FORMATS).default('csv'),
  columns: z
    .string()
    .max(64 * 1024)
    .default('')
    .transform(columnNames)
    .pipe(z.array(z.string().max(1024)).max(EXPORT_COLUMNS_MAX)),
  limit: z.coerce.number<number>().int().min(1).max(EXPORT_ROWS_MAX).exactOptional(),
  order: z.enum(['desc', 'asc']).default('desc'),
  filename: z.string().max(200).default(''),
});

function columnNames(text: string): readonly string[] {
  const names = text.match(/"(?:[^"]|"")*"|[^,]+/g) ?? [];
  return names
    .map((name) => name.trim())
    .map((name) => (/^".*"$/s.test(name) ? name.slice(1, -1).replaceAll('""', '"') : name))
    .filter((name) => name !== '');
}

/** For a request: the names as `columns` wants them. */
export function printColumnNames(names: readonly string[]): string {
  return names
    .map((name) => (/[",]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name))
    .join(',');
}

export const LOG_EXPORT: Route = {
  method: 'GET',
  path: '/api/v1/logs/export',
  scope: 'read',
  operationId: 'exportLogs',
  summary: 'Download what a query finds as CSV, NDJSON, text or Parquet',
  query: logExportRequestSchema,
  response: {
    mediaTypes: [
      'text/csv',
      'application/x-ndjson',
      'text/plain',
      'application/vnd.apache.parquet',
    ],
    description: 'A file. A connection that breaks means that it is not whole.',
  },
};
