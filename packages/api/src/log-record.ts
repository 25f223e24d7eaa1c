/** The shape of a log record on the wire, CONTRACTS of `@tendril/model/log-record`. */
import { z } from 'zod';
import type { Attributes } from '@tendril/model/attribute';
import type { LogRecord } from '@tendril/model/log-record';

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const attributeValue = z.union([scalar, z.array(scalar)]);
export const attributesSchema: z.ZodType<Attributes> = z.record(z.string(), attributeValue);
export const nanosecondsSchema: z.ZodType<string> = z
  .string()
  .regex(/^\d+$/)
  .describe('Nanoseconds since 1970, UTC.');
export const scopeSchema: z.ZodType<LogRecord['scope']> = z
  .object({ name: z.string() })
  .catchall(attributeValue);

export const logRecordSchema: z.ZodType<LogRecord> = z
  .object({
    id: z.string().describe('16 hex digits.'),
    timestamp: nanosecondsSchema,
    observedTimestamp: nanosecondsSchema,
    severityText: z.string(),
    severityNumber: z.number().int().describe('OpenTelemetry severity, 1 to 24; 0 when unknown.'),
    body: z.string(),
    original: z.string().describe('The raw line when parsing changed it, else empty.'),
    serviceName: z.string(),
    environment: z.string(),
    traceId: z.string(),
    spanId: z.string(),
    operationId: z.string(),
    patternId: z.string(),
    resource: attributesSchema,
    scope: scopeSchema,
    attributes: attributesSchema.describe(
      'Flat: nested keys are joined with dots. Integers above 2^53 are strings.',
    ),
  })
  .meta({ id: 'LogRecord' });
