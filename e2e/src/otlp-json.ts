/** Spans as an OTLP/HTTP sender writes them in JSON. */
import { SPAN_KINDS } from '@tendril/model/span';
import type { DemoSpan } from './demo-traces.ts';

type Attributes = Readonly<Record<string, string | number | boolean>>;

/** One request body; spans of one service and host share a resource. */
export function otlpRequest(spans: readonly DemoSpan[]): string {
  const resources = new Map<string, DemoSpan[]>();
  for (const span of spans) {
    const key = JSON.stringify([span.service, span.host ?? '']);
    const known = resources.get(key);
    if (known) known.push(span);
    else resources.set(key, [span]);
  }
  return JSON.stringify({ resourceSpans: [...resources.values()].map(resourceSpans) });
}

function resourceSpans(spans: readonly DemoSpan[]): unknown {
  const [first] = spans;
  const attributes = {
    'service.name': first?.service ?? '',
    'deployment.environment.name': 'prod',
    ...(first?.host !== undefined && { 'host.name': first.host }),
    'telemetry.sdk.language': 'go',
  };
  return {
    resource: { attributes: attributeList(attributes) },
    scopeSpans: [{ scope: { name: 'demo', version: '1.0' }, spans: spans.map(spanJson) }],
  };
}

function spanJson(span: DemoSpan): unknown {
  const { traceId, spanId, parentSpanId = '', name, startNs, durationNs, error } = span;
  return {
    traceId,
    spanId,
    parentSpanId,
    name,
    kind: SPAN_KINDS.indexOf(span.kind),
    startTimeUnixNano: String(startNs),
    endTimeUnixNano: String(startNs + durationNs),
    attributes: attributeList(span.attributes ?? {}),
    events: (span.events ?? []).map((event) => ({
      timeUnixNano: String(event.atNs),
      name: event.name,
      attributes: attributeList(event.attributes ?? {}),
    })),
    links: span.links ?? [],
    status: error === undefined ? {} : { code: 2, message: error },
  };
}

function attributeList(attributes: Attributes): readonly unknown[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: valueOf(value) }));
}

function valueOf(value: string | number | boolean): unknown {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
