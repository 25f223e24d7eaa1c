/** Ids of patterns and skeletons as they are written in JSON and URLs: 16 hex digits. */
import type { IdWords } from './pattern-hash.ts';

export function idText({ low, high }: Readonly<IdWords>): string {
  return hexOf(high) + hexOf(low);
}

export function idNumber({ low, high }: Readonly<IdWords>): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

function hexOf(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
