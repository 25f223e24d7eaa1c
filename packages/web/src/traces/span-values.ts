/** What a span says under names that the query language takes. */
import type { Attributes } from '@tendril/model/attribute';
import type { Span } from '@tendril/model/span';
import { attributeText, type NamedValue } from '../records/field-value.ts';

export interface SpanValues {
  readonly own: readonly NamedValue[];
  readonly tags: readonly NamedValue[];
  readonly process: readonly NamedValue[];
}

export function spanValues(span: Span): SpanValues {
  const own = [
    ['name', span.name],
    ['service.name', span.serviceName],
    ['kind', span.kind],
    ['status', span.status],
    ['statusMessage', span.statusMessage],
    ['spanId', span.spanId],
    ['parentSpanId', span.parentSpanId],
    ['traceId', span.traceId],
    ['operationId', span.operationId],
    ['environment', span.environment],
    ['scope.name', span.scope.name],
    ['traceState', span.traceState],
  ] as const;
  return {
    own: own.filter(([, value]) => value !== '').map(([field, value]) => ({ field, value })),
    tags: namedAttributes(span.attributes),
    process: namedAttributes(span.resource),
  };
}

export function namedAttributes(values: Attributes): readonly NamedValue[] {
  return Object.entries(values)
    .map(([field, value]) => ({ field, value: attributeText(value) }))
    .sort((a, b) => (a.field < b.field ? -1 : 1));
}
