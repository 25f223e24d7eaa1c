/**
 * Reads the protobuf wire format in place. Every read is bounded by the end of the bytes, every
 * length by the end of the message around it; what does not fit is thrown as a `malformed` Failure.
 */
import { Failure } from '@tendril/model/failure';

export const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

const WIRE_BITS = 3;
const WIRE_MASK = 7;
/** Tags are 32-bit numbers. */
const TAG_MAX = 0xffff_ffff;

export class ProtobufCursor {
  position = 0;
  /** The last `varint64`, as two words. */
  low = 0;
  high = 0;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  private readonly length: number;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.length = bytes.length;
  }

  /** Field number and wire type. */
  tag(): number {
    const { position } = this;
    if (position < this.length) {
      const byte = this.bytes[position] ?? 0;
      if (byte < 0x80) {
        this.position = position + 1;
        return byte;
      }
    }
    return this.longTag();
  }

  /** Where the length-delimited field that starts here ends; the cursor is then at its first byte. */
  fieldEnd(messageEnd: number): number {
    const length = this.shortVarint();
    const end = this.position + length;
    if (end > messageEnd) throw this.malformed('a length goes past the end of its message');
    return end;
  }

  /** The low 32 bits of a varint, unsigned. */
  varint32(): number {
    this.varint64();
    return this.low >>> 0;
  }

  /** Leaves the value in `low` and `high`. */
  varint64(): void {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.position >= this.length) throw this.truncated();
      const byte = this.bytes[this.position++] ?? 0;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80) {
        this.low = low;
        this.high = high;
        return;
      }
    }
    throw this.malformed('a varint has more than 10 bytes');
  }

  /** Moves past a field of eight bytes and returns where it starts. */
  fixed64(): number {
    const start = this.position;
    if (start + 8 > this.length) throw this.truncated();
    this.position = start + 8;
    return start;
  }

  fixed32(): number {
    const start = this.position;
    if (start + 4 > this.length) throw this.truncated();
    this.position = start + 4;
    return this.view.getUint32(start, true);
  }

  /** Moves past a field that is not known. */
  skip(tag: number, messageEnd: number): void {
    if (tag >>> WIRE_BITS === 0) throw this.malformed('a field has number 0');
    switch (tag & WIRE_MASK) {
      case WIRE.varint:
        this.varint64();
        break;
      case WIRE.fixed64:
        this.fixed64();
        break;
      case WIRE.bytes:
        this.position = this.fieldEnd(messageEnd);
        break;
      case WIRE.fixed32:
        this.fixed32();
        break;
      default:
        throw this.malformed(`wire type ${tag & WIRE_MASK} is not in use`);
    }
  }

  /** As `skip`, for messages whose fields up to `knownMax` are known: their wire type was wrong. */
  skipUnknown(tag: number, messageEnd: number, knownMax: number): void {
    const field = tag >>> WIRE_BITS;
    if (field <= knownMax) throw this.malformed(`field ${field} has wire type ${tag & WIRE_MASK}`);
    this.skip(tag, messageEnd);
  }

  /** Throws when a field did not end where its message does. */
  expectEnd(end: number): void {
    if (this.position !== end) throw this.malformed('a field goes past the end of its message');
  }

  malformed(reason: string): Failure {
    const detail = `cannot read the protobuf message: ${reason}, at byte ${this.position}`;
    return new Failure({ code: 'malformed', detail, params: { position: this.position } });
  }

  private truncated(): Failure {
    return this.malformed('it ends in the middle of a field');
  }

  private shortVarint(): number {
    const { position } = this;
    if (position < this.length) {
      const byte = this.bytes[position] ?? 0;
      if (byte < 0x80) {
        this.position = position + 1;
        return byte;
      }
      const second = this.bytes[position + 1] ?? 0x80;
      if (second < 0x80) {
        this.position = position + 2;
        return (byte & 0x7f) | (second << 7);
      }
    }
    this.varint64();
    if (this.high !== 0 || this.low < 0) throw this.malformed('a length is above 2 GiB');
    return this.low;
  }

  private longTag(): number {
    this.varint64();
    const tag = this.low >>> 0;
    if (this.high !== 0 || tag > TAG_MAX) throw this.malformed('a field number is too large');
    return tag;
  }
}
