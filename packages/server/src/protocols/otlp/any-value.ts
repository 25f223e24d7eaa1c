/**
 * OTLP AnyValue in protobuf, for all but the plain cases that the record reader takes itself: arrays,
 * maps and bytes, nested to a bound.
 */
import { KIND, type Kind } from '@tendril/columns/json-path';
import { decodeUtf8 } from '@tendril/columns/utf8';
import type { AttributeScalar, AttributeValue } from '@tendril/model/attribute';
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
const LIST_VALUES = 10;
const KEY = 10;
const VALUE = 18;

/** A typed value with its key; nested maps have become several, with dotted keys. */
export type ValueSink = (name: string, kind: Kind, value: AttributeValue) => void;

/** Thrown where a value is nested too deeply; the record is refused, the request is not. */
export class TooDeep extends Error {}

/** One AnyValue, read as far as its type and extent. The last field of several counts. */
interface Any {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
  readonly integer: bigint;
}

const EMPTY: Any = { tag: 0, start: 0, end: 0, integer: 0n };

export class AnyValueReader {
  private readonly cursor: ProtobufCursor;
  private readonly depthMax: number;

  constructor(cursor: ProtobufCursor, depthMax: number) {
    this.cursor = cursor;
    this.depthMax = depthMax;
  }

  /** Gives the value at a range to `sink`, flattened. */
  flatten(name: string, start: number, end: number, sink: ValueSink): void {
    this.flattenAt(name, this.read(start, end), sink, 1);
  }

  /** The value as text: a string as it is, anything else as JSON. */
  text(start: number, end: number): string {
    const any = this.read(start, end);
    switch (any.tag) {
      case 0:
        return '';
      case ANY.string:
        return this.string(any);
      case ANY.bytes:
        return this.base64(any);
      default:
        return this.json(any, 1);
    }
  }

  private flattenAt(name: string, any: Any, sink: ValueSink, depth: number): void {
    this.checkDepth(depth);
    switch (any.tag) {
      case ANY.kvlist: {
        const entries = this.entries(any);
        if (entries.length === 0) sink(name, KIND.text, '{}');
        for (const { key, value } of entries) {
          this.flattenAt(`${name}.${key}`, value, sink, depth + 1);
        }
        break;
      }
      case ANY.array:
        this.flattenArray(name, any, sink, depth);
        break;
      default: {
        const { kind, value } = this.scalar(any);
        sink(name, kind, value);
      }
    }
  }

  private flattenArray(name: string, any: Any, sink: ValueSink, depth: number): void {
    const elements = this.elements(any);
    const scalars = elements.map((element) =>
      isNested(element) ? undefined : this.scalar(element),
    );
    const kind = scalars[0]?.kind ?? KIND.text;
    const values: AttributeScalar[] = [];
    for (const scalar of scalars) if (scalar?.kind === kind) values.push(scalar.value);
    const isUniform = values.length === elements.length && !elements.includes(EMPTY);
    if (isUniform) sink(name, (kind + KIND.texts) as Kind, values);
    else sink(name, KIND.text, this.json(any, depth));
  }

  private scalar(any: Any): { readonly kind: Kind; readonly value: AttributeScalar } {
    switch (any.tag) {
      case ANY.bool:
        return { kind: KIND.bool, value: any.integer !== 0n };
      case ANY.int:
        return { kind: KIND.int64, value: any.integer };
      case ANY.double:
        return { kind: KIND.float64, value: this.double(any) };
      case ANY.bytes:
        return { kind: KIND.text, value: this.base64(any) };
      case ANY.string:
        return { kind: KIND.text, value: this.string(any) };
      default:
        return { kind: KIND.text, value: '' };
    }
  }

