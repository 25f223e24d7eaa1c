/** Durations by what took them: counts in buckets a tenth wide, so that parts of an analysis add up. */
import { keptText } from '../patterns/kept-text.ts';

export interface DurationsState {
  readonly byName: ReadonlyMap<string, DurationState>;
  readonly others: number;
}

interface DurationState {
  readonly buckets: ReadonlyMap<number, number>;
  readonly count: number;
  readonly maxMs: number;
  readonly maxText: string;
}

export interface DurationFigures {
  readonly name: string;
  readonly count: number;
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
  maxMs = 0;
  maxText = '';
}

export class DurationTally {
  private readonly byName: Map<string, Durations> = new Map();
  /** Of names that there was no room for. */
  others = 0;

  add(name: string, ms: number, text: string): void {
    const durations = this.of(name);
    if (!durations) return;
    const bucket = Math.ceil(Math.log(Math.max(ms, SHORTEST_MS)) / GROWTH);
    durations.buckets.set(bucket, (durations.buckets.get(bucket) ?? 0) + 1);
    durations.count += 1;
    if (ms <= durations.maxMs) return;
    durations.maxMs = ms;
    durations.maxText = keptText(text, TEXT_LENGTH_MAX);
  }

  /** Slowest first, by what one in a hundred exceeds. */
  figures(): readonly DurationFigures[] {
    return [...this.byName]
      .map(([name, durations]) => figuresOf(name, durations))
      .toSorted((one, other) => other.p99Ms - one.p99Ms || other.count - one.count);
  }

  state(): DurationsState {
    return { byName: this.byName, others: this.others };
  }

  absorb({ byName, others }: DurationsState): void {
    this.others += others;
    for (const [name, more] of byName) {
      const durations = this.of(name);
      if (!durations) continue;
      for (const [bucket, count] of more.buckets) {
        durations.buckets.set(bucket, (durations.buckets.get(bucket) ?? 0) + count);
      }
      durations.count += more.count;
      if (more.maxMs <= durations.maxMs) continue;
      durations.maxMs = more.maxMs;
      durations.maxText = more.maxText;
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

function figuresOf(name: string, { buckets, count, maxMs, maxText }: Durations): DurationFigures {
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
    p50Ms: quantile(0.5),
    p95Ms: quantile(0.95),
    p99Ms: quantile(0.99),
    maxMs,
    maxText,
  };
}
