/**
 * Spans of Zipkin's second format (`POST /api/v2/spans`), JSON or protobuf, with OpenTelemetry's mapping: tags are
 * attributes, annotations events, the local endpoint the resource.
 *
 * A body that is no list of spans throws a `malformed` Failure; a span that cannot be read is refused
 * alone. Halves of a call that share an id are stored as they come.
 */
import type { BatchSink } from '@tendril/columns/batch';
import { KIND } from '@tendril/columns/json-path';
import type { SpanBatch } from '@tendril/columns/span-batch';
import { setNs, type WordPair } from '@tendril/intake/log-times';
import type { WriteOutcome } from '@tendril/intake/request-state';
import type { SpanWriter } from '@tendril/intake/span-writer';
import { Failure } from '@tendril/model/failure';
import { SPAN_KINDS, SPAN_STATUSES } from '@tendril/model/span';
import { parseJsonDocument } from '../otlp/json-document.ts';
import {
  integerOf,
  listOf,
  objectOf,
  textOf,
  WrongType,
  type JsonObject,
} from '../otlp/json-fields.ts';
import { zipkinProtobufSpans } from './zipkin-protobuf.ts';

const NS_PER_US = 1_000n;
/** Spans have tags and endpoints, nothing is deeper. */
const DEPTH_MAX = 16;
const TRACE_ID_DIGITS = 32;

export type ZipkinEncoding = 'json' | 'protobuf';

export function decodeZipkinSpans(
  body: Uint8Array,
  encoding: ZipkinEncoding,
  writer: SpanWriter,
  sink: BatchSink<SpanBatch>,
): WriteOutcome {
  const items = encoding === 'json' ? jsonSpans(body) : zipkinProtobufSpans(body);
  writer.open(sink);
  for (const item of items) putSpan(item, writer);
  return writer.outcome();
}

function jsonSpans(body: Uint8Array): readonly unknown[] {
  const document = parseJsonDocument(body, DEPTH_MAX);
  if (Array.isArray(document)) return document;
  throw new Failure({ code: 'malformed', detail: 'cannot read the spans: not a JSON array' });
}

function putSpan(item: unknown, writer: SpanWriter): void {
  if (item instanceof WrongType) {
    writer.begin();
    writer.reject('malformed', item.message);
    return;
  }
  const local = endpointOf(item, 'localEndpoint');
  const attributes = local.serviceName === '' ? {} : { 'service.name': local.serviceName };
  writer.useResource(writer.context.resource(attributes, ''));
  writer.begin();
  try {
    putParts(objectOf(item, 'a span'), local, writer);
  } catch (thrown) {
    if (!(thrown instanceof WrongType)) throw thrown;
    writer.reject('malformed', thrown.message);
    return;
  }
  writer.end();
}

function putParts(span: JsonObject, local: Endpoint, writer: SpanWriter): void {
  if (!writer.traceId(idOf(span, 'traceId', TRACE_ID_DIGITS))) throw new WrongType('no traceId');
  if (!writer.spanId(idOf(span, 'id', 16))) throw new WrongType('a span has no id');
  writer.parentSpanId(idOf(span, 'parentId', 16));
  const startNs = (integerOf(span['timestamp'], 'timestamp') ?? 0n) * NS_PER_US;
  const durationNs = (integerOf(span['duration'], 'duration') ?? 0n) * NS_PER_US;
  writer.startTimeNs(startNs);
  if (startNs > 0n) writer.finishTimeNs(startNs + durationNs);
  writer.name(textOf(span['name'], 'name'));
  const kind = textOf(span['kind'], 'kind').toLowerCase();
  writer.kind(
    Math.max(
      0,
      SPAN_KINDS.findIndex((each) => each === kind),
    ),
  );
  putTags(objectOf(span['tags'], 'tags'), writer);
  putEndpoint('net.host', local, writer);
  const remote = endpointOf(span, 'remoteEndpoint');
  if (remote.serviceName !== '') putText('peer.service', remote.serviceName, writer);
  putEndpoint('net.peer', remote, writer);
  for (const annotation of listOf(span['annotations'], 'annotations')) {
    putAnnotation(objectOf(annotation, 'an annotation'), writer);
  }
}

/** Some tags say what has a place of its own in a span. */
function putTags(tags: JsonObject, writer: SpanWriter): void {
  for (const [key, value] of Object.entries(tags)) {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (key === 'otel.status_code') writer.status(statusOf(text));
    else if (key === 'otel.status_description') writer.statusMessage(text);
    else if (key === 'w3c.tracestate') writer.traceState(text);
    else {
      if (key === 'error' && text !== 'false') writer.status(SPAN_STATUSES.indexOf('error'));
      putText(key, text, writer);
    }
  }
}

function statusOf(text: string): number {
  return Math.max(
    0,
    SPAN_STATUSES.findIndex((status) => status === text.toLowerCase()),
  );
}

function putAnnotation(annotation: JsonObject, writer: SpanWriter): void {
  const time: WordPair = { low: 0, high: 0 };
  setNs(time, (integerOf(annotation['timestamp'], 'the time of an annotation') ?? 0n) * NS_PER_US);
  writer.beginEvent(textOf(annotation['value'], 'the value of an annotation'), time);
  writer.endElement();
}

interface Endpoint {
  readonly serviceName: string;
  readonly address: string;
  readonly port: bigint | undefined;
}

const NO_ENDPOINT: Endpoint = { serviceName: '', address: '', port: undefined };

/** What is no endpoint is none: the span is refused for what else is wrong with it. */
function endpointOf(item: unknown, name: string): Endpoint {
  try {
    const endpoint = objectOf(objectOf(item, 'a span')[name], name);
    const address = endpoint['ipv4'] ?? endpoint['ipv6'];
    return {
      serviceName: textOf(endpoint['serviceName'], 'serviceName'),
      address: textOf(address, 'an address'),
      port: integerOf(endpoint['port'], 'port'),
    };
  } catch (thrown) {
    if (thrown instanceof WrongType) return NO_ENDPOINT;
    throw thrown;
  }
}

function putEndpoint(prefix: string, { address, port }: Endpoint, writer: SpanWriter): void {
  if (address !== '') putText(`${prefix}.ip`, address, writer);
  if (port !== undefined && port > 0n) {
    writer.attributeOfKind(`${prefix}.port`, KIND.int64, port);
  }
}

function putText(key: string, value: string, writer: SpanWriter): void {
  writer.attributeOfKind(key, KIND.text, value);
}

/** Lower-case hex, filled up with zeros; empty when it is not set. */
function idOf(span: JsonObject, name: string, digits: number): string {
  const text = textOf(span[name], name);
  if (text === '') return '';
  if (text.length <= digits && /^[0-9a-f]+$/i.test(text)) {
    return text.toLowerCase().padStart(digits, '0');
  }
  throw new WrongType(`${name} is not ${digits} hex digits`);
}
