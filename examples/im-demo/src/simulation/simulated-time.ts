/**
 * Time that is not waited for: when nothing is left to do, it is the moment of the next timer. So a minute
 * of the demo takes as long as its computing, and the same seed gives the same minute on any machine.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Time } from '../net/time.ts';

/** Turns of the event loop without anything happening, after which nothing will. */
const QUIET_TURNS = 3;

interface Timer {
  dueMs: number;
  readonly order: number;
  readonly work: () => void;
  readonly owner: Process | undefined;
  isCancelled: boolean;
}

/** What the simulation knows of one instance. */
export interface Process {
  /** Until then it computes, and does nothing else. */
  busyUntilMs: number;
  isGone: boolean;
}

export class SimulatedTime {
  private readonly timers: Timer[] = [];
  private timeMs: number;
  private order = 0;
  private activity = 0;

  constructor(startMs: number) {
    this.timeMs = startMs;
  }

  nowMs(): number {
    return this.timeMs;
  }

  /** Something happened that more may follow from. */
  stir(): void {
    this.activity += 1;
  }

  /** Time for one instance: while it is busy its timers wait, and when it is gone they never come. */
  timeOf(process: Process): Time {
    return {
      nowMs: () => this.timeMs,
      after: (ms, work) => this.after(ms, work, process),
      block: async (ms) => {
        process.busyUntilMs = this.timeMs + ms;
        await new Promise<void>((resolve) => {
          this.after(ms, resolve);
        });
      },
    };
  }

  after(ms: number, work: () => void, owner?: Process): () => void {
    this.stir();
    this.order += 1;
    const timer = {
      dueMs: this.timeMs + Math.max(0, ms),
      order: this.order,
      work,
      owner,
      isCancelled: false,
    };
    this.insert(timer);
    return () => (timer.isCancelled = true);
  }

  /** Lets so much time pass. */
  async run(ms: number): Promise<void> {
    const untilMs = this.timeMs + ms;
    for (;;) {
      await this.quiet();
      const timer = this.timers[0];
      if (!timer || timer.dueMs > untilMs) break;
      this.timers.shift();
      this.fire(timer);
    }
    this.timeMs = untilMs;
  }

  private fire(timer: Timer): void {
    const { owner, dueMs, work, isCancelled } = timer;
    if (isCancelled || owner?.isGone === true) return;
    this.timeMs = Math.max(this.timeMs, dueMs);
    if (owner && owner.busyUntilMs > this.timeMs) {
      timer.dueMs = owner.busyUntilMs;
      this.insert(timer);
      return;
    }
    work();
  }

  /** By time, then by age. */
  private insert(timer: Timer): void {
    let low = 0;
    let high = this.timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.timers[middle];
      if (
        other &&
        (other.dueMs < timer.dueMs || (other.dueMs === timer.dueMs && other.order < timer.order))
      )
        low = middle + 1;
      else high = middle;
    }
    this.timers.splice(low, 0, timer);
  }

  private async quiet(): Promise<void> {
    for (let turns = 0; turns < QUIET_TURNS; turns += 1) {
      const before = this.activity;
      await nextTurn();
      if (this.activity !== before) turns = -1;
    }
  }
}
