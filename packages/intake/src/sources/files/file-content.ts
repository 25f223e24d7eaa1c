/** What a file holds, told by its first bytes: compressed or not, text or not. */
import { createGunzip, createZstdDecompress } from 'node:zlib';
import type { Transform } from 'node:stream';

export type Compression = 'none' | 'gzip' | 'zstd';

export function compressionOf(head: Uint8Array): Compression {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  const isZstd = head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd;
  return isZstd ? 'zstd' : 'none';
}

/** Undefined for what is not compressed. */
export function decompressor(compression: Compression): Transform | undefined {
  switch (compression) {
    case 'gzip':
      return createGunzip();
    case 'zstd':
      return createZstdDecompress();
    case 'none':
      return undefined;
    default:
      return compression satisfies never;
  }
}

export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** By the byte order mark. */
export function encodingOf(head: Uint8Array): TextEncoding {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  return 'utf-8';
}

/** Text never holds a zero byte, but for UTF-16. */
export function isBinary(head: Uint8Array): boolean {
  return encodingOf(head) === 'utf-8' && head.includes(0);
}

/** UTF-16 as UTF-8, chunk by chunk. */
export async function* asUtf8(
  chunks: AsyncIterable<Uint8Array>,
  encoding: TextEncoding,
): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of chunks) {
    const text = decoder.decode(chunk, { stream: true });
    if (text !== '') yield Buffer.from(text);
  }
  const rest = decoder.decode();
  if (rest !== '') yield Buffer.from(rest);
}
