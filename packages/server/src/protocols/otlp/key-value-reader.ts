/** KeyValue in protobuf: where its key and its value are, and both decoded where that is needed. */
import { decodeUtf8 } from '@tendril/columns/utf8';
import type { AnyValue } from './any-value.ts';
import { readAnyValue } from './protobuf-any-value.ts';
import type { ProtobufCursor } from './protobuf-cursor.ts';

const KEY = 10;
const VALUE = 18;

export class KeyValueReader {
  keyStart = 0;
  keyEnd = 0;
  valueStart = 0;
  valueEnd = 0;
  private readonly cursor: ProtobufCursor;
  private readonly depthMax: number;

  constructor(cursor: ProtobufCursor, depthMax: number) {
    this.cursor = cursor;
    this.depthMax = depthMax;
  }

  /** Finds key and value of the KeyValue that ends at `end`, where the cursor is afterwards. */
  read(end: number): void {
    const { cursor } = this;
    this.keyStart = 0;
    this.keyEnd = 0;
    this.valueStart = 0;
    this.valueEnd = 0;
    while (cursor.position < end) {
      const tag = cursor.tag();
      if (tag === KEY) {
        this.keyEnd = cursor.fieldEnd(end);
        this.keyStart = cursor.position;
        cursor.position = this.keyEnd;
      } else if (tag === VALUE) {
        this.valueEnd = cursor.fieldEnd(end);
        this.valueStart = cursor.position;
        cursor.position = this.valueEnd;
      } else cursor.skipUnknown(tag, end, 2);
    }
    cursor.expectEnd(end);
  }

  key(): string {
    return decodeUtf8(this.cursor.bytes, this.keyStart, this.keyEnd);
  }

  /** Moves the cursor. */
  value(): AnyValue {
    this.cursor.position = this.valueStart;
    return readAnyValue(this.cursor, this.valueEnd, this.depthMax);
  }
}
