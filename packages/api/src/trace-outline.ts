/**
 * The outline of a trace: what drawing it needs of each span, in batches, oldest first. Attributes and the
 * rest of a span are asked for when it is looked at, so that 100,000 spans come in a second.
 */
import { z } from 'zod';
import { SPAN_KINDS, SPAN_STATUSES, type SpanKind, type SpanStatus } from '@tendril/model/span';
import { errorEventSchema, summaryShape, type ErrorEvent } from './answer.ts';
import { nanosecondsSchema } from './log-record.ts';
import type { Route } from './route.ts';
import type { TraceEndSummary } from './trace.ts';

/** Of one span; of the rest the span itself tells. */
export const OUTLINE_EVENTS_MAX = 64;
/** Of a name or a message; the span itself has all of it. */
export const OUTLINE_TEXT_CHARACTERS_MAX = 300;

export interface SpanOutline {
  /** RecordId as 16 hex digits. */
  readonly id: string;
  readonly timestamp: string;
  readonly durationNs: string;
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: SpanKind;
  readonly status: SpanStatus;
  readonly statusMessage: string;
  readonly serviceName: string;
  /** Whose clock it was: the host, else the instance; empty when the sender did not say. */
  readonly host: string;
  readonly events: readonly { readonly timestamp: string; readonly name: string }[];
  readonly links: number;
}

export type TraceOutlineEvent =
  | { readonly kind: 'spans'; readonly spans: readonly SpanOutline[] }
  | TraceEndSummary
  | ErrorEvent;

const spanOutlineSchema: z.ZodType<SpanOutline> = z
  .object({
    id: z.string(),
    timestamp: nanosecondsSchema,
    durationNs: z.string(),
    spanId: z.string(),
    parentSpanId: z.string(),
    name: z.string(),
    kind: z.enum(SPAN_KINDS),
    status: z.enum(SPAN_STATUSES),
    statusMessage: z.string(),
    serviceName: z.string(),
    host: z.string(),
    events: z.array(z.object({ timestamp: nanosecondsSchema, name: z.string() })),
    links: z.number().int(),
  })
  .meta({ id: 'SpanOutline' });

const traceOutlineEventSchema: z.ZodType<TraceOutlineEvent> = z
  .union([
    z.object({ kind: z.literal('spans'), spans: z.array(spanOutlineSchema) }),
    z.object({ ...summaryShape, counts: z.object({ rows: z.number().int() }) }),
    errorEventSchema,
  ])
  .meta({ id: 'TraceOutlineEvent' });

export const TRACE_OUTLINE: Route = {
  method: 'GET',
  path: '/api/v1/traces/{traceId}/outline',
  scope: 'read',
  operationId: 'getTraceOutline',
  summary: 'Times, names and parents of the spans of a trace; 404 when there are none',
  response: { mediaTypes: ['application/x-ndjson'], schema: traceOutlineEventSchema },
};
