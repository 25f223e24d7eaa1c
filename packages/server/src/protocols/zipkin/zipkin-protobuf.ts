/**
 * Spans of Zipkin's protobuf format (zipkin.proto3, `ListOfSpans`) in the shape of its JSON, one at a time. Throws a
 * `malformed` Failure when they cannot be told apart.
 */
import { decodeUtf8 } from '@tendril/columns/utf8';
import { WrongType, type JsonObject } from '../otlp/json-fields.ts';
import { ProtobufCursor } from '../otlp/protobuf-cursor.ts';

// A tag is the field's number times 8 and its wire type.
const LIST = { span: 0x0a };
const SPAN = {
  traceId: 0x0a,
  parentId: 0x12,
  id: 0x1a,
  kind: 0x20,
  name: 0x2a,
  timestamp: 0x31,
  duration: 0x38,
  localEndpoint: 0x42,
  remoteEndpoint: 0x4a,
  annotation: 0x52,
  tag: 0x5a,
};
const ENDPOINT = { serviceName: 0x0a, ipv4: 0x12, ipv6: 0x1a, port: 0x20 };
const ANNOTATION = { timestamp: 0x09, value: 0x12 };
const ENTRY = { key: 0x0a, value: 0x12 };

const KINDS = ['', 'CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER'] as const;
/** Two bytes make one, so a request could hold millions. */
const PARTS_MAX = 10_000;

/** A span that is refused alone comes as what is wrong with it. */
export function* zipkinProtobufSpans(body: Uint8Array): Generator<JsonObject | WrongType> {
  const cursor = new ProtobufCursor(body);
  while (cursor.position < body.length) {
    const tag = cursor.tag();
    if (tag === LIST.span) yield readSpan(cursor, cursor.fieldEnd(body.length));
    else cursor.skip(tag, body.length);
  }
}

function readSpan(cursor: ProtobufCursor, end: number): JsonObject | WrongType {
  const span: Record<string, unknown> = {};
  const annotations: JsonObject[] = [];
  const tags = new Map<string, string>();
  readFields(cursor, end, (tag) => {
    switch (tag) {
      case SPAN.traceId:
        span['traceId'] = hexOf(cursor, end);
        return true;
      case SPAN.parentId:
        span['parentId'] = hexOf(cursor, end);
        return true;
      case SPAN.id:
        span['id'] = hexOf(cursor, end);
        return true;
      case SPAN.kind:
        span['kind'] = KINDS[cursor.varint32()] ?? '';
        return true;
      case SPAN.name:
        span['name'] = textOf(cursor, end);
        return true;
      case SPAN.timestamp:
        span['timestamp'] = fixed64Of(cursor);
        return true;
      case SPAN.duration:
        span['duration'] = varint64Of(cursor);
        return true;
      case SPAN.localEndpoint:
        span['localEndpoint'] = readEndpoint(cursor, cursor.fieldEnd(end));
        return true;
      case SPAN.remoteEndpoint:
        span['remoteEndpoint'] = readEndpoint(cursor, cursor.fieldEnd(end));
        return true;
      case SPAN.annotation:
        annotations.push(...readAnnotation(cursor, cursor.fieldEnd(end), annotations.length));
        return true;
      case SPAN.tag:
        readEntry(cursor, cursor.fieldEnd(end), tags);
        return true;
      default:
        return false;
    }
  });
  if (annotations.length > PARTS_MAX || tags.size > PARTS_MAX) {
    return new WrongType(`a span has more than ${PARTS_MAX} annotations or tags`);
  }
  return { ...span, annotations, tags: Object.fromEntries(tags) };
}

function readEndpoint(cursor: ProtobufCursor, end: number): JsonObject {
  const endpoint: Record<string, unknown> = {};
  readFields(cursor, end, (tag) => {
    switch (tag) {
      case ENDPOINT.serviceName:
        endpoint['serviceName'] = textOf(cursor, end);
        return true;
      case ENDPOINT.ipv4:
        endpoint['ipv4'] = [...bytesOf(cursor, end).subarray(0, 4)].join('.');
        return true;
      case ENDPOINT.ipv6:
        endpoint['ipv6'] = hexOf(cursor, end).replaceAll(/(.{4})(?=.)/g, '$1:');
        return true;
      case ENDPOINT.port:
        endpoint['port'] = varint64Of(cursor);
        return true;
      default:
        return false;
    }
  });
  return endpoint;
}

// Those past the limit are read over; one more than it says that there were.
function readAnnotation(cursor: ProtobufCursor, end: number, known: number): JsonObject[] {
  const annotation: Record<string, unknown> = {};
  readFields(cursor, end, (tag) => {
    if (tag === ANNOTATION.timestamp) annotation['timestamp'] = fixed64Of(cursor);
    else if (tag === ANNOTATION.value) annotation['value'] = textOf(cursor, end);
    else return false;
    return true;
  });
  return known > PARTS_MAX ? [] : [annotation];
}

function readEntry(cursor: ProtobufCursor, end: number, tags: Map<string, string>): void {
  let key = '';
  let value = '';
  readFields(cursor, end, (tag) => {
    if (tag === ENTRY.key) key = textOf(cursor, end);
    else if (tag === ENTRY.value) value = textOf(cursor, end);
    else return false;
    return true;
  });
  if (tags.size <= PARTS_MAX) tags.set(key, value);
}

/** `read` takes the field of a tag that it knows. */
function readFields(cursor: ProtobufCursor, end: number, read: (tag: number) => boolean): void {
  while (cursor.position < end) {
    const tag = cursor.tag();
    if (!read(tag)) cursor.skip(tag, end);
  }
  cursor.expectEnd(end);
}

function bytesOf(cursor: ProtobufCursor, end: number): Uint8Array {
  const valueEnd = cursor.fieldEnd(end);
  const bytes = cursor.bytes.subarray(cursor.position, valueEnd);
  cursor.position = valueEnd;
  return bytes;
}

/** An address or an id; what is longer is none, and told from its length. */
const HEX_BYTES_MAX = 17;

function hexOf(cursor: ProtobufCursor, end: number): string {
  return Buffer.from(bytesOf(cursor, end).subarray(0, HEX_BYTES_MAX)).toString('hex');
}

function textOf(cursor: ProtobufCursor, end: number): string {
  const bytes = bytesOf(cursor, end);
  return decodeUtf8(bytes, 0, bytes.length);
}

function fixed64Of(cursor: ProtobufCursor): bigint {
  const start = cursor.fixed64();
  return cursor.view.getBigUint64(start, true);
}

function varint64Of(cursor: ProtobufCursor): bigint {
  cursor.varint64();
  return (BigInt(cursor.high >>> 0) << 32n) | BigInt(cursor.low >>> 0);
}
