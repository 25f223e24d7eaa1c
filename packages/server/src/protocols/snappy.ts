/**
 * Snappy's block format, decompressed. Written here because the packages for it trust what they read:
 * a length of 32 bits makes one of them loop for ever, and a few bytes make it allocate as much as is
 * allowed.
 */
import { Failure } from '@tendril/model/failure';

/** A copy of 64 bytes takes 3 bytes; nothing compresses better. */
const EXPANSION_MAX = 22;

/** Throws `Failure` `malformed`, or `too_large` before anything is allocated. */
export function decompressSnappy(compressed: Uint8Array, bytesMax: number): Buffer {
  const { length, start } = declaredLength(compressed);
  if (length > bytesMax) {
    throw new Failure({
      code: 'too_large',
      detail: `the request is larger than ${bytesMax} bytes; send smaller batches`,
      params: { bytesMax },
    });
  }
  if (length > compressed.length * EXPANSION_MAX) throw malformed('it cannot be so long');
  const output = Buffer.allocUnsafe(length);
  const written = expand(compressed, start, output);
  if (written !== length) throw malformed('it ends too early');
  return output;
}

function declaredLength(bytes: Uint8Array): { readonly length: number; readonly start: number } {
  let length = 0;
  for (let at = 0; at < 5; at += 1) {
    const byte = bytes[at];
    if (byte === undefined) break;
    length += (byte & 0x7f) * 2 ** (7 * at);
    if (byte < 0x80) return { length, start: at + 1 };
  }
  throw malformed('it has no length');
}

// Element types, in the low two bits of a tag.
const LITERAL = 0;
const COPY_1 = 1;
const COPY_2 = 2;
/** Longer literals have their length after the tag, in one to four bytes. */
const SHORT_LITERAL_MAX = 60;

function expand(input: Uint8Array, start: number, output: Buffer): number {
  let at = start;
  let written = 0;
  while (at < input.length) {
    const tag = input[at] ?? 0;
    at += 1;
    const type = tag & 3;
    let length = (tag >>> 2) + 1;
    if (type === LITERAL) {
      if (length > SHORT_LITERAL_MAX) {
        const lengthBytes = length - SHORT_LITERAL_MAX;
        length = littleEndian(input, at, lengthBytes) + 1;
        at += lengthBytes;
      }
      if (at + length > input.length || written + length > output.length) throw overrun();
      output.set(input.subarray(at, at + length), written);
      at += length;
    } else {
      const offsetBytes = type === COPY_1 ? 1 : type === COPY_2 ? 2 : 4;
      let offset = littleEndian(input, at, offsetBytes);
      if (type === COPY_1) {
        length = ((tag >>> 2) & 7) + 4;
        offset += (tag >>> 5) << 8;
      }
      at += offsetBytes;
      if (offset === 0 || offset > written || written + length > output.length) throw overrun();
      copy(output, written, { offset, length });
    }
    written += length;
  }
  return written;
}

/** The two may overlap: a copy of what is being written repeats it. */
function copy(
  output: Buffer,
  to: number,
  { offset, length }: { readonly offset: number; readonly length: number },
): void {
  if (offset >= length) {
    output.copyWithin(to, to - offset, to - offset + length);
    return;
  }
  for (let at = to; at < to + length; at += 1) output[at] = output[at - offset] ?? 0;
}

function littleEndian(bytes: Uint8Array, at: number, count: number): number {
  if (at + count > bytes.length) throw overrun();
  let value = 0;
  for (let i = count - 1; i >= 0; i -= 1) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
}

function overrun(): Failure {
  return malformed('it refers to what is not there');
}

function malformed(reason: string): Failure {
  return new Failure({ code: 'malformed', detail: `the body is not valid snappy: ${reason}` });
}
