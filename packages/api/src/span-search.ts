/** Span search: spans newest (or oldest) first, page by page, streamed as they are found. */
import { z } from 'zod';
import type { Span } from '@tendril/model/span';
import {
  errorEventSchema,
  progressSchema,
  summaryShape,
  type ErrorEvent,
  type ProgressEvent,
} from './answer.ts';
import { logFieldsRequestSchema, logFieldsResponseSchema } from './log-fields.ts';
import {
  logSearchRequestSchema,
  type LogSearchInput,
  type LogSearchRequest,
  type LogSearchSummary,
} from './log-search.ts';
import type { Route } from './route.ts';
import { spanSchema } from './span.ts';

/** As a search of logs; the query is about fields of spans. */
export type SpanSearchRequest = LogSearchRequest;
export type SpanSearchInput = LogSearchInput;

export type SpanSearchEvent =
  | { readonly kind: 'row'; readonly span: Span }
  | ProgressEvent
  | LogSearchSummary
  | ErrorEvent;

const spanSearchEventSchema: z.ZodType<SpanSearchEvent> = z
  .union([
    z.object({ kind: z.literal('row'), span: spanSchema }),
    progressSchema,
    z.object({
      ...summaryShape,
      counts: z.object({ rows: z.number().int() }),
      next: z.string().nullable(),
    }),
    errorEventSchema,
  ])
  .meta({ id: 'SpanSearchEvent' });

export const SPAN_SEARCH: Route = {
  method: 'POST',
  path: '/api/v1/spans/search',
  scope: 'read',
  operationId: 'searchSpans',
  summary: 'Search spans; rows as they are found, then one summary',
  request: { mediaTypes: ['application/json'], schema: logSearchRequestSchema },
  response: { mediaTypes: ['application/x-ndjson'], schema: spanSearchEventSchema },
};

export const SPAN_FIELDS_LIST: Route = {
  method: 'GET',
  path: '/api/v1/spans/fields',
  scope: 'read',
  operationId: 'listSpanFields',
  summary: 'Fields that the spans of a range have',
  query: logFieldsRequestSchema,
  response: { mediaTypes: ['application/json'], schema: logFieldsResponseSchema },
};
