/**
 * One LogRecord in protobuf, from its bytes to a row. Most of the server's work at full ingest happens
 * here: the loop reads the common fields in place, with the position in a register, and leaves anything
 * out of the ordinary to the cursor (bench/src/micro/otlp-decode.ts).
 */
import type { Kind } from '@tendril/columns/json-path';
import type { LogWriter } from '@tendril/intake/log-writer';
import type { AttributeValue } from '@tendril/model/attribute';
import { anyValueText, flatten, TooDeep } from './any-value.ts';
import { KeyValueReader } from './key-value-reader.ts';
import { ANY, readAnyValue } from './protobuf-any-value.ts';
import type { ProtobufCursor } from './protobuf-cursor.ts';

// Tags: field number times 8 plus wire type.
const KEY = 10;
const VALUE = 18;
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

export class LogRecordReader {
  private readonly cursor: ProtobufCursor;
  private readonly writer: LogWriter;
  private readonly keyValues: KeyValueReader;
  private readonly depthMax: number;
  // Why the record at hand cannot be kept; empty while it can.
  private tooDeep = '';

  constructor(cursor: ProtobufCursor, writer: LogWriter) {
    this.cursor = cursor;
    this.writer = writer;
    this.depthMax = writer.limits.nestingDepthMax;
    this.keyValues = new KeyValueReader(cursor, this.depthMax);
  }

  /** Reads the record that ends at `end` and writes or rejects it. */
  read(end: number): void {
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
    if (end - start < PLAIN_ATTRIBUTE_BYTES_MIN || bytes[start] !== KEY) return false;
    const keyStart = start + 2;
    const keyEnd = keyStart + (bytes[start + 1] ?? 0);
    if (keyEnd + 4 > end || bytes[keyEnd] !== VALUE) return false;
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
    const { cursor, writer, keyValues } = this;
    cursor.position = start;
    keyValues.read(end);
    const { keyStart, keyEnd, valueStart, valueEnd } = keyValues;
    cursor.position = valueStart;
    const tag = valueStart < valueEnd ? cursor.tag() : 0;
    if (tag === ANY.string && cursor.fieldEnd(valueEnd) === valueEnd) {
      writer.attributeTextRange(keyStart, keyEnd, cursor.position, valueEnd);
    } else if (tag === ANY.int && this.isWholeInteger()) {
      writer.attributeInt64Range(keyStart, keyEnd, cursor.low, cursor.high);
    } else this.otherAttribute();
    cursor.position = end;
  }

  private isWholeInteger(): boolean {
    this.cursor.varint64();
    return this.cursor.position === this.keyValues.valueEnd;
  }

  private otherAttribute(): void {
    try {
      flatten(this.keyValues.key(), this.keyValues.value(), this.putAttribute);
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
}
