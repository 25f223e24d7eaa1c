/**
 * Counts by time when nobody knows the range beforehand: buckets double their width whenever there are
 * too many of them.
 */

const WIDTH_MS_MIN = 1_000;
/** As many as a line of text or a small chart can show, with room to spare. */
const BUCKETS_MAX = 256;

export interface BucketsState {
  readonly widthMs: number;
  readonly byNumber: ReadonlyMap<number, number>;
}

export class TimeBuckets {
  private widthMs = WIDTH_MS_MIN;
  /** By number of the bucket since 1970. */
  private byNumber: Map<number, number> = new Map();

  /** Gives all of them the width of the widest, and returns it. */
  static align(all: readonly TimeBuckets[]): number {
    const widthMs = all.reduce((widest, each) => Math.max(widest, each.widthMs), WIDTH_MS_MIN);
    for (const each of all) while (each.widthMs < widthMs) each.widen();
    return widthMs;
  }

  add(timeMs: number, count: number): void {
    const number = Math.floor(timeMs / this.widthMs);
    this.byNumber.set(number, (this.byNumber.get(number) ?? 0) + count);
    while (this.byNumber.size > BUCKETS_MAX) this.widen();
  }

  addAll(other: TimeBuckets): void {
    this.absorb(other.state());
  }

  /** For another thread. */
  state(): BucketsState {
    return { widthMs: this.widthMs, byNumber: this.byNumber };
  }

  absorb({ widthMs, byNumber }: BucketsState): void {
    while (this.widthMs < widthMs) this.widen();
    for (const [number, count] of byNumber) this.add(number * widthMs, count);
  }

  get bucketMs(): number {
    return this.widthMs;
  }

  /** Records by begin of the bucket, in order of time. */
  counts(): ReadonlyMap<number, number> {
    const sorted = [...this.byNumber].toSorted(([one], [other]) => one - other);
    return new Map(sorted.map(([number, count]) => [number * this.widthMs, count]));
  }

  private widen(): void {
    const wider = new Map<number, number>();
    for (const [number, count] of this.byNumber) {
      const half = Math.floor(number / 2);
      wider.set(half, (wider.get(half) ?? 0) + count);
    }
    this.byNumber = wider;
    this.widthMs *= 2;
  }
}
