/** Tendril's own spans and log records, put into its own store by the pipeline that everything takes. */
import { hostname } from 'node:os';
import type { BatchSink } from '@tendril/columns/batch';
import { KIND } from '@tendril/columns/json-path';
import type { LogBatch } from '@tendril/columns/log-batch';
import type { SpanBatch } from '@tendril/columns/span-batch';
import type { LogWriter } from '@tendril/intake/log-writer';
import type { SpanWriter } from '@tendril/intake/span-writer';
import type { Attributes, AttributeValue } from '@tendril/model/attribute';
import { SPAN_KINDS, SPAN_STATUSES } from '@tendril/model/span';
import type { RecordTable } from '../pipeline/pending-times.ts';
import type { DecodeOutcome, Pipeline } from '../pipeline/pipeline.ts';
import {
  OWN_SOURCES,
  OwnQueue,
  ownRecordOfLine,
  type OwnLogRecord,
} from '../telemetry/own-records.ts';
import { Tracer, type OwnSpan } from '../telemetry/tracer.ts';
import { VERSION } from './version.ts';

export interface OwnTelemetry {
  readonly tracer: Tracer;
  /** For lines of our log; absent when they are not kept. */
  readonly onLine?: (line: string) => void;
  /** Begins to store what there is. */
  store(parts: StoreParts): OwnStore;
}

export interface StoreParts {
  readonly pipeline: Pipeline;
  readonly writer: LogWriter;
  readonly spanWriter: SpanWriter;
}

export interface OwnStore {
  /** Resolves when all that was told before is acknowledged; with a table, all that goes there. */
  send(table?: RecordTable): Promise<void>;
  /** Sends the last. */
  close(): Promise<void>;
}

/** A search sends what there is first, so that this is for nobody who waits. */
const SEND_EVERY_MS = 1_000;

export function createOwnTelemetry(isKept: boolean): OwnTelemetry {
  if (!isKept) {
    const nothing = async (): Promise<void> => Promise.resolve();
    return { tracer: new Tracer(), store: () => ({ send: nothing, close: nothing }) };
  }
  const records = new OwnQueue<OwnLogRecord>();
  const spans = new OwnQueue<OwnSpan>();
  return {
    tracer: new Tracer((span) => spans.add(span)),
    onLine: (line) => {
      const record = ownRecordOfLine(line);
      if (record !== undefined) records.add(record);
    },
    store: (parts) => startStore(parts, records, spans),
  };
}

function startStore(
  { pipeline, writer, spanWriter }: StoreParts,
  records: OwnQueue<OwnLogRecord>,
  spans: OwnQueue<OwnSpan>,
): OwnStore {
  const sendRecords = async (): Promise<void> => {
    countDropped(pipeline, OWN_SOURCES.logs, records.takeDropped());
    const taken = records.take();
    if (taken.length === 0) return;
    const decode = (sink: BatchSink<LogBatch>): DecodeOutcome => putRecords(writer, sink, taken);
    await pipeline.ingestLogs({ source: OWN_SOURCES.logs, decode });
  };
  const sendSpans = async (): Promise<void> => {
    countDropped(pipeline, OWN_SOURCES.spans, spans.takeDropped());
    const taken = spans.take();
    if (taken.length === 0) return;
    const decode = (sink: BatchSink<SpanBatch>): DecodeOutcome => putSpans(spanWriter, sink, taken);
    await pipeline.ingestSpans({ source: OWN_SOURCES.spans, decode });
  };
  const send = async (table?: RecordTable): Promise<void> => {
    // What the pipeline refuses is in its accounts; to tell of it would make more of it.
    await Promise.allSettled([
      table === 'traces' ? undefined : sendRecords(),
      table === 'logs' ? undefined : sendSpans(),
    ]);
  };
  const timer = setInterval(() => void send(), SEND_EVERY_MS).unref();
  return {
    send,
    close: async () => {
      clearInterval(timer);
      await send();
    },
  };
}

function countDropped(pipeline: Pipeline, source: string, dropped: number): void {
  if (dropped > 0) pipeline.countRejected(source, 'overloaded', dropped);
}

const RESOURCE: Attributes = {
  'service.name': 'tendril',
  'service.version': VERSION,
  'host.name': hostname(),
  'process.pid': process.pid,
};
const SCOPE = { name: 'tendril', version: VERSION, attributes: {}, schemaUrl: '' };

function putRecords(
  writer: LogWriter,
  sink: BatchSink<LogBatch>,
  records: readonly OwnLogRecord[],
): DecodeOutcome {
  writer.open(sink);
  writer.useResource(writer.context.resource(RESOURCE, ''));
  writer.useScope(writer.context.scope(SCOPE));
  for (const { timeNs, severity, body, trace, attributes } of records) {
    writer.begin();
    writer.timeNs(timeNs);
    writer.severity(severity, '');
    writer.body(body);
    if (trace !== undefined) {
      writer.traceId(trace.traceId);
      writer.spanId(trace.spanId);
    }
    for (const [name, value] of Object.entries(attributes)) writer.attribute(name, value);
    writer.end();
  }
  return writer.outcome();
}

function putSpans(
  writer: SpanWriter,
  sink: BatchSink<SpanBatch>,
  spans: readonly OwnSpan[],
): DecodeOutcome {
  writer.open(sink);
  writer.useResource(writer.context.resource(RESOURCE, ''));
  writer.useScope(writer.context.scope(SCOPE));
  for (const span of spans) putSpan(writer, span);
  return writer.outcome();
}

function putSpan(writer: SpanWriter, span: OwnSpan): void {
  const { context, parentSpanId, errorType, attributes } = span;
  writer.begin();
  writer.traceId(context.traceId);
  writer.spanId(context.spanId);
  if (parentSpanId !== '') writer.parentSpanId(parentSpanId);
  writer.traceState(context.traceState);
  writer.name(span.name);
  writer.kind(SPAN_KINDS.indexOf(span.kind));
  writer.startTimeNs(span.startNs);
  writer.finishTimeNs(span.endNs);
  writer.status(SPAN_STATUSES.indexOf(errorType === undefined ? 'unset' : 'error'));
  const all = errorType === undefined ? attributes : { ...attributes, 'error.type': errorType };
  for (const [name, value] of Object.entries(all)) {
    writer.attributeOfKind(name, kindOf(value), value);
  }
  writer.end();
}

function kindOf(value: AttributeValue): (typeof KIND)[keyof typeof KIND] {
  if (typeof value === 'object') return KIND.texts;
  if (typeof value === 'boolean') return KIND.bool;
  if (typeof value === 'string') return KIND.text;
  return typeof value === 'bigint' || Number.isSafeInteger(value) ? KIND.int64 : KIND.float64;
}
