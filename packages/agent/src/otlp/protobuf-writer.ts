/** Writes protobuf messages into one growing buffer, for `encode-logs.ts`. */

const BYTES_MIN: number = 256 * 1024;
/** A length of up to 4 GiB. */
const LENGTH_BYTES_MAX = 5;
const SHORT_LENGTH = 40;

export class ProtobufWriter {
  private bytes: Buffer = Buffer.allocUnsafe(BYTES_MIN);
  private at = 0;

  /** What was written; a view that is valid until the next `reset`. */
  get written(): Buffer {
    return this.bytes.subarray(0, this.at);
  }

  reset(): void {
    this.at = 0;
  }

  /** A field that is a message; `write` writes its fields. */
  message(field: number, write: () => void): void {
    this.tag(field, 2);
    const lengthAt = this.at;
    // Most messages are short: their length takes one byte.
    this.at += 1;
    this.room(LENGTH_BYTES_MAX);
    const start = this.at;
    write();
    this.endLength(lengthAt, start);
  }

  text(field: number, value: string): void {
    this.tag(field, 2);
    this.room(LENGTH_BYTES_MAX + value.length * 3);
    const lengthAt = this.at;
    this.at += 1;
    const start = this.at;
    if (!this.shortText(value)) this.at += this.bytes.write(value, start, 'utf8');
    this.endLength(lengthAt, start);
  }

  /** Keys and most values: a call out of the engine costs more than they do (`bench agent`). False when there is more to it. */
  private shortText(value: string): boolean {
    const { length } = value;
    if (length > SHORT_LENGTH) return false;
    const { at, bytes } = this;
    for (let index = 0; index < length; index += 1) {
      const code = value.charCodeAt(index);
      if (code >= 0x80) return false;
      bytes[at + index] = code;
    }
    this.at = at + length;
    return true;
  }

  /** Bytes from their hexadecimal form. */
  hex(field: number, value: string): void {
    this.tag(field, 2);
    this.room(LENGTH_BYTES_MAX + value.length);
    this.varint(value.length / 2);
    this.at += this.bytes.write(value, this.at, 'hex');
  }

  fixed64(field: number, value: bigint): void {
    this.tag(field, 1);
    this.room(8);
    this.at = this.bytes.writeBigUInt64LE(BigInt.asUintN(64, value), this.at);
  }

  double(field: number, value: number): void {
    this.tag(field, 1);
    this.room(8);
    this.at = this.bytes.writeDoubleLE(value, this.at);
  }

  bool(field: number, value: boolean): void {
    this.tag(field, 0);
    this.varint(value ? 1 : 0);
  }

  /** A signed integer: a negative one takes ten bytes. */
  int64(field: number, value: number | bigint): void {
    this.tag(field, 0);
    if (typeof value === 'number' && value >= 0) this.varint(value);
    else this.bigVarint(BigInt.asUintN(64, BigInt(value)));
  }

  private endLength(lengthAt: number, start: number): void {
    const length = this.at - start;
    const lengthBytes = varintBytes(length);
    if (lengthBytes > 1) {
      this.room(lengthBytes);
      this.bytes.copyWithin(lengthAt + lengthBytes, start, this.at);
    }
    this.at = lengthAt;
    this.varint(length);
    this.at += length;
  }

  private tag(field: number, wireType: number): void {
    this.room(LENGTH_BYTES_MAX);
    this.varint(field * 8 + wireType);
  }

  private varint(value: number): void {
    this.room(10);
    let rest = value;
    while (rest >= 0x80) {
      this.bytes[this.at] = (rest % 0x80) | 0x80;
      this.at += 1;
      rest = Math.floor(rest / 0x80);
    }
    this.bytes[this.at] = rest;
    this.at += 1;
  }

  private bigVarint(value: bigint): void {
    this.room(10);
    let rest = value;
    while (rest >= 0x80n) {
      this.bytes[this.at] = Number(rest & 0x7fn) | 0x80;
      this.at += 1;
      rest >>= 7n;
    }
    this.bytes[this.at] = Number(rest);
    this.at += 1;
  }

  private room(bytes: number): void {
    if (this.at + bytes <= this.bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.at + bytes));
    this.bytes.copy(grown, 0, 0, this.at);
    this.bytes = grown;
  }
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes += 1;
  return bytes;
}
