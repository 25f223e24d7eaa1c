/** The telemetry of a recorded run as Tendril keeps it: lines go the way that OTLP's go in a server. */
import { LogBatch } from '@tendril/columns/log-batch';
import { RecordCatalog } from '@tendril/columns/record-catalog';
import type { FormatTable } from '@tendril/intake/format-table';
import { LogWriter } from '@tendril/intake/log-writer';
import { createRedactor } from '@tendril/intake/redact/redactor';
import type { AttributeValue } from '@tendril/model/attribute';
import { DEFAULT_LIMITS } from '@tendril/model/limits';
import type { LogRecord } from '@tendril/model/log-record';
import { SPAN_KINDS, SPAN_STATUSES, type Span } from '@tendril/model/span';
import { changesFromSightings, type Sighting } from '@tendril/server/changes/infer-changes';
import { decodeOtlpLogsJson } from '@tendril/server/protocols/otlp/otlp-logs-json';
import type { Recorded } from '@tendril/chains/memory-store';
import type { RecordedRun } from './recorded-run.ts';

const NS_PER_MS = 1_000_000n;

export function telemetryOf(run: RecordedRun, formats: FormatTable): Recorded {
  const records = recordsOf(run, formats);
  const spans = run.spans.flatMap((request) => spansOf(request as SpansRequest, run.name));
  return { records, spans, changes: changesOf(run, [...records, ...spans]) };
}

function recordsOf(run: RecordedRun, formats: FormatTable): readonly LogRecord[] {
  const nowMs = (): number => run.endMs;
  const nowNs = BigInt(Math.round(run.endMs)) * NS_PER_MS;
  const catalog = new RecordCatalog({
    attributePathsMax: DEFAULT_LIMITS.attributePathsMax,
    nowMs,
  });
  const batch = new LogBatch(catalog);
  const redactor = createRedactor({ key: new Uint8Array(32) });
  const limits = DEFAULT_LIMITS;
  const writer = new LogWriter({ catalog, redactor, limits, formats, nowNs: () => nowNs });
  for (const request of run.logs)
    decodeOtlpLogsJson(Buffer.from(JSON.stringify(request)), writer, {
      batchForNextRecord: () => batch,
    });
  const records = Array.from({ length: batch.rowCount }, (_, row) => batch.record(row));
  return records.map((record, row) =>
    Object.assign({}, record, { id: idOf(row), environment: run.name }),
  );
}

function idOf(row: number): string {
  return row.toString(16).padStart(16, '0');
}

interface KeyValue {
  readonly key: string;
  readonly value: Readonly<Record<string, AttributeValue>>;
}

interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly KeyValue[];
  readonly status: { readonly code: number; readonly message?: string };
}

interface SpansRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

function spansOf({ resourceSpans }: SpansRequest, environment: string): readonly Span[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const own = attributesOf(resource.attributes);
    return scopeSpans.flatMap(({ spans }) => spans.map((span) => spanOf(span, own, environment)));
  });
}

type Attributes = Readonly<Record<string, AttributeValue>>;

function spanOf(span: OtlpSpan, resource: Attributes, environment: string): Span {
  const { operationID, ...attributes } = attributesOf(span.attributes);
  const { startTimeUnixNano: start, endTimeUnixNano: end, status } = span;
  return {
    id: span.spanId,
    timestamp: start,
    durationNs: String(BigInt(end) - BigInt(start)),
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId ?? '',
    traceState: '',
    name: span.name,
    kind: SPAN_KINDS[span.kind] ?? 'unspecified',
    status: SPAN_STATUSES[status.code] ?? 'unset',
    statusMessage: status.message ?? '',
    serviceName: String(resource['service.name']),
    environment,
    operationId: String(operationID ?? ''),
    resource,
    scope: { name: 'im-demo' },
    attributes,
    events: [],
    links: [],
  };
}

function attributesOf(pairs: readonly KeyValue[]): Attributes {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, valueOf(value)]));
}

function valueOf(value: KeyValue['value']): AttributeValue {
  const [scalar] = Object.values(value);
  return scalar ?? '';
}

/** Those that were told, and those that the server would infer. */
function changesOf(
  run: RecordedRun,
  telemetry: readonly (LogRecord | Span)[],
): Recorded['changes'] {
  const told = run.changes.map(({ kind, timestampMs, service, instance, title }, index) => {
    const timestamp = String(BigInt(Math.round(timestampMs)) * NS_PER_MS);
    return { id: `told-${index}`, kind, timestamp, service, instance, text: title };
  });
  const inferred = changesFromSightings(sightingsOf(telemetry)).map(
    ({ id, kind, timestamp, service, instance, title }) => {
      return { id, kind, timestamp, service, instance, text: title };
    },
  );
  return [...told, ...inferred];
}

function sightingsOf(telemetry: readonly (LogRecord | Span)[]): readonly Sighting[] {
  const first = new Map<string, Sighting>();
  for (const { resource, timestamp, environment, serviceName: service } of telemetry) {
    const texts = Object.entries(resource).map(([name, value]) => [name, String(value)] as const);
    const key = JSON.stringify(texts);
    const firstSeenNs = BigInt(timestamp);
    const known = first.get(key);
    if (known && known.firstSeenNs <= firstSeenNs) continue;
    first.set(key, { environment, service, firstSeenNs, attributes: Object.fromEntries(texts) });
  }
  return [...first.values()];
}
