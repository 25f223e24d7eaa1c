/** Frames in the segments that must not be fed: void ones (never acknowledged) and lost ones. */
import type { FrameRange } from './wal.ts';

export class SkipList {
  readonly #voids: FrameRange[];
  readonly #lost = new Set<number>();

  constructor(voids: readonly FrameRange[]) {
    this.#voids = [...voids];
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
    this.#voids.push(range);
  }

  addLost(frame: number): void {
    this.#lost.add(frame);
  }
}
