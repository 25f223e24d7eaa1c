/** Spans back to OTLP's JSON, as the `resourceSpans` of a TracesData message. */
import type { AttributeScalar, AttributeValue, Attributes } from '@tendril/model/attribute';
import { SPAN_KINDS, SPAN_STATUSES, type Span } from '@tendril/model/span';

export type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };

/** Spans that follow each other from one resource and scope share them. */
export function resourceSpansOf(spans: readonly Span[]): readonly Json[] {
  return groupsOf(spans, ({ resource }) => keyOf(resource)).map((ofResource) => ({
    resource: given({ attributes: attributesJson(ofResource[0]?.resource ?? {}) }),
    scopeSpans: groupsOf(ofResource, ({ scope }) => keyOf(scope)).map((ofScope) => ({
      scope: scopeJson(ofScope[0]?.scope ?? { name: '' }),
      spans: ofScope.map(spanJson),
    })),
  }));
}

function groupsOf(
  spans: readonly Span[],
  key: (span: Span) => string,
): readonly (readonly Span[])[] {
  return [...Map.groupBy(spans, key).values()];
}

function keyOf(attributes: Attributes): string {
  return JSON.stringify(Object.entries(attributes).map(([name, value]) => [name, String(value)]));
}

function scopeJson({ name, version, ...attributes }: Span['scope']): Json {
  return given({
    name,
    version: typeof version === 'string' ? version : '',
    attributes: attributesJson(attributes),
  });
}

function spanJson(span: Span): Json {
  const { traceId, spanId, parentSpanId, traceState, name, timestamp, durationNs } = span;
  const { attributes, operationId } = span;
  const operation: Attributes = operationId === '' ? {} : { operationID: operationId };
  return given({
    traceId,
    spanId,
    traceState,
    parentSpanId,
    name,
    kind: SPAN_KINDS.indexOf(span.kind),
    startTimeUnixNano: timestamp,
    endTimeUnixNano: String(BigInt(timestamp) + BigInt(durationNs)),
    attributes: attributesJson({ ...operation, ...attributes }),
    events: span.events.map((event) =>
      given({
        timeUnixNano: event.timestamp,
        name: event.name,
        attributes: attributesJson(event.attributes),
      }),
    ),
    links: span.links.map((link) =>
      given({
        traceId: link.traceId,
        spanId: link.spanId,
        traceState: link.traceState,
        attributes: attributesJson(link.attributes),
      }),
    ),
    status: given({
      code: SPAN_STATUSES.indexOf(span.status),
      message: span.statusMessage,
    }),
  });
}

/** As protobuf writes JSON: a field that has its default is left out. */
export function given(fields: Readonly<Record<string, Json>>): Json {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isDefault(value)));
}

function isDefault(value: Json): boolean {
  return value === '' || value === 0 || (Array.isArray(value) && value.length === 0);
}

function attributesJson(attributes: Attributes): readonly Json[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: valueJson(value) }));
}

function valueJson(value: AttributeValue): Json {
  if (typeof value === 'object') return { arrayValue: { values: value.map(scalarJson) } };
  return scalarJson(value);
}

function scalarJson(value: AttributeScalar): Json {
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'string') return { stringValue: value };
  const isInteger = typeof value === 'bigint' || Number.isSafeInteger(value);
  return isInteger ? { intValue: String(value) } : { doubleValue: value };
}
