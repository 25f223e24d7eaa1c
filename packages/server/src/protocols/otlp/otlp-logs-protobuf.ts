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
/** Varints from here on have more than one byte. */
const TWO_BYTES_MIN = 0x80;
/** Tag and length of the key, of the value, and of what the value holds. */
const PLAIN_ATTRIBUTE_BYTES_MIN = 6;

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

  // The scope nearly always comes first; what comes after the records is put right at the end, since
  // looking for it first would read all records twice.
  private scopeLogs(end: number): void {
    const { cursor, writer } = this;
    const shared = { start: 0, end: 0, schemaUrl: '' };
    let isLate = false;
    let hasRecords = false;
    while (cursor.position < end) {
      const tag = cursor.tag();
      if (tag === FIELD_2_BYTES) {
        if (!hasRecords) writer.useScope(this.scopeAt(shared));
        hasRecords = true;
        this.record(cursor.fieldEnd(end));
        continue;
      }
      isLate = hasRecords;
      this.sharedField(tag, end, shared);
    }
    cursor.expectEnd(end);
    if (isLate) writer.correctScope(this.scopeAt(shared));
  }

  private findShared(end: number): Shared {
    const { cursor } = this;
    const shared = { start: 0, end: 0, schemaUrl: '' };
    while (cursor.position < end) {
      const tag = cursor.tag();
      if (tag === FIELD_2_BYTES) cursor.position = cursor.fieldEnd(end);
      else this.sharedField(tag, end, shared);
    }
    cursor.expectEnd(end);
    return shared;
  }

  // ResourceLogs and ScopeLogs are alike: 1 is what is shared, 2 the items, 3 the schema URL.
  private sharedField(tag: number, end: number, shared: Shared): void {
    const { cursor } = this;
    if (tag === FIELD_1_BYTES) {
      shared.end = cursor.fieldEnd(end);
      shared.start = cursor.position;
      cursor.position = shared.end;
    } else if (tag === FIELD_3_BYTES) shared.schemaUrl = readText(cursor, end);
    else cursor.skipUnknown(tag, end, 3);
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

  // Leaves the cursor where it is.
  private scopeAt(shared: Shared): LogScope {
    const { position } = this.cursor;
    const scope = this.scope(shared);
    this.cursor.position = position;
    return scope;
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

  // The loop reads the common fields in place, with the position in a register; anything out of the
  // ordinary is left to the cursor. bench/src/micro/otlp-decode.ts wants it so.
  private record(end: number): void {
    const { cursor, writer } = this;
    const { bytes, view } = cursor;
    let position = cursor.position;
    let severityNumber = 0;
    let severityStart = 0;
    let severityEnd = 0;
    let traceStart = 0;
    let traceEnd = 0;
    let spanStart = 0;
    let spanEnd = 0;
    writer.begin();
    this.tooDeep = '';
    while (position < end) {
      const tag = bytes[position] ?? 0;
      const first = position + 1 < end ? (bytes[position + 1] ?? 0) : TWO_BYTES_MIN;
      let start = position + 2;
      let fieldEnd = start + first;
      if (first >= TWO_BYTES_MIN) {
        const second = start < end ? (bytes[start] ?? 0) : TWO_BYTES_MIN;
        start += 1;
        fieldEnd = second < TWO_BYTES_MIN ? start + (first & 0x7f) + (second << 7) : end + 1;
      }
      if (fieldEnd <= end) {
        if (tag === RECORD.attribute) {
          if (!this.plainAttribute(start, fieldEnd)) this.attribute(start, fieldEnd);
          position = fieldEnd;
          continue;
        }
        if (tag === RECORD.body) {
          if (!this.plainBody(start, fieldEnd)) this.body(start, fieldEnd);
          position = fieldEnd;
          continue;
        }
        if (tag === RECORD.severityText) {
          severityStart = start;
          severityEnd = fieldEnd;
          position = fieldEnd;
          continue;
        }
        if (tag === RECORD.traceId) {
          traceStart = start;
          traceEnd = fieldEnd;
          position = fieldEnd;
          continue;
        }
        if (tag === RECORD.spanId) {
          spanStart = start;
          spanEnd = fieldEnd;
          position = fieldEnd;
          continue;
        }
      }
      if (position + 9 <= end) {
        if (tag === RECORD.time) {
          writer.time(view.getInt32(position + 1, true), view.getInt32(position + 5, true));
          position += 9;
          continue;
        }
        if (tag === RECORD.observedTime) {
          writer.observedTime(view.getInt32(position + 1, true), view.getInt32(position + 5, true));
          position += 9;
          continue;
        }
      }
      if (tag === RECORD.severityNumber && first < TWO_BYTES_MIN) {
        severityNumber = first;
        position += 2;
        continue;
      }
      cursor.position = position;
      switch (cursor.tag()) {
        case RECORD.body: {
          const bodyEnd = cursor.fieldEnd(end);
          this.body(cursor.position, bodyEnd);
          break;
        }
        case RECORD.attribute: {
          const attributeEnd = cursor.fieldEnd(end);
          this.attribute(cursor.position, attributeEnd);
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
          cursor.position = position;
          cursor.skipUnknown(cursor.tag(), end, RECORD_FIELD_MAX);
      }
      position = cursor.position;
    }
    cursor.position = position;
    cursor.expectEnd(end);
    if (severityNumber > 0 || severityEnd > severityStart) {
      writer.severityRange(severityNumber, severityStart, severityEnd);
    }
    if (this.tooDeep !== '') writer.reject('too_deep', this.tooDeep);
    else if (!writer.traceIdRange(traceStart, traceEnd)) {
      writer.reject('bad_id', `a trace id has ${traceEnd - traceStart} bytes, not 16`);
    } else if (!writer.spanIdRange(spanStart, spanEnd)) {
      writer.reject('bad_id', `a span id has ${spanEnd - spanStart} bytes, not 8`);
    } else writer.end();
  }

  // An attribute as nearly all are: key before value, both short, the value one text or small integer.
  // False when it is anything else.
  private plainAttribute(start: number, end: number): boolean {
    const { bytes } = this.cursor;
    if (end - start < PLAIN_ATTRIBUTE_BYTES_MIN || bytes[start] !== FIELD_1_BYTES) return false;
    const keyStart = start + 2;
    const keyEnd = keyStart + (bytes[start + 1] ?? 0);
    if (keyEnd + 4 > end || bytes[keyEnd] !== FIELD_2_BYTES) return false;
    const valueStart = keyEnd + 2;
    if (valueStart + (bytes[keyEnd + 1] ?? 0) !== end) return false;
    const type = bytes[valueStart] ?? 0;
    const second = bytes[valueStart + 1] ?? 0;
    if (type === ANY.string && valueStart + 2 + second === end) {
      this.writer.attributeTextRange(keyStart, keyEnd, valueStart + 2, end);
      return true;
    }
    if (type !== ANY.int) return false;
    const third = valueStart + 3 === end ? (bytes[valueStart + 2] ?? 0) : 0;
    const isWhole = second < 0x80 ? valueStart + 2 === end : valueStart + 3 === end && third < 0x80;
    if (!isWhole) return false;
    this.writer.attributeInt64Range(keyStart, keyEnd, (second & 0x7f) | (third << 7), 0);
    return true;
  }

  private eventName(end: number): void {
    this.writer.eventNameRange(this.cursor.position, end);
    this.cursor.position = end;
  }

  // A body that is one text, with a length of one or two bytes. False when it is anything else.
  private plainBody(start: number, end: number): boolean {
    const { bytes } = this.cursor;
    if (end - start < 2 || bytes[start] !== ANY.string) return false;
    const first = bytes[start + 1] ?? 0;
    if (first < TWO_BYTES_MIN) {
      if (start + 2 + first !== end) return false;
      this.writer.bodyRange(start + 2, end);
      return true;
    }
    const second = bytes[start + 2] ?? 0;
    const length = (first & 0x7f) | (second << 7);
    if (second >= TWO_BYTES_MIN || start + 3 + length !== end) return false;
    this.writer.bodyRange(start + 3, end);
    return true;
  }

  private body(start: number, end: number): void {
    const { cursor, writer } = this;
    cursor.position = start;
    if (start < end && cursor.tag() === ANY.string && cursor.fieldEnd(end) === end) {
      writer.bodyRange(cursor.position, end);
    } else {
      try {
        cursor.position = start;
        writer.body(anyValueText(readAnyValue(cursor, end, this.depthMax)));
      } catch (thrown) {
        this.noteTooDeep(thrown);
      }
    }
    cursor.position = end;
  }

  private attribute(start: number, end: number): void {
    const { cursor, writer } = this;
    cursor.position = start;
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
  start: number;
  end: number;
  schemaUrl: string;
}