  private json(any: Any, depth: number): string {
    this.checkDepth(depth);
    switch (any.tag) {
      case 0:
        return 'null';
      case ANY.kvlist: {
        const members = this.entries(any).map(
          ({ key, value }) => `${JSON.stringify(key)}:${this.json(value, depth + 1)}`,
        );
        return `{${members.join(',')}}`;
      }
      case ANY.array:
        return `[${this.elements(any)
          .map((element) => this.json(element, depth + 1))
          .join(',')}]`;
      default:
        return jsonOfScalar(this.scalar(any).value);
    }
  }

  private checkDepth(depth: number): void {
    if (depth > this.depthMax) throw new TooDeep(`a value is nested deeper than ${this.depthMax}`);
  }

  private read(start: number, end: number): Any {
    const { cursor } = this;
    let any = EMPTY;
    cursor.position = start;
    while (cursor.position < end) any = this.readField(cursor.tag(), end) ?? any;
    cursor.expectEnd(end);
    return any;
  }

  private readField(tag: number, end: number): Any | undefined {
    const { cursor } = this;
    switch (tag) {
      case ANY.string:
      case ANY.array:
      case ANY.kvlist:
      case ANY.bytes: {
        const fieldEnd = cursor.fieldEnd(end);
        const start = cursor.position;
        cursor.position = fieldEnd;
        return { tag, start, end: fieldEnd, integer: 0n };
      }
      case ANY.bool:
      case ANY.int: {
        cursor.varint64();
        const integer = (BigInt(cursor.high) << 32n) | BigInt(cursor.low >>> 0);
        return { tag, start: 0, end: 0, integer };
      }
      case ANY.double: {
        const start = cursor.fixed64();
        return { tag, start, end: start + 8, integer: 0n };
      }
      default:
        cursor.skipUnknown(tag, end, ANY_FIELD_MAX);
        return undefined;
    }
  }

  private elements({ start, end }: Any): Any[] {
    const { cursor } = this;
    const elements: Any[] = [];
    for (let at = start; at < end; at = cursor.position) {
      cursor.position = at;
      const tag = cursor.tag();
      if (tag === LIST_VALUES) elements.push(this.message(end));
      else cursor.skipUnknown(tag, end, 1);
    }
    cursor.position = end;
    return elements;
  }

  private entries({ start, end }: Any): { readonly key: string; readonly value: Any }[] {
    const { cursor } = this;
    const entries: { key: string; value: Any }[] = [];
    for (let at = start; at < end; at = cursor.position) {
      cursor.position = at;
      const tag = cursor.tag();
      if (tag === LIST_VALUES) entries.push(this.entry(cursor.fieldEnd(end)));
      else cursor.skipUnknown(tag, end, 1);
    }
    cursor.position = end;
    return entries;
  }

  private entry(end: number): { readonly key: string; readonly value: Any } {
    const { cursor } = this;
    let key = '';
    let value = EMPTY;
    while (cursor.position < end) {
      const tag = cursor.tag();
      if (tag === KEY) {
        const keyEnd = cursor.fieldEnd(end);
        key = decodeUtf8(cursor.bytes, cursor.position, keyEnd);
        cursor.position = keyEnd;
      } else if (tag === VALUE) value = this.message(end);
      else cursor.skipUnknown(tag, end, 2);
    }
    cursor.expectEnd(end);
    return { key, value };
  }

  private message(end: number): Any {
    const fieldEnd = this.cursor.fieldEnd(end);
    return this.read(this.cursor.position, fieldEnd);
  }

  private string({ start, end }: Any): string {
    return decodeUtf8(this.cursor.bytes, start, end);
  }

  private double({ start }: Any): number {
    return this.cursor.view.getFloat64(start, true);
  }

  private base64({ start, end }: Any): string {
    return Buffer.from(this.cursor.bytes.subarray(start, end)).toString('base64');
  }
}

function isNested({ tag }: Any): boolean {
  return tag === ANY.array || tag === ANY.kvlist;
}

/** JSON has no NaN and no infinities; they become their names. */
function jsonOfScalar(value: AttributeScalar): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' && !Number.isFinite(value)) return `"${value}"`;
  return String(value);
}
