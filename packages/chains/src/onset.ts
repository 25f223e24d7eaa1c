/** When chains of an entry began to fail, as far as the sample tells. */
import type { Outline } from './outline.ts';

/** Chains on either side of the moment. */
const SIDE_MIN = 3;
/** Standard errors by which the shares of failed chains must differ. */
const Z_MIN = 3;

/** Never after `firstWrongMs`; that moment itself where chains have failed alike all the time. */
export function onsetOf(
  neighbours: readonly Outline[],
  failed: ReadonlySet<string>,
  firstWrongMs: number,
): number {
  const ordered = neighbours
    .map(({ chain, startMs }) => ({ startMs, isFailed: failed.has(chain) }))
    .toSorted((a, b) => a.startMs - b.startMs);
  const all = ordered.filter(({ isFailed }) => isFailed).length;
  let best = { z: Z_MIN, atMs: firstWrongMs };
  let before = 0;
  for (const [index, { startMs, isFailed }] of ordered.entries()) {
    const after = ordered.length - index;
    if (startMs > firstWrongMs || after < SIDE_MIN) break;
    if (index >= SIDE_MIN && isFailed) {
      const z = zScore({ before, beforeOf: index, after: all - before, afterOf: after });
      if (z > best.z) best = { z, atMs: startMs };
    }
    if (isFailed) before += 1;
  }
  return best.atMs;
}

interface Shares {
  readonly before: number;
  readonly beforeOf: number;
  readonly after: number;
  readonly afterOf: number;
}

/** Of two proportions, pooled. */
export function zScore({ before, beforeOf, after, afterOf }: Shares): number {
  const pooled = (before + after) / (beforeOf + afterOf);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / beforeOf + 1 / afterOf));
  return error === 0 ? 0 : (after / afterOf - before / beforeOf) / error;
}
