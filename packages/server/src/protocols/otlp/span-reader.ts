/**
 * One Span in protobuf (opentelemetry/proto/trace/v1), from its bytes to a row. As for log records the
 * common fields are read in place, the rest through the cursor.
 */
import type { LogScope } from '@tendril/columns/log-resource';
import type { SpanWriter } from '@tendril/intake/span-writer';
import type { WordPair } from '@tendril/intake/log-times';
import { flatten, TooDeep, type ValueSink } from './any-value.ts';
import { AttributeReader } from './attribute-reader.ts';
import { KeyValueReader } from './key-value-reader.ts';
import { readText } from './protobuf-any-value.ts';
import type { ProtobufCursor } from './protobuf-cursor.ts';

// Tags: field number times 8 plus wire type.
const SPAN = {
  traceId: 10,
  spanId: 18,
  traceState: 26,
  parentSpanId: 34,
  name: 42,
  kind: 48,
  startTime: 57,
  endTime: 65,
  attribute: 74,
  droppedAttributes: 80,
  event: 90,
  droppedEvents: 96,
  link: 106,
  droppedLinks: 112,
  status: 122,
  flags: 133,
} as const;
const SPAN_FIELD_MAX = 16;
const EVENT = { time: 9, name: 18, attribute: 26, droppedAttributes: 32 } as const;
const EVENT_FIELD_MAX = 4;
const LINK = {
  traceId: 10,
  spanId: 18,
  traceState: 26,
  attribute: 34,
  droppedAttributes: 40,
  flags: 53,
} as const;
const LINK_FIELD_MAX = 6;
// Field 1 is a code that was given up before OTLP 1.0; it may still come.
const STATUS = { deprecatedCode: 8, message: 18, code: 24 } as const;
const STATUS_FIELD_MAX = 3;
const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;
/** Varints from here on have more than one byte. */
const TWO_BYTES_MIN = 0x80;

export class SpanReader {
  private readonly cursor: ProtobufCursor;
  private readonly writer: SpanWriter;
  private readonly attributes: AttributeReader;
  private readonly keyValues: KeyValueReader;
  /** Start and end of the ids of the span at hand, by their tags. */
  private readonly ids: Int32Array = new Int32Array(SPAN.parentSpanId + 2);

  constructor(cursor: ProtobufCursor, writer: SpanWriter) {
    const { nestingDepthMax } = writer.limits;
    this.cursor = cursor;
    this.writer = writer;
    this.attributes = new AttributeReader(cursor, writer, nestingDepthMax);
    this.keyValues = new KeyValueReader(cursor, nestingDepthMax);
  }

  useScope(scope: LogScope): void {
    this.writer.useScope(scope);
  }

  /** Reads the span that ends at `end` and writes or rejects it. */
  read(end: number): void {
    const { attributes, cursor, writer } = this;
    const { bytes, view } = cursor;
    let position = cursor.position;
    writer.begin();
    attributes.tooDeep = '';
    this.ids.fill(0);
    const { ids } = this;
    while (position < end) {
      const tag = bytes[position] ?? 0;
      const first = position + 1 < end ? (bytes[position + 1] ?? 0) : TWO_BYTES_MIN;
      const start = position + 2;
      const fieldEnd = first < TWO_BYTES_MIN ? start + first : end + 1;
      if (fieldEnd <= end) {
        if (tag === SPAN.attribute) {
          if (!attributes.plain(start, fieldEnd)) attributes.any(start, fieldEnd);
          position = fieldEnd;
          continue;
        }
        if (tag === SPAN.traceId || tag === SPAN.spanId || tag === SPAN.parentSpanId) {
          // Of a field that comes twice the last counts.
          ids[tag] = start;
          ids[tag + 1] = fieldEnd;
          position = fieldEnd;
          continue;
        }
        if (tag === SPAN.name) {
          writer.nameRange(start, fieldEnd);
          position = fieldEnd;
          continue;
        }
      }
      if (position + 9 <= end) {
        if (tag === SPAN.startTime) {
          writer.startTime(view.getInt32(position + 1, true), view.getInt32(position + 5, true));
          position += 9;
          continue;
        }
        if (tag === SPAN.endTime) {
          writer.finishTime(view.getInt32(position + 1, true), view.getInt32(position + 5, true));
          position += 9;
          continue;
        }
      }
      cursor.position = position;
      this.otherField(cursor.tag(), end);
      position = cursor.position;
    }
    cursor.position = position;
    cursor.expectEnd(end);
    if (attributes.tooDeep !== '') writer.reject('too_deep', attributes.tooDeep);
    else if (!writer.traceIdRange(ids[SPAN.traceId] ?? 0, ids[SPAN.traceId + 1] ?? 0)) {
      writer.reject('bad_id', NO_TRACE_ID);
    } else if (!writer.spanIdRange(ids[SPAN.spanId] ?? 0, ids[SPAN.spanId + 1] ?? 0)) {
      writer.reject('bad_id', NO_SPAN_ID);
    } else if (
      !writer.parentSpanIdRange(ids[SPAN.parentSpanId] ?? 0, ids[SPAN.parentSpanId + 1] ?? 0)
    ) {
      writer.reject('bad_id', BAD_PARENT);
    } else writer.end();
  }

