/**
 * Traces as Jaeger's first HTTP API answers them, for its pages and Grafana's source: times in
 * microseconds, attributes as typed tags, resources as processes, events as logs.
 */
import { createHash } from 'node:crypto';
import type { AttributeScalar, AttributeValue } from '@tendril/model/attribute';
import type { Span, SpanEvent, SpanLink } from '@tendril/model/span';

export interface JaegerTag {
  readonly key: string;
  readonly type: 'string' | 'bool' | 'int64' | 'float64';
  readonly value: string | number | boolean;
}

interface JaegerReference {
  readonly refType: 'CHILD_OF' | 'FOLLOWS_FROM';
  readonly traceID: string;
  readonly spanID: string;
}

export interface JaegerSpan {
  readonly traceID: string;
  readonly spanID: string;
  readonly operationName: string;
  readonly references: readonly JaegerReference[];
  /** Microseconds since 1970. */
  readonly startTime: number;
  readonly duration: number;
  readonly tags: readonly JaegerTag[];
  readonly logs: readonly { readonly timestamp: number; readonly fields: readonly JaegerTag[] }[];
  readonly processID: string;
  readonly warnings: readonly string[] | null;
}

interface JaegerProcess {
  readonly serviceName: string;
  readonly tags: readonly JaegerTag[];
}

export interface JaegerTrace {
  readonly traceID: string;
  readonly spans: readonly JaegerSpan[];
  readonly processes: Readonly<Record<string, JaegerProcess>>;
  readonly warnings: readonly string[] | null;
}

const NO_SERVICE = 'OTLPResourceNoServiceName';
const NS_PER_US = 1_000n;
const SPAN_ID_DIGITS = 16;

/** The spans of one trace. What came twice is one span. */
export function jaegerTrace(traceId: string, spans: readonly Span[]): JaegerTrace {
  const distinct = withOwnIds(withoutRepetitions(spans));
  const processes = new Processes();
  const jaegerSpans = distinct.map((span) => jaegerSpan(span, processes.idOf(span)));
  return { traceID: traceId, spans: jaegerSpans, processes: processes.all(), warnings: null };
}

class Processes {
  private readonly ids: Map<string, string> = new Map();
  private readonly processes: Record<string, JaegerProcess> = {};

  idOf({ serviceName, resource }: Span): string {
    const content = JSON.stringify([serviceName, Object.entries(resource).map(String)]);
    const known = this.ids.get(content);
    if (known !== undefined) return known;
    const id = `p${this.ids.size + 1}`;
    this.ids.set(content, id);
    const others = Object.entries(resource).filter(([key]) => key !== 'service.name');
    this.processes[id] = { serviceName: serviceName || NO_SERVICE, tags: others.map(tagOf) };
    return id;
  }

  all(): Readonly<Record<string, JaegerProcess>> {
    return this.processes;
  }
}

function jaegerSpan(span: Span, processID: string): JaegerSpan {
  return {
    traceID: span.traceId,
    spanID: span.spanId,
    operationName: span.name,
    references: referencesOf(span),
    startTime: microseconds(span.timestamp),
    duration: microseconds(span.durationNs),
    tags: tagsOf(span),
    logs: span.events.map(logOf),
    processID,
    warnings: null,
  };
}

function referencesOf({ traceId, parentSpanId, links }: Span): readonly JaegerReference[] {
  const parent: JaegerReference = { refType: 'CHILD_OF', traceID: traceId, spanID: parentSpanId };
  return [...(parentSpanId === '' ? [] : [parent]), ...links.map(referenceOf)];
}

function referenceOf({ traceId, spanId, attributes }: SpanLink): JaegerReference {
  const isChild = attributes['opentracing.ref_type'] === 'child_of';
  return { refType: isChild ? 'CHILD_OF' : 'FOLLOWS_FROM', traceID: traceId, spanID: spanId };
}

/** What has a place of its own in a span is a tag here, under the names of OpenTelemetry's mapping. */
function tagsOf(span: Span): readonly JaegerTag[] {
  const { scope, kind, status, statusMessage, traceState, attributes, operationId } = span;
  const { name, version, ...scopeAttributes } = scope;
  return [
    ...named('otel.scope.name', name),
    ...named('otel.scope.version', typeof version === 'string' ? version : ''),
    ...Object.entries(scopeAttributes).map(tagOf),
    ...Object.entries(attributes).map(tagOf),
    ...('operationID' in attributes ? [] : named('operationID', operationId)),
    ...(kind === 'unspecified' ? [] : named('span.kind', kind)),
    ...(status === 'unset' ? [] : named('otel.status_code', status.toUpperCase())),
    ...(status === 'error' && !('error' in attributes)
      ? [{ key: 'error', type: 'bool', value: true } as const]
      : []),
    ...named('otel.status_description', statusMessage),
    ...named('w3c.tracestate', traceState),
  ];
}

function named(key: string, value: string): readonly JaegerTag[] {
  return value === '' ? [] : [{ key, type: 'string', value }];
}

function logOf({ timestamp, name, attributes }: SpanEvent): JaegerSpan['logs'][number] {
  const event = 'event' in attributes ? [] : named('event', name);
  return {
    timestamp: microseconds(timestamp),
    fields: [...event, ...Object.entries(attributes).map(tagOf)],
  };
}

function tagOf([key, value]: readonly [string, AttributeValue]): JaegerTag {
  if (typeof value === 'object') return { key, type: 'string', value: arrayText(value) };
  if (typeof value === 'boolean') return { key, type: 'bool', value };
  if (typeof value === 'number') {
    return { key, type: Number.isSafeInteger(value) ? 'int64' : 'float64', value };
  }
  // Beyond what a number of JavaScript holds Jaeger writes the digits as text.
  if (typeof value === 'bigint') return { key, type: 'int64', value: String(value) };
  return { key, type: 'string', value };
}

function arrayText(values: readonly AttributeScalar[]): string {
  return JSON.stringify(values, (_key, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
}

function microseconds(ns: string): number {
  return Number(BigInt(ns) / NS_PER_US);
}

function withoutRepetitions(spans: readonly Span[]): readonly Span[] {
  const seen = new Set<string>();
  return spans.filter(({ id: _id, ...span }) => {
    const content = JSON.stringify(span, (_key, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    const isNew = !seen.has(content);
    seen.add(content);
    return isNew;
  });
}

/**
 * Zipkin's two halves of a call share an id. The server's gets one of its own, as a child of the client's,
 * and so does what was below it.
 */
function withOwnIds(spans: readonly Span[]): readonly Span[] {
  const clients = new Set(
    spans.filter(({ kind }) => kind === 'client').map(({ spanId }) => spanId),
  );
  const shared = new Set(
    spans
      .filter(({ kind, spanId }) => kind === 'server' && clients.has(spanId))
      .map(({ spanId }) => spanId),
  );
  if (shared.size === 0) return spans;
  return spans.map((span) => {
    const { traceId, spanId, parentSpanId, kind } = span;
    if (kind === 'server' && shared.has(spanId)) {
      return Object.assign({}, span, { spanId: serverId(traceId, spanId), parentSpanId: spanId });
    }
    if (!shared.has(parentSpanId)) return span;
    return Object.assign({}, span, { parentSpanId: serverId(traceId, parentSpanId) });
  });
}

function serverId(traceId: string, spanId: string): string {
  const hash = createHash('sha256').update(`${traceId} ${spanId} server`).digest('hex');
  return hash.slice(0, SPAN_ID_DIGITS);
}
