/** One record by its permalink, and what surrounds it. */
import { z } from 'zod';
import type { LogRecord } from '@tendril/model/log-record';
import { partialSchema, type Partial } from './answer.ts';
import { logRecordSchema } from './log-record.ts';
import type { Route } from './route.ts';
import { querySchema } from './time-bounds.ts';

export const SURROUNDINGS_ROWS_MAX = 1_000;

/** (Timestamp, id) is a record's address: the id alone would have to be looked for everywhere. */
export interface LogRecordRequest {
  /** Nanoseconds since 1970, exactly as the record has it. */
  readonly timestamp: string;
}

export interface LogSurroundingsRequest extends LogRecordRequest {
  /** Narrows what surrounds the record, e.g. to its service; the record itself need not match. */
  readonly query: string;
  readonly before: number;
  readonly after: number;
}

export interface LogSurroundingsInput extends LogRecordRequest {
  readonly query?: string | undefined;
  readonly before?: number | undefined;
  readonly after?: number | undefined;
}

/** All in the order of time. */
export interface LogSurroundingsResponse {
  readonly before: readonly LogRecord[];
  readonly record: LogRecord;
  readonly after: readonly LogRecord[];
  /** Null when both sides hold as many as asked for, or all there are. */
  readonly partial: Partial | null;
}

const timestamp = z
  .string()
  .regex(/^\d{1,19}$/)
  .describe('Nanoseconds since 1970, exactly as the record has it.');
const rows = z.coerce.number<number>().int().min(0).max(SURROUNDINGS_ROWS_MAX);

export const logRecordRequestSchema: z.ZodType<LogRecordRequest> = z.strictObject({ timestamp });

export const logSurroundingsRequestSchema: z.ZodType<LogSurroundingsRequest, LogSurroundingsInput> =
  z.strictObject({
    timestamp,
    query: querySchema,
    before: rows.default(10),
    after: rows.default(10),
  });

export const logSurroundingsResponseSchema: z.ZodType<LogSurroundingsResponse> = z
  .object({
    before: z.array(logRecordSchema),
    record: logRecordSchema,
    after: z.array(logRecordSchema),
    partial: partialSchema,
  })
  .meta({ id: 'LogSurroundings' });

export const LOG_RECORD: Route = {
  method: 'GET',
  path: '/api/v1/logs/records/{id}',
  scope: 'read',
  operationId: 'getLogRecord',
  summary: 'One record by its id and timestamp',
  query: logRecordRequestSchema,
  response: { mediaTypes: ['application/json'], schema: logRecordSchema },
};

export const LOG_SURROUNDINGS: Route = {
  method: 'GET',
  path: '/api/v1/logs/records/{id}/surroundings',
  scope: 'read',
  operationId: 'getLogSurroundings',
  summary: 'The records before and after one record',
  query: logSurroundingsRequestSchema,
  response: { mediaTypes: ['application/json'], schema: logSurroundingsResponseSchema },
};
