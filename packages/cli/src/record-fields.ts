/** Fields of a record by the names that the query language takes. */
import { logFieldOf } from '@tendril/model/fields';
import type { AttributeValue } from '@tendril/model/attribute';
import type { LogRecord } from '@tendril/model/log-record';
import { timeText } from './output/record-line.ts';

type Getter = (record: LogRecord) => AttributeValue;

// By canonical name. Other registered fields are attributes under one of their source keys.
const OWN: Readonly<Record<string, Getter>> = {
  timestamp: ({ timestamp }) => timeText(timestamp, false),
  observedTimestamp: ({ observedTimestamp }) => timeText(observedTimestamp, false),
  level: ({ severityText }) => severityText,
  severityNumber: ({ severityNumber }) => severityNumber,
  body: ({ body }) => body,
  original: ({ original, body }) => original || body,
  'service.name': ({ serviceName }) => serviceName,
  environment: ({ environment }) => environment,
  'scope.name': ({ scope }) => scope.name,
  traceId: ({ traceId }) => traceId,
  spanId: ({ spanId }) => spanId,
  operationId: ({ operationId }) => operationId,
  patternId: ({ patternId }) => patternId,
  id: ({ id }) => id,
};

/** Undefined when the record has no such field. */
export function fieldOf(record: LogRecord, name: string): AttributeValue | undefined {
  const field = logFieldOf(name);
  const own = field && OWN[field.name];
  if (own) return own(record);
  const keys = field ? [name, ...field.sourceKeys] : [name];
  for (const key of keys) {
    const value = record.attributes[key] ?? record.resource[key];
    if (value !== undefined) return value;
  }
  return undefined;
}
