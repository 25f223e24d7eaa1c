/**
 * Records of many logs in the order of their times. Each log is in order by itself, and all are read at
 * once: a record is held until what may come before it from the others is there, and never for long.
 */
export interface TimeOrderTiming {
  /** Records of different logs that were written at once arrive within this. */
  readonly holdMs: number;
  /** What is held for a log that is still far behind goes after so long. */
  readonly holdMsMax: number;
}

const TIMING: TimeOrderTiming = { holdMs: 350, holdMsMax: 1_300 };
/** A log that brought nothing for so long has nothing more for now. */
const QUIET_MS = 250;
/** A log whose last record is older than this is still being caught up with. */
const BEHIND_MS = 2_000;
/** Held at most; the oldest go first. */
const HELD_MAX = 50_000;

interface Held<T> {
  readonly item: T;
  readonly timeMs: number;
  readonly arrivedMs: number;
}

interface LogState {
  timeMs: number;
  arrivedMs: number;
}

export class TimeOrder<T> {
  private readonly timing: TimeOrderTiming;
  private held: Held<T>[] = [];
  private readonly logs: Map<string, LogState> = new Map();

  constructor(timing: TimeOrderTiming = TIMING) {
    this.timing = timing;
  }

  get isFull(): boolean {
    return this.held.length >= HELD_MAX;
  }

  add(item: T, { log, nowMs, timeMs }: { log: string; timeMs: number; nowMs: number }): void {
    this.held.push({ item, timeMs, arrivedMs: nowMs });
    const state = this.logs.get(log) ?? { timeMs, arrivedMs: nowMs };
    this.logs.set(log, state);
    state.timeMs = Math.max(state.timeMs, timeMs);
    state.arrivedMs = nowMs;
  }

  /** Those whose time has come, oldest first. */
  take(nowMs: number): readonly T[] {
    const toMs = this.settledTo(nowMs);
    const { holdMs, holdMsMax } = this.timing;
    const excess = this.held.length - HELD_MAX / 2;
    const ordered = this.held.toSorted((left, right) => left.timeMs - right.timeMs);
    const isDue = ({ arrivedMs, timeMs }: Held<T>): boolean =>
      (arrivedMs <= nowMs - holdMs && timeMs <= toMs) || arrivedMs <= nowMs - holdMsMax;
    // Nothing overtakes what is older: all up to the last one that is due go.
    const count = Math.max(this.isFull ? excess : 0, ordered.findLastIndex(isDue) + 1);
    this.held = ordered.slice(count);
    return ordered.slice(0, count).map(({ item }) => item);
  }

  /** All that is left. */
  takeAll(): readonly T[] {
    const all = this.held.toSorted((left, right) => left.timeMs - right.timeMs);
    this.held = [];
    return all.map(({ item }) => item);
  }

  /** Up to which time no log brings anything older any more. */
  private settledTo(nowMs: number): number {
    let toMs = Number.POSITIVE_INFINITY;
    for (const { arrivedMs, timeMs } of this.logs.values()) {
      const isBehind = arrivedMs > nowMs - QUIET_MS && timeMs < nowMs - BEHIND_MS;
      if (isBehind) toMs = Math.min(toMs, timeMs);
    }
    return toMs;
  }
}
