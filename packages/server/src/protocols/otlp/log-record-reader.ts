/**
 * One LogRecord in protobuf, from its bytes to a row. Most of the server's work at full ingest happens
 * here: the loop reads the common fields in place, with the position in a register, and leaves anything
 * out of the ordinary to the cursor (bench/src/micro/otlp-decode.ts).
 */
import type { LogScope } from '@tendril/columns/log-resource';
import { decodeUtf8 } from '@tendril/columns/utf8';
import type { LogWriter } from '@tendril/intake/log-writer';
import { factsOfScope, PARSED_MARK } from '@tendril/intake/shipped-lines';
import { anyValueText, TooDeep } from './any-value.ts';
import { AttributeReader } from './attribute-reader.ts';
import { ANY, readAnyValue } from './protobuf-any-value.ts';
import type { ProtobufCursor } from './protobuf-cursor.ts';
import { RecordBody } from './record-body.ts';
import { RECORD } from './record-tags.ts';
import { ShippedLineReader } from './shipped-line-reader.ts';

const RECORD_FIELD_MAX = 12;
/** Varints from here on have more than one byte. */
const TWO_BYTES_MIN = 0x80;

export class LogRecordReader {
  private readonly cursor: ProtobufCursor;
  private readonly writer: LogWriter;
  private readonly attributes: AttributeReader;
  private readonly lines: RecordBody;
  private readonly depthMax: number;
  // Of the record: a body that is one text, written when it is known whether there is a severity.
  private bodyStart = 0;
  private bodyEnd = 0;
  // Of the scope.
  private shipped: ShippedLineReader | undefined;
  private isParsed = false;

  constructor(cursor: ProtobufCursor, writer: LogWriter) {
    this.cursor = cursor;
    this.writer = writer;
    this.lines = new RecordBody(writer);
    this.depthMax = writer.limits.nestingDepthMax;
    this.attributes = new AttributeReader(cursor, writer, this.depthMax);
  }

  /** Marks of agents are no part of what is stored. */
  useScope(scope: LogScope): void {
    const { cursor, writer } = this;
    const { [PARSED_MARK]: mark, ...attributes } = scope.attributes;
    const { formats } = writer;
    this.isParsed = mark === true;
    const facts = formats && factsOfScope(attributes);
    this.shipped = facts && new ShippedLineReader(cursor, writer, { facts, formats });
    writer.useScope(this.isParsed ? writer.context.scope({ ...scope, attributes }) : scope);
  }

  /** Reads the record that ends at `end` and writes or rejects it. */
  read(end: number): void {
    if (this.shipped) this.shipped.read(end);
    else this.readRecord(end);
  }

  private readRecord(end: number): void {
    const { attributes, cursor, writer } = this;
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
    attributes.tooDeep = '';
    this.bodyEnd = 0;
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
          if (!attributes.plain(start, fieldEnd)) attributes.any(start, fieldEnd);
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
          attributes.any(cursor.position, attributeEnd);
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
    const hasSeverity = severityNumber > 0 || severityEnd > severityStart;
    if (hasSeverity) writer.severityRange(severityNumber, severityStart, severityEnd);
    if (this.bodyEnd > 0) this.putBody(hasSeverity);
    if (attributes.tooDeep !== '') writer.reject('too_deep', attributes.tooDeep);
    else if (!writer.traceIdRange(traceStart, traceEnd)) {
      writer.reject('bad_id', `a trace id has ${traceEnd - traceStart} bytes, not 16`);
    } else if (!writer.spanIdRange(spanStart, spanEnd)) {
      writer.reject('bad_id', `a span id has ${spanEnd - spanStart} bytes, not 8`);
    } else writer.end();
  }

  private putBody(hasSeverity: boolean): void {
    const { bodyStart, bodyEnd, cursor, lines, writer } = this;
    const isLine = !hasSeverity && !this.isParsed;
    const isPut = isLine && lines.put(decodeUtf8(cursor.bytes, bodyStart, bodyEnd));
    if (!isPut) writer.bodyRange(bodyStart, bodyEnd);
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
      this.bodyStart = start + 2;
      this.bodyEnd = end;
      return true;
    }
    const second = bytes[start + 2] ?? 0;
    const length = (first & 0x7f) | (second << 7);
    if (second >= TWO_BYTES_MIN || start + 3 + length !== end) return false;
    this.bodyStart = start + 3;
    this.bodyEnd = end;
    return true;
  }

  private body(start: number, end: number): void {
    const { cursor, writer } = this;
    cursor.position = start;
    if (start < end && cursor.tag() === ANY.string && cursor.fieldEnd(end) === end) {
      this.bodyStart = cursor.position;
      this.bodyEnd = end;
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

  private noteTooDeep(thrown: unknown): void {
    if (!(thrown instanceof TooDeep)) throw thrown;
    this.attributes.tooDeep = thrown.message;
  }
}
