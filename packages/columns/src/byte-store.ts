/**
 * Growable memory that columns append to. It keeps its size after `reset`, so that a pooled batch
 * allocates nothing in steady state.
 */
import { decodeUtf8, isValidUtf8, repairUtf8 } from './utf8.ts';

/** Bytes to read ranges from, with the view that reads them a word at a time. */
export class ByteSource {
  readonly bytes: Uint8Array;
  readonly view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = viewOf(bytes);
  }
}

/** Turns strings into ranges of bytes, one at a time, in memory that is used again. */
export class TextScratch {
  source: ByteSource = new ByteSource(Buffer.allocUnsafeSlow(4096));

  /** Encodes the text at the start of `source` and returns its length in bytes. */
  encode(text: string): number {
    // Three bytes a character is the most UTF-8 needs for one UTF-16 unit.
    const bytesMax = text.length * 3;
    if (bytesMax > this.source.bytes.length) {
      this.source = new ByteSource(Buffer.allocUnsafeSlow(bytesMax * 2));
    }
    return encodeText(text, this.source.bytes as Buffer, 0);
  }
}

/** Above this one call into native code is cheaper than a loop: bench/src/micro/lines.ts. */
const LOOP_TEXT_LENGTH_MAX = 32;

/** UTF-8 from `start` on, where there is room for it; lone surrogates become U+FFFD. Returns its length. */
function encodeText(text: string, bytes: Buffer, start: number): number {
  const isShort = text.length <= LOOP_TEXT_LENGTH_MAX;
  return isShort && encodeAscii(text, bytes, start) ? text.length : bytes.write(text, start);
}

// False when there are other characters.
function encodeAscii(text: string, bytes: Uint8Array, start: number): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 0x7f) return false;
    bytes[start + at] = code;
  }
  return true;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Above this one call into native code is cheaper than a loop. */
const LOOP_BYTES_MAX = 160;
/** A varint of a length needs at most this many bytes. */
const VARINT_BYTES_MAX = 5;
/** Two hex digits of each byte value, in the order that a little-endian store writes them. */
const HEX_PAIRS: Uint16Array = Uint16Array.from({ length: 256 }, (_, byte) => {
  const digits = byte.toString(16).padStart(2, '0');
  return digits.charCodeAt(0) | (digits.charCodeAt(1) << 8);
});

export class ByteStore {
  bytes: Buffer;
  view: DataView;
  /** Where the next byte goes. */
  end = 0;

  constructor(initialBytes: number) {
    this.bytes = Buffer.allocUnsafeSlow(initialBytes);
    this.view = viewOf(this.bytes);
  }

  /** Makes room for so many more bytes. */
  reserve(byteCount: number): void {
    if (this.end + byteCount > this.bytes.length) this.grow(byteCount);
  }

