/** Live tail: records as they are acknowledged, as server-sent events. */
import { z } from 'zod';
import type { LogRecord } from '@tendril/model/log-record';
import { errorEventSchema, type ErrorEvent } from './answer.ts';
import { logRecordSchema } from './log-record.ts';
import type { Route } from './route.ts';
import { querySchema } from './time-bounds.ts';

export interface LogTailRequest {
  readonly query: string;
}

export interface LogTailInput {
  readonly query?: string | undefined;
}

/** The event's name is its `kind`, its data the whole object. */
export type LogTailEvent =
  /** The first event: what is acknowledged from here on will be sent. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'record'; readonly record: LogRecord }
  /** The reader was too slow: so many matching records were left out here. */
  | { readonly kind: 'skipped'; readonly count: number }
  | ErrorEvent;

/** The event names that a server sends. */
export const LOG_TAIL_EVENTS = ['ready', 'record', 'skipped', 'error'] as const;

export const logTailRequestSchema: z.ZodType<LogTailRequest, LogTailInput> = z.strictObject({
  query: querySchema,
});

export const logTailEventSchema: z.ZodType<LogTailEvent> = z
  .union([
    z.object({ kind: z.literal('ready') }),
    z.object({ kind: z.literal('record'), record: logRecordSchema }),
    z.object({ kind: z.literal('skipped'), count: z.number().int() }),
    errorEventSchema,
  ])
  .meta({ id: 'LogTailEvent' });

export const LOG_TAIL: Route = {
  method: 'GET',
  path: '/api/v1/logs/tail',
  scope: 'read',
  operationId: 'tailLogs',
  summary: 'Matching records as they arrive, as server-sent events',
  query: logTailRequestSchema,
  response: { mediaTypes: ['text/event-stream'], schema: logTailEventSchema },
};
