/** What was recorded as OTLP/JSON, to send it to a real server. */
import type { Attributes, AttributeValue } from '@tendril/model/attribute';
import { SPAN_KINDS, type Span } from '@tendril/model/span';
import type { LogRecord } from '@tendril/model/log-record';

export function otlpLogs(records: readonly LogRecord[]): string {
  const groups = Map.groupBy(records, placeOf);
  const resourceLogs = [...groups.values()].map((own) => ({
    resource: resourceOf(own[0]),
    scopeLogs: [{ logRecords: own.map(logRecord) }],
  }));
  return JSON.stringify({ resourceLogs });
}

export function otlpSpans(spans: readonly Span[]): string {
  const groups = Map.groupBy(spans, placeOf);
  const resourceSpans = [...groups.values()].map((own) => ({
    resource: resourceOf(own[0]),
    scopeSpans: [{ spans: own.map(otlpSpan) }],
  }));
  return JSON.stringify({ resourceSpans });
}

type Sourced = Pick<LogRecord, 'resource' | 'environment'>;

function placeOf({ resource }: Sourced): string {
  return JSON.stringify(resource);
}

function resourceOf(one: Sourced | undefined): unknown {
  const environment = { 'deployment.environment.name': one?.environment ?? '' };
  return { attributes: keyValues({ ...one?.resource, ...environment }) };
}

function logRecord(record: LogRecord): unknown {
  const { timestamp, severityNumber, body, attributes, operationId, traceId, spanId } = record;
  const operation = operationId === '' ? {} : { operationID: operationId };
  return {
    timeUnixNano: timestamp,
    severityNumber,
    body: { stringValue: body },
    attributes: keyValues({ ...attributes, ...operation }),
    traceId,
    spanId: traceId === '' ? '' : spanId,
  };
}

function otlpSpan(span: Span): unknown {
  const { timestamp, durationNs, traceId, spanId, parentSpanId, name, attributes } = span;
  return {
    traceId,
    spanId,
    parentSpanId,
    name,
    kind: SPAN_KINDS.indexOf(span.kind),
    startTimeUnixNano: timestamp,
    endTimeUnixNano: String(BigInt(timestamp) + BigInt(durationNs)),
    status: { code: span.status === 'error' ? 2 : 0, message: span.statusMessage },
    attributes: keyValues(attributes),
  };
}

function keyValues(attributes: Attributes): unknown {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: AttributeValue): unknown {
  return typeof value === 'number' ? { intValue: String(value) } : { stringValue: String(value) };
}
