/** What a file holds, told by its first bytes: compressed or not, text or not. */
import { createGunzip, createZstdDecompress } from 'node:zlib';
import type { Transform } from 'node:stream';
import { encodingOf } from '../../text-encoding.ts';

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

/** Text never holds a zero byte, but for UTF-16. */
export function isBinary(head: Uint8Array): boolean {
  return encodingOf(head) === 'utf-8' && head.includes(0);
}
