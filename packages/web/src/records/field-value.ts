/** What a record holds under a field's name, as text to show and to filter by. */
import type { AttributeValue } from '@tendril/model/attribute';
import { logFieldOf, type Field } from '@tendril/model/fields';
import type { LogRecord } from '@tendril/model/log-record';
import { severityOfNumber } from '@tendril/model/severity';

/** Undefined when the record has no such field. */
export function fieldValue(record: LogRecord, name: string): string | undefined {
  const own = ownValue(record.attributes, name) ?? ownValue(record.resource, name);
  const field = logFieldOf(name);
  const value = field ? (registeredValue(record, field) ?? own) : (own ?? prefixed(record, name));
  return value === undefined || value === '' ? undefined : attributeText(value);
}

export function attributeText(value: AttributeValue): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function registeredValue(record: LogRecord, field: Field): AttributeValue | undefined {
  switch (field.name) {
    case 'timestamp':
      return record.timestamp;
    case 'observedTimestamp':
      return record.observedTimestamp;
    case 'level':
      return levelOf(record);
    case 'severityNumber':
      return record.severityNumber;
    case 'body':
      return record.body;
    case 'original':
      return record.original;
    case 'service.name':
      return record.serviceName;
    case 'environment':
      return record.environment;
    case 'scope.name':
      return record.scope.name;
    case 'traceId':
      return record.traceId;
    case 'spanId':
      return record.spanId;
    case 'operationId':
      return record.operationId;
    case 'patternId':
      return record.patternId;
    case 'id':
      return record.id;
    default:
      return firstSource(record, field);
  }
}

// Columns that the record does not show at its top are filled from attributes under their source keys.
function firstSource(
  { attributes, resource }: LogRecord,
  field: Field,
): AttributeValue | undefined {
  for (const key of field.sourceKeys) {
    const value = ownValue(attributes, key) ?? ownValue(resource, key);
    if (value !== undefined) return value;
  }
  return undefined;
}

const PREFIXES = [
  ['attributes.', 'attributes'],
  ['resource.', 'resource'],
] as const;

function prefixed(record: LogRecord, name: string): AttributeValue | undefined {
  for (const [prefix, part] of PREFIXES) {
    if (name.startsWith(prefix)) return ownValue(record[part], name.slice(prefix.length));
  }
  return undefined;
}

function ownValue(
  values: Readonly<Record<string, AttributeValue>>,
  key: string,
): AttributeValue | undefined {
  return Object.hasOwn(values, key) ? values[key] : undefined;
}

/** `unknown` for records without a severity, as the histogram names it. */
export function levelOf({ severityNumber }: LogRecord): string {
  return severityOfNumber(severityNumber) ?? 'unknown';
}

export interface NamedValue {
  /** As the query language takes it. */
  readonly field: string;
  readonly value: string;
}

const TOP_FIELDS = ['operationId', 'traceId', 'spanId', 'environment', 'patternId'] as const;

/** Everything that a person may want to read or filter by: ids first, then attributes, then the resource. */
export function namedValues(record: LogRecord): {
  readonly ids: readonly NamedValue[];
  readonly attributes: readonly NamedValue[];
  readonly resource: readonly NamedValue[];
} {
  const ids = TOP_FIELDS.flatMap((field) => {
    const value = fieldValue(record, field);
    return value === undefined ? [] : [{ field, value }];
  });
  return {
    ids: [
      ...ids,
      ...(record.scope.name === '' ? [] : [{ field: 'scope.name', value: record.scope.name }]),
    ],
    attributes: entriesOf(record.attributes),
    resource: entriesOf(record.resource),
  };
}

function entriesOf(values: Readonly<Record<string, AttributeValue>>): readonly NamedValue[] {
  return Object.entries(values)
    .map(([field, value]) => ({ field, value: attributeText(value) }))
    .sort((a, b) => (a.field < b.field ? -1 : 1));
}
