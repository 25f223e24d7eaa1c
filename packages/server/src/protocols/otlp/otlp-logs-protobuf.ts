/**
 * OTLP logs in protobuf (opentelemetry/proto/logs/v1, collector/logs/v1): the bytes of one
 * ExportLogsServiceRequest in, rows through the LogWriter out, without an object per record.
 *
 * A request that is not protobuf throws a `malformed` Failure; a record with an id of the wrong length
 * is refused alone.
 */
import type { BatchSink } from '@tendril/columns/batch';
import type { Kind } from '@tendril/columns/json-path';
import type { LogBatch } from '@tendril/columns/log-batch';
import type { LogResource, LogScope } from '@tendril/columns/log-resource';
import { decodeUtf8 } from '@tendril/columns/utf8';
import { emptyAttributes, type AttributeValue } from '@tendril/model/attribute';
import type { LogWriter, WriteOutcome } from '@tendril/intake/log-writer';
import { anyValueText, flatten, TooDeep, type AnyValue } from './any-value.ts';
import { ANY, readAnyValue, readText } from './protobuf-any-value.ts';
import { ProtobufCursor } from './protobuf-cursor.ts';

// Tags: field number times 8 plus wire type.
const FIELD_1_BYTES = 10;
const FIELD_2_BYTES = 18;
const FIELD_3_BYTES = 26;
const RECORD = {
  time: 9,
  severityNumber: 16,
  severityText: 26,
  body: 42,
  attribute: 50,
  droppedAttributes: 56,
  flags: 69,
  traceId: 74,
  spanId: 82,
  observedTime: 89,
  eventName: 98,
} as const;
const RECORD_FIELD_MAX = 12;

export function decodeOtlpLogsProtobuf(
  body: Uint8Array,
  writer: LogWriter,
  sink: BatchSink<LogBatch>,
): WriteOutcome {
  writer.open(sink);
  new LogsReader(body, writer).request();
  return writer.outcome();
}

class LogsReader {
  private readonly cursor: ProtobufCursor;
  private readonly writer: LogWriter;
  private readonly depthMax: number;
  private readonly text: Buffer;
  // Extent of the key and value of the KeyValue read last.
  private keyStart = 0;
  private keyEnd = 0;
  private valueStart = 0;
  private valueEnd = 0;
  // Why the record at hand cannot be kept; empty while it can.
  private tooDeep = '';

  constructor(body: Uint8Array, writer: LogWriter) {
    this.cursor = new ProtobufCursor(body);
    this.writer = writer;
    this.depthMax = writer.limits.nestingDepthMax;
    this.text = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    writer.read(body);
  }

  request(): void {
    const { cursor } = this;
    const end = cursor.bytes.length;
    while (cursor.position < end) {
      const tag = cursor.tag();
      if (tag === FIELD_1_BYTES) this.resourceLogs(cursor.fieldEnd(end));
      else cursor.skipUnknown(tag, end, 1);
    }
    cursor.expectEnd(end);
  }

  // Fields may come in any order, so what the records share is found first.
  private resourceLogs(end: number): void {
    const { cursor } = this;
    const start = cursor.position;
    this.writer.useResource(this.resource(this.findShared(end)));
    cursor.position = start;
    while (cursor.position < end) {
      const tag = cursor.tag();
      if (tag === FIELD_2_BYTES) this.scopeLogs(cursor.fieldEnd(end));
      else cursor.skip(tag, end);
    }
  }

  private scopeLogs(end: number): void {
    const { cursor } = this;
    const start = cursor.position;
    this.writer.useScope(this.scope(this.findShared(end)));
    cursor.position = start;
    while (cursor.position < end) {
      const tag = cursor.tag();
      if (tag === FIELD_2_BYTES) this.record(cursor.fieldEnd(end));
      else cursor.skip(tag, end);
    }
  }

