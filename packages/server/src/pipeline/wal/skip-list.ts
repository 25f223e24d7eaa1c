/** Frames in the segments that must not be fed: void ones (never acknowledged) and lost ones. */
import type { FrameRange } from './wal.ts';

export class SkipList {
  /** In order, apart from each other. */
  #voids: readonly FrameRange[];
  readonly #lost = new Set<number>();

  /** In any order; each segment's head repeats those of the segments before it. */
  constructor(voids: readonly FrameRange[]) {
    this.#voids = merged(voids);
  }

  has(frame: number): boolean {
    return this.#lost.has(frame) || this.isVoid(frame);
  }

  isVoid(frame: number): boolean {
    return this.#voids.some(([first, last]) => frame >= first && frame <= last);
  }

  voids(): readonly FrameRange[] {
    return this.#voids;
  }

  addVoid(range: FrameRange): void {
    this.#voids = merged([...this.#voids, range]);
  }

  addLost(frame: number): void {
    this.#lost.add(frame);
  }
}

// Without it the ranges would double with every start, since all heads are read and then repeated.
function merged(ranges: readonly FrameRange[]): readonly FrameRange[] {
  const result: FrameRange[] = [];
  for (const range of ranges.toSorted(([a], [b]) => a - b)) {
    const newest = result.at(-1);
    if (newest === undefined || range[0] > newest[1] + 1) result.push(range);
    else result[result.length - 1] = [newest[0], Math.max(newest[1], range[1])];
  }
  return result;
}
