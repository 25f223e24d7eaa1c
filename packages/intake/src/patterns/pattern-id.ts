/** Ids of patterns and skeletons as they are written in JSON and URLs: 16 hex digits. */
import type { IdWords } from './pattern-hash.ts';

export function idText({ low, high }: Readonly<IdWords>): string {
  return hexOf(high) + hexOf(low);
}

function hexOf(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
