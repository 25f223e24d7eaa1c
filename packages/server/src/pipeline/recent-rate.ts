/** How many a second came lately: counts of the last minute, in steps. */

const STEP_MS = 5_000;
const STEPS = 12;

export class RecentRate {
  /** By step of time; those that are too old are forgotten. */
  private readonly counts: Map<number, number> = new Map();

  add(count: number, atMs: number): void {
    const step = Math.floor(atMs / STEP_MS);
    this.counts.set(step, (this.counts.get(step) ?? 0) + count);
    this.forget(step);
  }

  /** Over the last minute. */
  perSecond(nowMs: number): number {
    this.forget(Math.floor(nowMs / STEP_MS));
    const sum = [...this.counts.values()].reduce((total, count) => total + count, 0);
    return sum / ((STEP_MS * STEPS) / 1000);
  }

  private forget(current: number): void {
    for (const step of this.counts.keys()) {
      if (step <= current - STEPS) this.counts.delete(step);
    }
  }
}