  // ResourceLogs and ScopeLogs are alike: 1 is what is shared, 2 the items, 3 the schema URL.
  private findShared(end: number): Shared {
    const { cursor } = this;
    const shared = { start: 0, end: 0, schemaUrl: '' };
    while (cursor.position < end) {
      const tag = cursor.tag();
      if (tag === FIELD_1_BYTES) {
        shared.end = cursor.fieldEnd(end);
        shared.start = cursor.position;
        cursor.position = shared.end;
      } else if (tag === FIELD_2_BYTES) cursor.position = cursor.fieldEnd(end);
      else if (tag === FIELD_3_BYTES) shared.schemaUrl = readText(cursor, end);
      else cursor.skipUnknown(tag, end, 3);
    }
    cursor.expectEnd(end);
    return shared;
  }

  private resource(shared: Shared): LogResource {
    const { context } = this.writer;
    return context.resourceOfBytes(this.rawKey(shared), () => {
      const { cursor } = this;
      const attributes = emptyAttributes();
      cursor.position = shared.start;
      while (cursor.position < shared.end) {
        const tag = cursor.tag();
        if (tag === FIELD_1_BYTES) this.sharedAttribute(cursor.fieldEnd(shared.end), attributes);
        else cursor.skip(tag, shared.end);
      }
      cursor.expectEnd(shared.end);
      return context.resource(attributes, shared.schemaUrl);
    });
  }

  private scope(shared: Shared): LogScope {
    const { context } = this.writer;
    return context.scopeOfBytes(this.rawKey(shared), () => {
      const { cursor } = this;
      const attributes = emptyAttributes();
      let name = '';
      let version = '';
      cursor.position = shared.start;
      while (cursor.position < shared.end) {
        const tag = cursor.tag();
        if (tag === FIELD_1_BYTES) name = readText(cursor, shared.end);
        else if (tag === FIELD_2_BYTES) version = readText(cursor, shared.end);
        else if (tag === FIELD_3_BYTES) {
          this.sharedAttribute(cursor.fieldEnd(shared.end), attributes);
        } else cursor.skip(tag, shared.end);
      }
      cursor.expectEnd(shared.end);
      return context.scope({ name, version, attributes, schemaUrl: shared.schemaUrl });
    });
  }

  private rawKey({ start, end, schemaUrl }: Shared): string {
    return `${schemaUrl}\n${this.text.toString('latin1', start, end)}`;
  }

  private sharedAttribute(end: number, attributes: Record<string, AttributeValue>): void {
    this.keyValue(end);
    try {
      flatten(this.key(), this.value(), (name, _type, value) => {
        attributes[name] ??= value;
      });
    } catch (thrown) {
      throw thrown instanceof TooDeep ? this.cursor.malformed(thrown.message) : thrown;
    }
    this.cursor.position = end;
  }

  private record(end: number): void {
    const { cursor, writer } = this;
    const { view } = cursor;
    let severityNumber = 0;
    let severityStart = 0;
    let severityEnd = 0;
    let traceStart = 0;
    let traceEnd = 0;
    let spanStart = 0;
    let spanEnd = 0;
    writer.begin();
    this.tooDeep = '';
    while (cursor.position < end) {
      const tag = cursor.tag();
      switch (tag) {
        case RECORD.time: {
          const at = cursor.fixed64();
          writer.time(view.getInt32(at, true), view.getInt32(at + 4, true));
          break;
        }
        case RECORD.observedTime: {
          const at = cursor.fixed64();
          writer.observedTime(view.getInt32(at, true), view.getInt32(at + 4, true));
          break;
        }
        case RECORD.severityNumber:
          severityNumber = cursor.varint32();
          break;
        case RECORD.severityText:
          severityEnd = cursor.fieldEnd(end);
          severityStart = cursor.position;
          cursor.position = severityEnd;
          break;
        case RECORD.body:
          this.body(cursor.fieldEnd(end));
          break;
        case RECORD.attribute:
          this.attribute(cursor.fieldEnd(end));
          break;
        case RECORD.droppedAttributes:
          cursor.varint64();
          break;
        case RECORD.flags:
          writer.traceFlags(cursor.fixed32());
          break;
        case RECORD.traceId:
          traceEnd = cursor.fieldEnd(end);
          traceStart = cursor.position;
          cursor.position = traceEnd;
          break;
        case RECORD.spanId:
          spanEnd = cursor.fieldEnd(end);
          spanStart = cursor.position;
          cursor.position = spanEnd;
          break;
        case RECORD.eventName:
          this.eventName(cursor.fieldEnd(end));
          break;
        default:
          cursor.skipUnknown(tag, end, RECORD_FIELD_MAX);
      }
    }
    cursor.expectEnd(end);
    writer.severityRange(severityNumber, severityStart, severityEnd);
    if (this.tooDeep !== '') writer.reject('too_deep', this.tooDeep);
    else if (!writer.traceIdRange(traceStart, traceEnd)) {
      writer.reject('bad_id', `a trace id has ${traceEnd - traceStart} bytes, not 16`);
    } else if (!writer.spanIdRange(spanStart, spanEnd)) {
      writer.reject('bad_id', `a span id has ${spanEnd - spanStart} bytes, not 8`);
    } else writer.end();
  }

