/**
 * The times of the records that are committed and not fed yet, by frame: a search waits for the
 * engine only when something that it could find is still on its way, whenever it was written. Old
 * files that are being imported count as much as what was logged just now.
 */
import type { TimeRange } from '@tendril/model/time-range';

interface PendingTime extends TimeRange {
  /** The newest frame that this covers. */
  readonly frame: number;
}

/** Past it the oldest half is remembered as one wide range: the engine is away or far behind. */
const REMEMBERED_MAX = 4_096;

const ALL_TIME: TimeRange = { fromNs: 0n, toNs: 2n ** 64n };

export class PendingTimes {
  #times: PendingTime[] = [];

  /** `replayedFrame`: of the newest frame found at start, whose times are not known; 0 for none. */
  constructor(replayedFrame: number) {
    if (replayedFrame > 0) this.#times.push({ frame: replayedFrame, ...ALL_TIME });
  }

  /** Frames come in order. */
  add(frame: number, { fromNs, toNs }: TimeRange, fedThrough: number): void {
    this.#times.push({ frame, fromNs, toNs });
    if (this.#times.length <= REMEMBERED_MAX) return;
    this.#forget(fedThrough);
    if (this.#times.length > REMEMBERED_MAX) this.#mergeOldest();
  }

  /** The newest pending frame that may hold a record of the range; 0 when there is none. */
  newestIn({ fromNs, toNs }: TimeRange, fedThrough: number): number {
    this.#forget(fedThrough);
    return this.#times.findLast((time) => time.fromNs < toNs && time.toNs > fromNs)?.frame ?? 0;
  }

  #forget(fedThrough: number): void {
    const firstPending = this.#times.findIndex(({ frame }) => frame > fedThrough);
    this.#times = firstPending < 0 ? [] : this.#times.slice(firstPending);
  }

  #mergeOldest(): void {
    const oldest = this.#times.splice(0, REMEMBERED_MAX / 2);
    const merged = oldest.reduce((sum, time) => ({
      frame: time.frame,
      fromNs: time.fromNs < sum.fromNs ? time.fromNs : sum.fromNs,
      toNs: time.toNs > sum.toNs ? time.toNs : sum.toNs,
    }));
    this.#times.unshift(merged);
  }
}
