/**
 * UTF-8 of unknown origin: is it valid, make it valid, cut it without splitting a character.
 * ClickHouse stores any bytes in a String, but JSON answers and browsers need text.
 */
import { isUtf8 } from 'node:buffer';

/** From here the call into native code costs less than the loop below. */
const NATIVE_BYTES_MIN = 96;

const encoder = new TextEncoder();

export function isValidUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start >= NATIVE_BYTES_MIN) return isUtf8(bytes.subarray(start, end));
  let position = start;
  while (position < end) {
    const lead = bytes[position] ?? 0;
    if (lead < 0x80) {
      position += 1;
      continue;
    }
    const length = sequenceLength(bytes, position, end);
    if (length === 0) return false;
    position += length;
  }
  return true;
}

/** The range as valid UTF-8: every malformed sequence becomes U+FFFD. */
export function repairUtf8(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return encoder.encode(decodeUtf8(bytes, start, end));
}

/** Text of a range; malformed sequences become U+FFFD, a byte order mark stays. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  const whole = Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return whole.toString('utf8', start, end);
}

/** The largest end, at most `bytesMax` from start, that does not split a character. */
export function cutUtf8(bytes: Uint8Array, start: number, bytesMax: number): number {
  let end = start + bytesMax;
  while (end > start && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return end;
}

// 2 to 4 for a well-formed sequence (RFC 3629: no overlong forms, no surrogates), else 0.
function sequenceLength(bytes: Uint8Array, at: number, end: number): number {
  const lead = bytes[at] ?? 0;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || at + length > end) return 0;
  const second = bytes[at + 1] ?? 0;
  if (!isSecondByte(lead, second)) return 0;
  for (let i = at + 2; i < at + length; i += 1) {
    if (((bytes[i] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  return length;
}

function isSecondByte(lead: number, second: number): boolean {
  switch (lead) {
    case 0xe0:
      return second >= 0xa0 && second <= 0xbf;
    case 0xed:
      return second >= 0x80 && second <= 0x9f;
    case 0xf0:
      return second >= 0x90 && second <= 0xbf;
    case 0xf4:
      return second >= 0x80 && second <= 0x8f;
    default:
      return (second & 0xc0) === 0x80;
  }
}
