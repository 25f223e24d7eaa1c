/** Writes protobuf messages into one growing buffer, for `encode-logs.ts`. */
import { ByteStore, varintLength, type ByteSource } from '@tendril/columns/byte-store';

const BYTES_INITIAL: number = 256 * 1024;
const WIRE_VARINT = 0;
const WIRE_64_BITS = 1;
const WIRE_LENGTH = 2;
const INT32_MAX = 0x7f_ff_ff_ff;

export class ProtobufWriter {
  private readonly store: ByteStore = new ByteStore(BYTES_INITIAL);

  /** What was written; a view that is valid until the next `reset`. */
  get written(): Buffer {
    return this.store.bytes.subarray(0, this.store.end);
  }

  /** What texts are written to. */
  get bytes(): Uint8Array {
    return this.store.bytes;
  }

  /** How many bytes were written. */
  get length(): number {
    return this.store.end;
  }

  reset(): void {
    this.store.end = 0;
  }

  /** Fields as they are on the wire. */
  raw(bytes: Uint8Array): void {
    const { store } = this;
    store.reserve(bytes.length);
    store.bytes.set(bytes, store.end);
    store.end += bytes.length;
  }

  /** Takes back what was written after the first `length` bytes. */
  takeBack(length: number): void {
    this.store.end = length;
  }

  /**
   * Begins a field that is a message; its fields follow, then `end` with what this returns. `lengthBytes` is how
   * many bytes its length is likely to take: where it takes others, what was written is moved.
   */
  begin(field: number, lengthBytes = 1): number {
    const { store } = this;
    store.putVarint(field * 8 + WIRE_LENGTH);
    store.reserve(lengthBytes);
    store.end += lengthBytes;
    // Both in one number: thousands of messages a request make no objects.
    return store.end * 8 + lengthBytes;
  }

  end(begun: number): void {
    const { store } = this;
    const start = Math.floor(begun / 8);
    const lengthAt = start - (begun % 8);
    const length = store.end - start;
    const contentAt = lengthAt + varintBytes(length);
    if (contentAt !== start) {
      store.reserve(Math.max(0, contentAt - start));
      store.bytes.copyWithin(contentAt, start, store.end);
    }
    store.end = lengthAt;
    store.putVarint(length);
    store.end += length;
  }

  /** Returns where the bytes of the text begin. */
  text(field: number, value: string): number {
    const { store } = this;
    store.putVarint(field * 8 + WIRE_LENGTH);
    const lengthAt = store.end;
    store.putString(value);
    return lengthAt + varintLength(store.bytes, lengthAt);
  }

  /** Text of a column. */
  textRange(field: number, source: ByteSource, start: number, end: number): void {
    this.store.putByte(field * 8 + WIRE_LENGTH);
    this.store.putText(source, start, end);
  }

  /** The most usual field of all: a `KeyValue` with a text; it is written at once. */
  textAttribute(
    field: number,
    key: ByteSource,
    { end, source, start }: { source: ByteSource; start: number; end: number },
  ): void {
    const { store } = this;
    const textField = lengthOfField(end - start);
    const keyField = lengthOfField(key.bytes.length);
    store.putByte(field * 8 + WIRE_LENGTH);
    store.putVarint(keyField + lengthOfField(textField));
    this.textRange(1, key, 0, key.bytes.length);
    store.putByte(2 * 8 + WIRE_LENGTH);
    store.putVarint(textField);
    this.textRange(1, source, start, end);
  }

  /** Bytes from their hexadecimal form in a column. */
  hexRange(field: number, { bytes }: ByteSource, start: number, end: number): void {
    const { store } = this;
    store.putByte(field * 8 + WIRE_LENGTH);
    store.putVarint((end - start) / 2);
    for (let at = start; at < end; at += 2) {
      store.putByte(digit(bytes[at]) * 16 + digit(bytes[at + 1]));
    }
  }

  /** Eight bytes as two words. */
  fixed64(field: number, low: number, high: number): void {
    this.store.putByte(field * 8 + WIRE_64_BITS);
    this.store.putUint64(low, high);
  }

  double(field: number, value: number): void {
    this.store.putByte(field * 8 + WIRE_64_BITS);
    this.store.putFloat64(value);
  }

  bool(field: number, value: boolean): void {
    this.store.putByte(field * 8 + WIRE_VARINT);
    this.store.putByte(value ? 1 : 0);
  }

  /** A signed integer: a negative one takes ten bytes. */
  int64(field: number, value: number | bigint): void {
    if (typeof value === 'number' && value >= 0 && value <= INT32_MAX) {
      this.int64Words(field, value, 0);
      return;
    }
    const bits = BigInt.asIntN(64, BigInt(value));
    this.int64Words(field, Number(BigInt.asIntN(32, bits)), Number(bits >> 32n));
  }

  int64Words(field: number, low: number, high: number): void {
    const { store } = this;
    store.putByte(field * 8 + WIRE_VARINT);
    let lowRest = low >>> 0;
    let highRest = high >>> 0;
    while (highRest > 0) {
      store.putByte((lowRest & 0x7f) | 0x80);
      lowRest = ((lowRest >>> 7) | (highRest << 25)) >>> 0;
      highRest >>>= 7;
    }
    store.putVarint(lowRest);
  }
}

/** Of a field with a number below 16. */
function lengthOfField(contentBytes: number): number {
  return 1 + varintBytes(contentBytes) + contentBytes;
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes += 1;
  return bytes;
}

/** Of a lower-case letter or a digit. */
function digit(code = 0x30): number {
  return code >= 0x61 ? code - 0x57 : code - 0x30;
}
