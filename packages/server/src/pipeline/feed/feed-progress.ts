/** The feed state as feeding changes it. Plans are begun in the order of their frames. */
import { addCounts, type FeedPlan, type FeedState } from './feed-state.ts';

export interface FinishedPlan {
  readonly plan: FeedPlan;
  readonly frames: number;
  /** Records by source. */
  readonly stored: Readonly<Record<string, number>>;
  readonly quarantined: Readonly<Record<string, number>>;
}

export class FeedProgress {
  #state: FeedState;

  constructor(state: FeedState) {
    this.#state = state;
  }

  get state(): FeedState {
    return this.#state;
  }

  begin(plan: FeedPlan): void {
    this.#change({ plans: [...this.#state.plans, plan] });
  }

  split(plan: FeedPlan, parts: readonly FeedPlan[]): void {
    this.#change({ plans: this.#state.plans.flatMap((open) => (open === plan ? parts : [open])) });
  }

  finish({ plan, frames, stored, quarantined }: FinishedPlan): void {
    const plans = this.#state.plans.filter((open) => open !== plan);
    const oldestOpen = plans[0]?.first ?? Number.POSITIVE_INFINITY;
    const ranges = [...this.#state.done, [plan.first, plan.last] as const];
    const behind = ranges.filter(([, last]) => last < oldestOpen);
    this.#change({
      plans,
      fedThrough: Math.max(this.#state.fedThrough, ...behind.map(([, last]) => last)),
      fedFrames: this.#state.fedFrames + frames,
      done: ranges.filter(([, last]) => last >= oldestOpen),
      stored: addCounts(this.#state.stored, stored),
      quarantined: addCounts(this.#state.quarantined, quarantined),
    });
  }

  /** Records that were found lost otherwise. */
  addQuarantined(records: Readonly<Record<string, number>>): void {
    this.#change({ quarantined: addCounts(this.#state.quarantined, records) });
  }

  #change(change: Partial<FeedState>): void {
    this.#state = { ...this.#state, ...change, revision: this.#state.revision + 1 };
  }
}
