/** Times at which a service that usually speaks said nothing. */
export interface Gap {
  /** Indexes of buckets: the first silent one, and the first after. */
  readonly from: number;
  readonly to: number;
}

/** A service that says less than this in a bucket may well be silent in the next. */
const USUAL_COUNT_MIN = 5;
/** One that spoke in fewer of its buckets than this speaks now and then. */
const SPOKEN_SHARE_MIN = 0.5;

/**
 * Silence between the first record and the end. What is at the end counts from two buckets on: the last one
 * is not over yet.
 */
export function gapsOf(counts: readonly number[]): readonly Gap[] {
  const first = counts.findIndex((count) => count > 0);
  if (first < 0) return [];
  const lived = counts.slice(first);
  const spoken = lived.filter((count) => count > 0).toSorted((a, b) => a - b);
  const usual = spoken[Math.floor(spoken.length / 2)] ?? 0;
  if (usual < USUAL_COUNT_MIN || spoken.length / lived.length < SPOKEN_SHARE_MIN) return [];
  return silences(counts, first).filter(({ from }) => from < counts.length - 1);
}

function silences(counts: readonly number[], first: number): readonly Gap[] {
  const gaps: Gap[] = [];
  let from: number | undefined;
  for (let at = first; at <= counts.length; at += 1) {
    const isSilent = counts[at] === 0;
    if (isSilent) from ??= at;
    else if (from !== undefined) {
      gaps.push({ from, to: at });
      from = undefined;
    }
  }
  return gaps;
}
