/**
 * The values of one event as ranges of its bytes: what readers of JSON and MessagePack find, in the order it stands
 * there. Nothing is made of them but numbers, so that an event costs no objects (`npm run bench -- receiver-decode`).
 */
import { ByteSource } from '@tendril/columns/byte-store';
import { decodeUtf8 } from '@tendril/columns/utf8';
import type { AttributeValue } from '@tendril/model/attribute';
import type { FieldName } from './field-names.ts';

export const LEAF = {
  /** A range of the event's bytes. */
  text: 0,
  /** A range of what was written differently in the event. */
  unescaped: 1,
  /** Of at most 15 digits. */
  integer: 2,
  double: 3,
  false: 4,
  true: 5,
  /** The range of a list of values that are not nested. */
  list: 6,
} as const;
export type Leaf = (typeof LEAF)[keyof typeof LEAF];

/** Events with more are rare and read in another way. */
export const LEAVES_MAX = 512;
const NO_BYTES: ByteSource = new ByteSource(new Uint8Array(0));
const UNESCAPED_BYTES_INITIAL = 4_096;

export class EventLeaves {
  count = 0;
  readonly names: FieldName[] = [];
  readonly starts: Int32Array = new Int32Array(LEAVES_MAX);
  readonly ends: Int32Array = new Int32Array(LEAVES_MAX);
  readonly numbers: Float64Array = new Float64Array(LEAVES_MAX);
  /** What the event lies in. */
  source: ByteSource = NO_BYTES;
  /** Texts with escapes, without them. */
  unescaped: ByteSource = new ByteSource(Buffer.allocUnsafeSlow(UNESCAPED_BYTES_INITIAL));
  unescapedEnd = 0;
  /** Counts events, in a way that tells those of all readers apart. */
  event = 0;
  private readonly kinds: Uint8Array = new Uint8Array(LEAVES_MAX);

  /** Begins an event that has so many bytes. */
  begin(source: ByteSource, byteLength: number): void {
    this.source = source;
    this.count = 0;
    this.unescapedEnd = 0;
    eventsRead += 1;
    this.event = eventsRead;
    if (byteLength <= this.unescaped.bytes.length) return;
    this.unescaped = new ByteSource(Buffer.allocUnsafeSlow(2 * byteLength));
  }

  /** False when the event has had a field of this name: which of them counts is not decided here. */
  claim(name: FieldName): boolean {
    if (name.seenIn === this.event) return false;
    name.seenIn = this.event;
    return true;
  }

  /** False when there are too many. */
  addRange(name: FieldName, kind: Leaf, start: number, end: number): boolean {
    const { count } = this;
    if (count >= LEAVES_MAX) return false;
    this.names[count] = name;
    this.kinds[count] = kind;
    this.starts[count] = start;
    this.ends[count] = end;
    this.count = count + 1;
    return true;
  }

  /** As `addRange`, for a kind without one; truth values have no number. */
  addNumber(name: FieldName, kind: Leaf, value: number): boolean {
    this.numbers[this.count] = value;
    return this.addRange(name, kind, 0, 0);
  }

  name(index: number): FieldName {
    const name = this.names[index];
    if (name === undefined) throw new RangeError(`there is no leaf ${index}`);
    return name;
  }

  kind(index: number): number {
    return this.kinds[index] ?? 0;
  }

  isText(index: number): boolean {
    return this.kind(index) <= LEAF.unescaped;
  }

  start(index: number): number {
    return this.starts[index] ?? 0;
  }

  end(index: number): number {
    return this.ends[index] ?? 0;
  }

  number(index: number): number {
    return this.numbers[index] ?? 0;
  }

  /** What the range of a leaf refers to. */
  sourceOf(index: number): ByteSource {
    return this.kind(index) === LEAF.unescaped ? this.unescaped : this.source;
  }

  /** Of a text, or a list as it stands there. */
  text(index: number): string {
    return decodeUtf8(this.sourceOf(index).bytes, this.start(index), this.end(index));
  }

  /** Of all kinds but lists. */
  value(index: number): AttributeValue {
    const kind = this.kind(index);
    if (kind <= LEAF.unescaped) return this.text(index);
    return kind === LEAF.true || kind === LEAF.false ? kind === LEAF.true : this.number(index);
  }
}

let eventsRead = 0;
