/** Chains out of many, spread evenly over a range of time, so that no busy minute stands for all. */
import type { MsRange } from './chain-store.ts';

/** Parts of a range that each bring the same number. */
const SLICES = 12;

/** Ids with their starts; the same input gives the same sample. */
export function spreadSample(
  starts: readonly (readonly [id: string, atMs: number])[],
  { fromMs, toMs }: MsRange,
  chainsMax: number,
): readonly string[] {
  if (starts.length <= chainsMax) return starts.map(([id]) => id);
  const slices = Map.groupBy(starts, ([, atMs]) =>
    Math.floor(((atMs - fromMs) / Math.max(1, toMs - fromMs)) * SLICES),
  );
  const each = Math.ceil(chainsMax / slices.size);
  return [...slices.values()].flatMap((slice) => evenly(slice, each)).slice(0, chainsMax);
}

function evenly(slice: readonly (readonly [id: string, atMs: number])[], count: number): string[] {
  if (slice.length <= count) return slice.map(([id]) => id);
  return Array.from(
    { length: count },
    (_, index) => slice[Math.floor((index * slice.length) / count)]?.[0] ?? '',
  );
}
