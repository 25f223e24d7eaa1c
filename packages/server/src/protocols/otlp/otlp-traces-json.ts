/**
 * OTLP traces in JSON, with all that real senders do to it (json-fields.ts): the bytes of one
 * ExportTraceServiceRequest in, rows through the SpanWriter out, equal to those of its protobuf form.
 */
import type { BatchSink } from '@tendril/columns/batch';
import type { SpanBatch } from '@tendril/columns/span-batch';
import { setNs, type WordPair } from '@tendril/intake/log-times';
import type { WriteOutcome } from '@tendril/intake/request-state';
import type { SpanWriter } from '@tendril/intake/span-writer';
import { flatten, type ValueSink } from './any-value.ts';
import { fieldOf, integerOf, listOf, objectOf, textOf, type JsonObject } from './json-fields.ts';
import {
  attributeEntries,
  idOf,
  parseOtlpJson,
  Refused,
  timeOf,
  walkRecords,
} from './json-records.ts';

const NAMES = {
  resources: 'resourceSpans',
  scopes: 'scopeSpans',
  records: 'spans',
  record: 'a span',
} as const;
const TRACE_ID = { name: 'traceId', digits: 32 } as const;
const SPAN_ID = { name: 'spanId', digits: 16 } as const;
const PARENT_ID = { name: 'parentSpanId', digits: 16 } as const;
const KIND_NAMES = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'].map(
  (name) => `SPAN_KIND_${name}`,
);
const STATUS_NAMES = ['UNSET', 'OK', 'ERROR'].map((name) => `STATUS_CODE_${name}`);

export function decodeOtlpTracesJson(
  body: Uint8Array,
  writer: SpanWriter,
  sink: BatchSink<SpanBatch>,
): WriteOutcome {
  const document = parseOtlpJson(body, writer.limits);
  writer.open(sink);
  walkRecords(document, writer, { names: NAMES, putRecord: (span) => putSpan(span, writer) });
  return writer.outcome();
}

function putSpan(span: JsonObject, writer: SpanWriter): void {
  const warn = (message: string): void => writer.warn(message);
  if (!writer.traceId(idOf(span, TRACE_ID, { warn }))) throw noId('trace id');
  if (!writer.spanId(idOf(span, SPAN_ID, { warn }))) throw noId('id');
  writer.parentSpanId(idOf(span, PARENT_ID, { warn }));
  const startNs = timeOf(span, 'startTimeUnixNano');
  const endNs = timeOf(span, 'endTimeUnixNano');
  if (startNs !== undefined) writer.startTimeNs(startNs);
  if (endNs !== undefined) writer.finishTimeNs(endNs);
  writer.traceState(textOf(fieldOf(span, 'traceState'), 'traceState'));
  writer.name(textOf(fieldOf(span, 'name'), 'name'));
  writer.kind(numberOf(fieldOf(span, 'kind'), KIND_NAMES, 'kind'));
  const status = objectOf(fieldOf(span, 'status'), 'status');
  writer.status(numberOf(fieldOf(status, 'code'), STATUS_NAMES, 'the code of a status'));
  writer.statusMessage(textOf(fieldOf(status, 'message'), 'the message of a status'));
  const putAttribute: ValueSink = (name, type, value) => writer.attributeOfKind(name, type, value);
  for (const { key, value } of attributeEntries(span, writer)) flatten(key, value, putAttribute);
  for (const event of listOf(fieldOf(span, 'events'), 'events')) {
    putEvent(objectOf(event, 'an event'), writer);
  }
  for (const link of listOf(fieldOf(span, 'links'), 'links')) {
    putLink(objectOf(link, 'a link'), writer);
  }
}

function putEvent(event: JsonObject, writer: SpanWriter): void {
  const time: WordPair = { low: 0, high: 0 };
  setNs(time, timeOf(event, 'timeUnixNano') ?? 0n);
  writer.beginEvent(textOf(fieldOf(event, 'name'), 'the name of an event'), time);
  putElement(event, writer);
}

function putLink(link: JsonObject, writer: SpanWriter): void {
  writer.beginLink({
    traceId: linkedId(link, TRACE_ID),
    spanId: linkedId(link, SPAN_ID),
    traceState: textOf(fieldOf(link, 'traceState'), 'traceState'),
  });
  putElement(link, writer);
}

function putElement(element: JsonObject, writer: SpanWriter): void {
  const put: ValueSink = (name, type, value) => writer.elementAttribute(name, type, value);
  for (const { key, value } of attributeEntries(element, writer)) flatten(key, value, put);
  writer.endElement();
}

// A link whose id has another length leads nowhere; its span is worth keeping.
function linkedId(
  link: JsonObject,
  id: { readonly name: string; readonly digits: number },
): string {
  try {
    return idOf(link, id, { warn: () => undefined });
  } catch (thrown) {
    if (thrown instanceof Refused) return '';
    throw thrown;
  }
}

/** By number, by number in text or by name. */
function numberOf(value: unknown, names: readonly string[], what: string): number {
  const named = typeof value === 'string' ? names.indexOf(value) : -1;
  return named >= 0 ? named : Number(integerOf(value, what) ?? 0n);
}

function noId(what: string): Refused {
  return new Refused('bad_id', `a span has no ${what}`);
}
