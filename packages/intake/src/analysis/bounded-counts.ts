/** Counts by name, of as many names as there is room for; the others are counted together. */
import { keptText } from '../patterns/kept-text.ts';

export interface CountsState {
  readonly counts: ReadonlyMap<string, number>;
  readonly others: number;
}

export class BoundedCounts {
  others = 0;
  private readonly counts: Map<string, number> = new Map();
  private readonly namesMax: number;

  constructor(namesMax: number) {
    this.namesMax = namesMax;
  }

  add(name: string, count = 1): void {
    const known = this.counts.get(name);
    if (known !== undefined) this.counts.set(name, known + count);
    else if (this.counts.size < this.namesMax) this.counts.set(keptText(name), count);
    else this.others += count;
  }

  /** Most frequent first. */
  top(limit: number = Infinity): readonly (readonly [name: string, count: number])[] {
    const sorted = [...this.counts].toSorted(([, one], [, other]) => other - one);
    return limit === Infinity ? sorted : sorted.slice(0, limit);
  }

  get total(): number {
    let total = this.others;
    for (const count of this.counts.values()) total += count;
    return total;
  }

  state(): CountsState {
    return { counts: this.counts, others: this.others };
  }

  absorb({ counts, others }: CountsState): void {
    for (const [name, count] of counts) this.add(name, count);
    this.others += others;
  }
}
