/** The shape of a span on the wire, CONTRACTS of `@tendril/model/span`. */
import { z } from 'zod';
import { SPAN_KINDS, SPAN_STATUSES, type Span } from '@tendril/model/span';
import { attributesSchema, nanosecondsSchema, scopeSchema } from './log-record.ts';

const traceId = z.string().describe('32 lower-case hex digits.');
const spanId = z.string().describe('16 lower-case hex digits.');

export const spanSchema: z.ZodType<Span> = z
  .object({
    id: z.string().describe('16 hex digits.'),
    timestamp: nanosecondsSchema,
    durationNs: z.string(),
    traceId,
    spanId,
    parentSpanId: z.string().describe('Empty for a root.'),
    traceState: z.string(),
    name: z.string(),
    kind: z.enum(SPAN_KINDS),
    status: z.enum(SPAN_STATUSES),
    statusMessage: z.string(),
    serviceName: z.string(),
    environment: z.string(),
    operationId: z.string(),
    resource: attributesSchema,
    scope: scopeSchema,
    attributes: attributesSchema,
    events: z.array(
      z.object({ timestamp: nanosecondsSchema, name: z.string(), attributes: attributesSchema }),
    ),
    links: z.array(
      z.object({ traceId, spanId, traceState: z.string(), attributes: attributesSchema }),
    ),
  })
  .meta({ id: 'Span' });
