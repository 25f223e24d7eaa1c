/** Durations by what took them: counts in buckets a tenth wide, so that parts of an analysis add up. */
import { keptText } from '../patterns/kept-text.ts';

export interface DurationsState {
  readonly all: DurationState;
  readonly byName: ReadonlyMap<string, DurationState>;
  readonly others: number;
}

interface DurationState {
  readonly buckets: ReadonlyMap<number, number>;
  readonly count: number;
  readonly sumMs: number;
  readonly maxMs: number;
  readonly maxText: string;
}

export interface DurationFigures {
  readonly name: string;
  readonly count: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** The message of the slowest. */
  readonly maxText: string;
}

const NAMES_MAX = 2_000;
const TEXT_LENGTH_MAX = 300;
/** Each bucket ends ten per cent above its beginning. */
const GROWTH: number = Math.log(1.1);
/** Shorter ones are as good as none. */
const SHORTEST_MS = 0.001;

class Durations {
  readonly buckets: Map<number, number> = new Map();
  count = 0;
  sumMs = 0;
  maxMs = 0;
  maxText = '';

  add(ms: number, text: string): void {
    const bucket = Math.ceil(Math.log(Math.max(ms, SHORTEST_MS)) / GROWTH);
    this.buckets.set(bucket, (this.buckets.get(bucket) ?? 0) + 1);
    this.count += 1;
    this.sumMs += ms;
    if (ms <= this.maxMs) return;
    this.maxMs = ms;
    this.maxText = keptText(text, TEXT_LENGTH_MAX);
  }

  absorb(more: DurationState): void {
    for (const [bucket, count] of more.buckets) {
      this.buckets.set(bucket, (this.buckets.get(bucket) ?? 0) + count);
    }
    this.count += more.count;
    this.sumMs += more.sumMs;
    if (more.maxMs <= this.maxMs) return;
    this.maxMs = more.maxMs;
    this.maxText = more.maxText;
  }
}

export class DurationTally {
  private readonly all = new Durations();
  private readonly byName: Map<string, Durations> = new Map();
  /** Of names that there was no room for. */
  others = 0;

  add(name: string, ms: number, text: string): void {
    this.all.add(ms, text);
    this.of(name)?.add(ms, text);
  }

  /** Slowest first, by what one in a hundred exceeds. */
  figures(): readonly DurationFigures[] {
    return [...this.byName]
      .map(([name, durations]) => figuresOf(name, durations))
      .toSorted((one, other) => other.p99Ms - one.p99Ms || other.count - one.count);
  }

  /** Of all of them together; undefined when there are none. */
  overall(): DurationFigures | undefined {
    return this.all.count === 0 ? undefined : figuresOf('', this.all);
  }

  state(): DurationsState {
    return { all: this.all, byName: this.byName, others: this.others };
  }

  absorb({ all, byName, others }: DurationsState): void {
    this.others += others;
    this.all.absorb(all);
    for (const [name, more] of byName) {
      this.of(name)?.absorb(more);
    }
  }

  private of(name: string): Durations | undefined {
    const known = this.byName.get(name);
    if (known) return known;
    if (this.byName.size >= NAMES_MAX) {
      this.others += 1;
      return undefined;
    }
    const durations = new Durations();
    this.byName.set(keptText(name), durations);
    return durations;
  }
}

function figuresOf(
  name: string,
  { buckets, count, maxMs, maxText, sumMs }: Durations,
): DurationFigures {
  const sorted = [...buckets].toSorted(([one], [other]) => one - other);
  const quantile = (share: number): number => {
    let left = Math.ceil(count * share);
    for (const [bucket, inBucket] of sorted) {
      left -= inBucket;
      if (left <= 0) return Math.min(maxMs, Math.exp((bucket - 0.5) * GROWTH));
    }
    return maxMs;
  };
  return {
    name,
    count,
    meanMs: rounded(sumMs / Math.max(1, count)),
    p50Ms: quantile(0.5),
    p95Ms: quantile(0.95),
    p99Ms: quantile(0.99),
    maxMs,
    maxText,
  };
}

/** To nanoseconds: sums that were made in parts differ in their last digits. */
function rounded(ms: number): number {
  return Math.round(ms * 1e6) / 1e6;
}