  private eventName(end: number): void {
    this.writer.eventNameRange(this.cursor.position, end);
    this.cursor.position = end;
  }

  private body(end: number): void {
    const { cursor, writer } = this;
    const start = cursor.position;
    if (start === end) return;
    if (cursor.tag() === ANY.string && cursor.fieldEnd(end) === end) {
      writer.bodyRange(cursor.position, end);
      cursor.position = end;
      return;
    }
    try {
      cursor.position = start;
      writer.body(anyValueText(readAnyValue(cursor, end, this.depthMax)));
    } catch (thrown) {
      this.noteTooDeep(thrown);
    }
    cursor.position = end;
  }

  private attribute(end: number): void {
    const { cursor, writer } = this;
    this.keyValue(end);
    const { valueStart, valueEnd } = this;
    cursor.position = valueStart;
    const tag = valueStart < valueEnd ? cursor.tag() : 0;
    if (tag === ANY.string && cursor.fieldEnd(valueEnd) === valueEnd) {
      writer.attributeTextRange(this.keyStart, this.keyEnd, cursor.position, valueEnd);
    } else if (tag === ANY.int && this.isWholeInteger()) {
      writer.attributeInt64Range(this.keyStart, this.keyEnd, cursor.low, cursor.high);
    } else this.otherAttribute();
    cursor.position = end;
  }

  private isWholeInteger(): boolean {
    this.cursor.varint64();
    return this.cursor.position === this.valueEnd;
  }

  private otherAttribute(): void {
    try {
      flatten(this.key(), this.value(), this.putAttribute);
    } catch (thrown) {
      this.noteTooDeep(thrown);
    }
  }

  private readonly putAttribute = (name: string, type: Kind, value: AttributeValue): void => {
    this.writer.attributeOfKind(name, type, value);
  };

  private noteTooDeep(thrown: unknown): void {
    if (!(thrown instanceof TooDeep)) throw thrown;
    this.tooDeep = thrown.message;
  }

  // Finds key and value of a KeyValue and leaves the cursor at its end.
  private keyValue(end: number): void {
    const { cursor } = this;
    this.keyStart = 0;
    this.keyEnd = 0;
    this.valueStart = 0;
    this.valueEnd = 0;
    while (cursor.position < end) {
      const tag = cursor.tag();
      if (tag === FIELD_1_BYTES) {
        this.keyEnd = cursor.fieldEnd(end);
        this.keyStart = cursor.position;
        cursor.position = this.keyEnd;
      } else if (tag === FIELD_2_BYTES) {
        this.valueEnd = cursor.fieldEnd(end);
        this.valueStart = cursor.position;
        cursor.position = this.valueEnd;
      } else cursor.skipUnknown(tag, end, 2);
    }
    cursor.expectEnd(end);
  }

  private key(): string {
    return decodeUtf8(this.cursor.bytes, this.keyStart, this.keyEnd);
  }

  private value(): AnyValue {
    this.cursor.position = this.valueStart;
    return readAnyValue(this.cursor, this.valueEnd, this.depthMax);
  }
}

/** Extent of a Resource or InstrumentationScope, with the schema URL beside it. */
interface Shared {
  readonly start: number;
  readonly end: number;
  readonly schemaUrl: string;
}
