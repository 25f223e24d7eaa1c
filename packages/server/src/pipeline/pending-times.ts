/**
 * The times of the records that are committed and not fed yet, by frame: a search waits for the
 * engine only when something that it could find is still on its way, whenever it was written. Old
 * files that are being imported count as much as what was logged just now.
 */
import type { TimeRange } from '@tendril/model/time-range';

/** What a frame's records are put into. */
export type RecordTable = 'logs' | 'traces';

export interface PendingFrameTimes extends TimeRange {
  readonly frame: number;
  /** Undefined when it may be any. */
  readonly table: RecordTable | undefined;
}

/** Past it the oldest half is remembered as one wide range: the engine is away or far behind. */
const REMEMBERED_MAX = 4_096;

const ALL_TIME: TimeRange = { fromNs: 0n, toNs: 2n ** 64n };

export class PendingTimes {
  /** Each covers all frames between the one before and its own. */
  #times: PendingFrameTimes[] = [];

  /** `replayedFrame`: of the newest frame found at start, whose times are not known; 0 for none. */
  constructor(replayedFrame: number) {
    if (replayedFrame > 0) {
      this.#times.push({ frame: replayedFrame, table: undefined, ...ALL_TIME });
    }
  }

  /** Frames come in order. */
  add(times: PendingFrameTimes, fedThrough: number): void {
    this.#times.push(times);
    if (this.#times.length <= REMEMBERED_MAX) return;
    this.#forget(fedThrough);
    if (this.#times.length > REMEMBERED_MAX) this.#mergeOldest();
  }

  /** The newest pending frame that may hold a record of the range, and of the table; 0 when there is none. */
  newestIn({ fromNs, toNs }: TimeRange, fedThrough: number, table?: RecordTable): number {
    this.#forget(fedThrough);
    const found = this.#times.findLast(
      (times) =>
        times.fromNs < toNs &&
        times.toNs > fromNs &&
        (table === undefined || times.table === undefined || times.table === table),
    );
    return found?.frame ?? 0;
  }

  #forget(fedThrough: number): void {
    const firstPending = this.#times.findIndex(({ frame }) => frame > fedThrough);
    this.#times = firstPending < 0 ? [] : this.#times.slice(firstPending);
  }

  #mergeOldest(): void {
    const oldest = this.#times.splice(0, REMEMBERED_MAX / 2);
    const merged = oldest.reduce((sum, time) => ({
      frame: time.frame,
      table: time.table === sum.table ? sum.table : undefined,
      fromNs: time.fromNs < sum.fromNs ? time.fromNs : sum.fromNs,
      toNs: time.toNs > sum.toNs ? time.toNs : sum.toNs,
    }));
    this.#times.unshift(merged);
  }
}