  putVarint(value: number): void {
    this.reserve(VARINT_BYTES_MAX);
    let rest = value;
    let at = this.end;
    while (rest > 0x7f) {
      this.bytes[at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.bytes[at++] = rest;
    this.end = at;
  }

  putUint64(low: number, high: number): void {
    this.reserve(8);
    this.view.setInt32(this.end, low, true);
    this.view.setInt32(this.end + 4, high, true);
    this.end += 8;
  }

  putUint32(value: number): void {
    this.reserve(4);
    this.view.setUint32(this.end, value, true);
    this.end += 4;
  }

  putFloat64(value: number): void {
    this.reserve(8);
    this.view.setFloat64(this.end, value, true);
    this.end += 8;
  }

  putByte(value: number): void {
    this.reserve(1);
    this.bytes[this.end++] = value;
  }

  /** So many bytes of one value; that is how rows without a value are filled in. */
  fill(value: number, count: number): void {
    this.reserve(count);
    const end = this.end + count;
    if (count > LOOP_BYTES_MAX) this.bytes.fill(value, this.end, end);
    else for (let at = this.end; at < end; at += 1) this.bytes[at] = value;
    this.end = end;
  }

  /**
   * Length and bytes of a text that is not known to be valid UTF-8; what is not becomes U+FFFD. Copies
   * a word at a time and learns on the way whether all of it is ASCII (bench/src/micro/otlp-decode.ts).
   */
  putText(source: ByteSource, start: number, end: number): void {
    const length = end - start;
    if (this.end + length + VARINT_BYTES_MAX > this.bytes.length) {
      this.grow(length + VARINT_BYTES_MAX);
    }
    if (length > LOOP_BYTES_MAX) {
      this.putLongText(source, start, end);
      return;
    }
    const { bytes, view } = this;
    const from = source.view;
    let at = this.end;
    if (length > 0x7f) bytes[at++] = (length & 0x7f) | 0x80;
    bytes[at++] = length > 0x7f ? length >> 7 : length;
    const textEnd = at + length;
    let seen = 0;
    if (length >= 8) {
      let next = start;
      for (const wordsEnd = end - 8; next < wordsEnd; next += 8, at += 8) {
        const low = from.getInt32(next, true);
        const high = from.getInt32(next + 4, true);
        seen |= low | high;
        view.setInt32(at, low, true);
        view.setInt32(at + 4, high, true);
      }
      // The last eight bytes overlap with those before, which saves a loop over single bytes.
      const low = from.getInt32(end - 8, true);
      const high = from.getInt32(end - 4, true);
      seen |= low | high;
      view.setInt32(textEnd - 8, low, true);
      view.setInt32(textEnd - 4, high, true);
    } else if (length >= 4) {
      const low = from.getInt32(start, true);
      const high = from.getInt32(end - 4, true);
      seen = low | high;
      view.setInt32(at, low, true);
      view.setInt32(textEnd - 4, high, true);
    } else {
      for (let next = start; next < end; next += 1, at += 1) {
        const byte = source.bytes[next] ?? 0;
        seen |= byte;
        bytes[at] = byte;
      }
    }
    if ((seen & 0x80808080) !== 0 && !isValidUtf8(source.bytes, start, end)) {
      this.putBytes(repairUtf8(source.bytes, start, end));
    } else this.end = textEnd;
  }

  /** Length and bytes, taken as they are. */
  putBytes(bytes: Uint8Array): void {
    this.putVarint(bytes.length);
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.end);
    this.end += bytes.length;
  }

  /** Length and UTF-8 of a string; lone surrogates become U+FFFD. */
  putString(text: string): void {
    // Three bytes a character is the most UTF-8 needs for one UTF-16 unit.
    const bytesMax = text.length * 3;
    this.reserve(bytesMax + VARINT_BYTES_MAX);
    // Where the number of characters says how many bytes the length has, it is written when it is known.
    if (bytesMax < 0x80) this.putLengthAndText(text, 1);
    else if (text.length >= 0x80 && bytesMax < 0x4000) this.putLengthAndText(text, 2);
    else {
      this.putVarint(Buffer.byteLength(text));
      this.end += this.bytes.write(text, this.end);
    }
  }

  /** Length and lower-case hex digits of a range. */
  putHex(source: ByteSource, start: number, end: number): void {
    const length = (end - start) * 2;
    this.putVarint(length);
    this.reserve(length);
    const { bytes } = source;
    const { view } = this;
    let at = this.end;
    for (let i = start; i < end; i += 1, at += 2) {
      view.setUint16(at, HEX_PAIRS[bytes[i] ?? 0] ?? 0, true);
    }
    this.end = at;
  }

  used(): Uint8Array {
    return this.bytes.subarray(0, this.end);
  }

  /** Text of a value that starts at `at` with its length. */
  textAt(at: number): string {
    const { value, next } = readVarint(this.bytes, at);
    return decodeUtf8(this.bytes, next, next + value);
  }

  private putLengthAndText(text: string, lengthBytes: 1 | 2): void {
    const { bytes, end } = this;
    const length = encodeText(text, bytes, end + lengthBytes);
    bytes[end] = lengthBytes === 2 ? (length & 0x7f) | 0x80 : length;
    if (lengthBytes === 2) bytes[end + 1] = length >> 7;
    this.end = end + lengthBytes + length;
  }

  private putLongText(source: ByteSource, start: number, end: number): void {
    const isValid = isValidUtf8(source.bytes, start, end);
    this.putBytes(
      isValid ? source.bytes.subarray(start, end) : repairUtf8(source.bytes, start, end),
    );
  }

  private grow(byteCount: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.end + byteCount));
    this.bytes.copy(grown, 0, 0, this.end);
    this.bytes = grown;
    this.view = viewOf(grown);
  }
}

/** How many bytes the varint at `at` has. */
export function varintLength(bytes: Uint8Array, at: number): number {
  let length = 1;
  while ((bytes[at + length - 1] ?? 0) >= 0x80) length += 1;
  return length;
}

/** A varint of at most five bytes, as Native lengths are. */
export function readVarint(bytes: Uint8Array, at: number): { value: number; next: number } {
  let value = 0;
  let next = at;
  for (let scale = 1; ; scale *= 0x80) {
    const byte = bytes[next++] ?? 0;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value, next };
  }
}
