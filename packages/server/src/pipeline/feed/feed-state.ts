/** How far feeding is: what the feed journal keeps, and the heads of segments repeat. */

/** Frames that are inserted together. Durable before the first try, so every try is the same. */
export interface FeedPlan {
  /** Random; with the table's name it is the deduplication token. */
  readonly token: string;
  readonly first: number;
  /** Included. */
  readonly last: number;
  /** Tables that the plan this one was split from has inserted already. */
  readonly skipTables: readonly string[];
}

export interface FeedState {
  /** Grows with each entry; the highest one counts. */
  readonly revision: number;
  /** Every frame up to this one is in the engine or in quarantine. */
  readonly fedThrough: number;
  /** Frames that were ever finished. */
  readonly fedFrames: number;
  /** Finished ranges above `fedThrough`, both ends included. */
  readonly done: readonly (readonly [number, number])[];
  /** Begun, in the order of their frames. */
  readonly plans: readonly FeedPlan[];
  /** Records by source, since the data directory was created. */
  readonly stored: Readonly<Record<string, number>>;
  readonly quarantined: Readonly<Record<string, number>>;
}

export const NOTHING_FED: FeedState = {
  revision: 0,
  fedThrough: 0,
  fedFrames: 0,
  done: [],
  plans: [],
  stored: {},
  quarantined: {},
};

/** Whether the frame is behind us. */
export function isFed(state: FeedState, frame: number): boolean {
  return (
    frame <= state.fedThrough || state.done.some(([first, last]) => frame >= first && frame <= last)
  );
}

export function newestFeedState(states: readonly FeedState[]): FeedState {
  return states.reduce(
    (best, state) => (state.revision > best.revision ? state : best),
    NOTHING_FED,
  );
}

/** Sums by source; the result is a new object. */
export function addCounts(
  left: Readonly<Record<string, number>>,
  right: Readonly<Record<string, number>>,
): Record<string, number> {
  const sum = { ...left };
  for (const [key, count] of Object.entries(right)) sum[key] = (sum[key] ?? 0) + count;
  return sum;
}
