/**
 * Attributes of a record in protobuf, from their bytes to the writer. Hot: an attribute as nearly all
 * are is read in place (bench/src/micro/otlp-decode.ts).
 */
import type { Kind } from '@tendril/columns/json-path';
import type { AttributeValue } from '@tendril/model/attribute';
import { flatten, TooDeep } from './any-value.ts';
import { KeyValueReader } from './key-value-reader.ts';
import { ANY } from './protobuf-any-value.ts';
import type { ProtobufCursor } from './protobuf-cursor.ts';

const KEY = 10;
const VALUE = 18;
/** Tag and length of the key, of the value, and of what the value holds. */
const PLAIN_ATTRIBUTE_BYTES_MIN = 6;

/** The part of a writer that takes attributes. */
export interface AttributeSink {
  attributeTextRange(keyStart: number, keyEnd: number, start: number, end: number): void;
  attributeInt64Range(keyStart: number, keyEnd: number, low: number, high: number): void;
  attributeOfKind(name: string, kind: Kind, value: AttributeValue): void;
}

export class AttributeReader {
  /** Why the record at hand cannot be kept; empty while it can. */
  tooDeep = '';
  private readonly cursor: ProtobufCursor;
  private readonly writer: AttributeSink;
  private readonly keyValues: KeyValueReader;

  constructor(cursor: ProtobufCursor, writer: AttributeSink, depthMax: number) {
    this.cursor = cursor;
    this.writer = writer;
    this.keyValues = new KeyValueReader(cursor, depthMax);
  }

  // An attribute as nearly all are: key before value, both short, the value one text or small integer.
  // False when it is anything else.
  plain(start: number, end: number): boolean {
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

  any(start: number, end: number): void {
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
