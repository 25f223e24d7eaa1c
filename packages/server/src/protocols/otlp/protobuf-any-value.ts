/** AnyValue in protobuf (opentelemetry/proto/common/v1). */
import { KIND } from '@tendril/columns/json-path';
import { decodeUtf8 } from '@tendril/columns/utf8';
import { checkDepth, EMPTY_VALUE, type AnyEntry, type AnyValue } from './any-value.ts';
import type { ProtobufCursor } from './protobuf-cursor.ts';

/** Tags of AnyValue's fields: field number times 8 plus wire type. */
export const ANY = {
  string: 10,
  bool: 16,
  int: 24,
  double: 33,
  array: 42,
  kvlist: 50,
  bytes: 58,
} as const;
const ANY_FIELD_MAX = 7;
// Of ArrayValue, KeyValueList and KeyValue.
const VALUES = 10;
const KEY = 10;
const VALUE = 18;

/** The AnyValue that ends at `end`, where the cursor is afterwards. Of several fields the last counts. */
export function readAnyValue(
  cursor: ProtobufCursor,
  end: number,
  depthMax: number,
  depth: number = 1,
): AnyValue {
  checkDepth(depth, depthMax);
  let any = EMPTY_VALUE;
  while (cursor.position < end) {
    const tag = cursor.tag();
    switch (tag) {
      case ANY.string:
        any = { kind: 'scalar', type: KIND.text, value: readText(cursor, end) };
        break;
      case ANY.bool:
        cursor.varint64();
        any = { kind: 'scalar', type: KIND.bool, value: (cursor.low | cursor.high) !== 0 };
        break;
      case ANY.int:
        any = { kind: 'scalar', type: KIND.int64, value: readInt64(cursor) };
        break;
      case ANY.double: {
        const value = cursor.view.getFloat64(cursor.fixed64(), true);
        any = { kind: 'scalar', type: KIND.float64, value };
        break;
      }
      case ANY.array:
        any = readArray(cursor, cursor.fieldEnd(end), depthMax, depth);
        break;
      case ANY.kvlist:
        any = readMap(cursor, cursor.fieldEnd(end), depthMax, depth);
        break;
      case ANY.bytes:
        any = { kind: 'scalar', type: KIND.text, value: readBase64(cursor, end) };
        break;
      default:
        cursor.skipUnknown(tag, end, ANY_FIELD_MAX);
    }
  }
  cursor.expectEnd(end);
  return any;
}

function readArray(cursor: ProtobufCursor, end: number, depthMax: number, depth: number): AnyValue {
  const values: AnyValue[] = [];
  while (cursor.position < end) {
    const tag = cursor.tag();
    if (tag === VALUES)
      values.push(readAnyValue(cursor, cursor.fieldEnd(end), depthMax, depth + 1));
    else cursor.skipUnknown(tag, end, 1);
  }
  cursor.expectEnd(end);
  return { kind: 'array', values };
}

function readMap(cursor: ProtobufCursor, end: number, depthMax: number, depth: number): AnyValue {
  const entries: AnyEntry[] = [];
  while (cursor.position < end) {
    const tag = cursor.tag();
    if (tag === VALUES) entries.push(readEntry(cursor, cursor.fieldEnd(end), depthMax, depth));
    else cursor.skipUnknown(tag, end, 1);
  }
  cursor.expectEnd(end);
  return { kind: 'map', entries };
}

function readEntry(cursor: ProtobufCursor, end: number, depthMax: number, depth: number): AnyEntry {
  let key = '';
  let value = EMPTY_VALUE;
  while (cursor.position < end) {
    const tag = cursor.tag();
    if (tag === KEY) key = readText(cursor, end);
    else if (tag === VALUE) value = readAnyValue(cursor, cursor.fieldEnd(end), depthMax, depth + 1);
    else cursor.skipUnknown(tag, end, 2);
  }
  cursor.expectEnd(end);
  return { key, value };
}

/** A length-delimited field as text; malformed UTF-8 becomes U+FFFD. */
export function readText(cursor: ProtobufCursor, messageEnd: number): string {
  const end = cursor.fieldEnd(messageEnd);
  const text = decodeUtf8(cursor.bytes, cursor.position, end);
  cursor.position = end;
  return text;
}

function readInt64(cursor: ProtobufCursor): bigint {
  cursor.varint64();
  return (BigInt(cursor.high) << 32n) | BigInt(cursor.low >>> 0);
}

function readBase64(cursor: ProtobufCursor, messageEnd: number): string {
  const end = cursor.fieldEnd(messageEnd);
  const text = Buffer.from(cursor.bytes.subarray(cursor.position, end)).toString('base64');
  cursor.position = end;
  return text;
}