  private otherField(tag: number, end: number): void {
    const { attributes, cursor, writer } = this;
    switch (tag) {
      case SPAN.traceState:
        writer.traceState(readText(cursor, end));
        break;
      case SPAN.name: {
        const nameEnd = cursor.fieldEnd(end);
        writer.nameRange(cursor.position, nameEnd);
        cursor.position = nameEnd;
        break;
      }
      case SPAN.kind:
        writer.kind(cursor.varint32());
        break;
      case SPAN.attribute: {
        const attributeEnd = cursor.fieldEnd(end);
        attributes.any(cursor.position, attributeEnd);
        break;
      }
      case SPAN.event:
        this.event(cursor.fieldEnd(end));
        break;
      case SPAN.link:
        this.link(cursor.fieldEnd(end));
        break;
      case SPAN.status:
        this.status(cursor.fieldEnd(end));
        break;
      case SPAN.droppedAttributes:
      case SPAN.droppedEvents:
      case SPAN.droppedLinks:
        cursor.varint64();
        break;
      case SPAN.flags:
        cursor.fixed32();
        break;
      case SPAN.traceId:
      case SPAN.spanId:
      case SPAN.parentSpanId: {
        const idEnd = cursor.fieldEnd(end);
        this.ids[tag] = cursor.position;
        this.ids[tag + 1] = idEnd;
        cursor.position = idEnd;
        break;
      }
      default:
        cursor.skipUnknown(tag, end, SPAN_FIELD_MAX);
    }
  }

  private status(end: number): void {
    const { cursor, writer } = this;
    while (cursor.position < end) {
      const tag = cursor.tag();
      if (tag === STATUS.message) writer.statusMessage(readText(cursor, end));
      else if (tag === STATUS.code) writer.status(cursor.varint32());
      else if (tag === STATUS.deprecatedCode) cursor.varint64();
      else cursor.skipUnknown(tag, end, STATUS_FIELD_MAX);
    }
    cursor.expectEnd(end);
  }

  // Attributes may come before the name, so they are read in a second walk.
  private event(end: number): void {
    const { cursor, writer } = this;
    const start = cursor.position;
    const time: WordPair = { low: 0, high: 0 };
    let name = '';
    while (cursor.position < end) {
      const tag = cursor.tag();
      if (tag === EVENT.time) {
        const at = cursor.fixed64();
        time.low = cursor.view.getInt32(at, true);
        time.high = cursor.view.getInt32(at + 4, true);
      } else if (tag === EVENT.name) name = readText(cursor, end);
      else if (tag === EVENT.attribute) cursor.position = cursor.fieldEnd(end);
      else if (tag === EVENT.droppedAttributes) cursor.varint64();
      else cursor.skipUnknown(tag, end, EVENT_FIELD_MAX);
    }
    cursor.expectEnd(end);
    writer.beginEvent(name, time);
    this.elementAttributes(start, end, EVENT.attribute);
    writer.endElement();
  }

  private link(end: number): void {
    const { cursor, writer } = this;
    const start = cursor.position;
    let traceId = '';
    let spanId = '';
    let traceState = '';
    while (cursor.position < end) {
      const tag = cursor.tag();
      if (tag === LINK.traceId) traceId = this.hexId(end, TRACE_ID_BYTES);
      else if (tag === LINK.spanId) spanId = this.hexId(end, SPAN_ID_BYTES);
      else if (tag === LINK.traceState) traceState = readText(cursor, end);
      else if (tag === LINK.attribute) cursor.position = cursor.fieldEnd(end);
      else if (tag === LINK.droppedAttributes) cursor.varint64();
      else if (tag === LINK.flags) cursor.fixed32();
      else cursor.skipUnknown(tag, end, LINK_FIELD_MAX);
    }
    cursor.expectEnd(end);
    writer.beginLink({ traceId, spanId, traceState });
    this.elementAttributes(start, end, LINK.attribute);
    writer.endElement();
  }

  // A link whose id has another length leads nowhere; its span is worth keeping.
  private hexId(messageEnd: number, byteCount: number): string {
    const { cursor } = this;
    const end = cursor.fieldEnd(messageEnd);
    const bytes = cursor.bytes.subarray(cursor.position, end);
    cursor.position = end;
    return bytes.length === byteCount ? Buffer.from(bytes).toString('hex') : '';
  }

  private elementAttributes(start: number, end: number, attributeTag: number): void {
    const { cursor, keyValues } = this;
    cursor.position = start;
    while (cursor.position < end) {
      const tag = cursor.tag();
      if (tag !== attributeTag) {
        cursor.skip(tag, end);
        continue;
      }
      const attributeEnd = cursor.fieldEnd(end);
      keyValues.read(attributeEnd);
      try {
        flatten(keyValues.key(), keyValues.value(), this.putElementAttribute);
      } catch (thrown) {
        if (!(thrown instanceof TooDeep)) throw thrown;
        this.attributes.tooDeep = thrown.message;
      }
      cursor.position = attributeEnd;
    }
  }

  private readonly putElementAttribute: ValueSink = (name, type, value) => {
    this.writer.elementAttribute(name, type, value);
  };
}

const NO_TRACE_ID = 'a span has no trace id of 16 bytes that are not all zero';
const NO_SPAN_ID = 'a span has no id of 8 bytes that are not all zero';
const BAD_PARENT = 'the id of a parent span does not have 8 bytes';
