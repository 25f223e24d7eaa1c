/** Spans back to OTLP's JSON, as the `resourceSpans` of a TracesData message. */
import type { AttributeScalar, AttributeValue, Attributes } from '@tendril/model/attribute';
import { SPAN_KINDS, SPAN_STATUSES, type Span } from '@tendril/model/span';

type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };

/** Spans that follow each other from one resource and scope share them. */
export function resourceSpansOf(spans: readonly Span[]): readonly Json[] {
  return groupsOf(spans, ({ resource }) => keyOf(resource)).map((ofResource) => ({
    resource: { attributes: attributesJson(ofResource[0]?.resource ?? {}) },
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
  const entries =
    Object.keys(attributes).length === 0 ? {} : { attributes: attributesJson(attributes) };
  return { name, ...(typeof version === 'string' && { version }), ...entries };
}

function spanJson(span: Span): Json {
  const { traceId, spanId, parentSpanId, traceState, name, timestamp, durationNs } = span;
  const { attributes, operationId } = span;
  const operation: Attributes = operationId === '' ? {} : { operationID: operationId };
  return {
    traceId,
    spanId,
    ...(traceState !== '' && { traceState }),
    ...(parentSpanId !== '' && { parentSpanId }),
    name,
    kind: SPAN_KINDS.indexOf(span.kind),
    startTimeUnixNano: timestamp,
    endTimeUnixNano: String(BigInt(timestamp) + BigInt(durationNs)),
    attributes: attributesJson({ ...operation, ...attributes }),
    events: span.events.map((event) => ({
      timeUnixNano: event.timestamp,
      name: event.name,
      attributes: attributesJson(event.attributes),
    })),
    links: span.links.map((link) => ({
      traceId: link.traceId,
      spanId: link.spanId,
      traceState: link.traceState,
      attributes: attributesJson(link.attributes),
    })),
    status: {
      ...(span.status !== 'unset' && { code: SPAN_STATUSES.indexOf(span.status) }),
      ...(span.statusMessage !== '' && { message: span.statusMessage }),
    },
  };
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
