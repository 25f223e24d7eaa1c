/**
 * What became of every record, by source, exact and for good: received = accepted + rejected + shed +
 * dropped + duplicate, and accepted = stored + pending + quarantined. The totals travel in the WAL;
 * what is stored and quarantined is the feed journal's.
 */
import { addCounts, type FeedState } from './feed/feed-state.ts';
import type { SourceAccount } from './pipeline.ts';
import type { SourceCounters } from './wal/frame-meta.ts';
import { RecentRate } from './recent-rate.ts';
import { NO_COUNTS } from './wal/reconcile.ts';

/** A part of what one source sent. received is the sum of the others. */
export interface AccountChange {
  readonly accepted?: number;
  readonly rejected?: Readonly<Record<string, number>>;
  readonly shed?: number;
  readonly duplicate?: number;
}

/** Sources are few and named by our receivers; this is where a mistake stops. */
const SOURCES_MAX = 64;
const SOURCE_LENGTH_MAX = 64;
const OTHER = 'other';

/** Changes since the last commit, by source. */
export class AccountChanges {
  readonly #changes = new Map<string, SourceCounters>();

  get isEmpty(): boolean {
    return this.#changes.size === 0;
  }

  add(source: string, change: AccountChange): void {
    const before = this.#changes.get(source) ?? NO_COUNTS;
    this.#changes.set(source, plus(before, countersOf(change)));
  }

  addAll(changes: AccountChanges): void {
    for (const [source, counters] of changes.entries()) {
      this.#changes.set(source, plus(this.#changes.get(source) ?? NO_COUNTS, counters));
    }
  }

  entries(): Iterable<[string, SourceCounters]> {
    return this.#changes.entries();
  }
}

export class Accounts {
  readonly #counters: Map<string, SourceCounters>;
  /** Since the start: when each source sent last, taken or not. */
  readonly #lastSeenMs = new Map<string, number>();
  readonly #rates = new Map<string, RecentRate>();

  constructor(counters: Readonly<Record<string, SourceCounters>>) {
    this.#counters = new Map(Object.entries(counters));
  }

  /** The name to count under. */
  sourceName(source: string): string {
    if (this.#counters.has(source)) return source;
    const isFull = this.#counters.size >= SOURCES_MAX;
    return isFull ? OTHER : source.slice(0, SOURCE_LENGTH_MAX);
  }

  /** The totals of the sources in `changes` as they will be once those are committed. */
  after(changes: AccountChanges): Record<string, SourceCounters> {
    const totals: Record<string, SourceCounters> = {};
    for (const [source, counters] of changes.entries()) {
      totals[source] = plus(this.#counters.get(source) ?? NO_COUNTS, counters);
    }
    return totals;
  }

  /** Takes over totals that were committed at that time. */
  set(totals: Readonly<Record<string, SourceCounters>>, atMs: number): void {
    for (const [source, counters] of Object.entries(totals)) {
      const before = this.#counters.get(source)?.received ?? 0;
      const rate = this.#rates.get(source) ?? new RecentRate();
      this.#rates.set(source, rate);
      rate.add(counters.received - before, atMs);
      this.#counters.set(source, counters);
      this.#lastSeenMs.set(source, atMs);
    }
  }

  totals(): Record<string, SourceCounters> {
    return Object.fromEntries(this.#counters);
  }

  /** By name. */
  list({ stored, quarantined }: FeedState, nowMs: number): readonly SourceAccount[] {
    return [...this.#counters.keys()].sort().map((source) => {
      const counters = this.#counters.get(source) ?? NO_COUNTS;
      const { accepted, received, rejected, shed, dropped, duplicate } = counters;
      const counts = { stored: stored[source] ?? 0, quarantined: quarantined[source] ?? 0 };
      const pending = accepted - counts.stored - counts.quarantined;
      return Object.assign(counts, {
        source,
        lastSeenMs: this.#lastSeenMs.get(source) ?? null,
        receivedPerSecond: this.#rates.get(source)?.perSecond(nowMs) ?? 0,
        received,
        pending,
        rejected,
        shed,
        dropped,
        duplicate,
      });
    });
  }
}

function countersOf(change: AccountChange): SourceCounters {
  const { accepted = 0, rejected = {}, shed = 0, duplicate = 0 } = change;
  const refused = Object.values(rejected).reduce((sum, count) => sum + count, 0);
  const received = accepted + refused + shed + duplicate;
  return { received, accepted, rejected, shed, duplicate, dropped: 0 };
}

function plus(left: SourceCounters, right: SourceCounters): SourceCounters {
  return {
    received: left.received + right.received,
    accepted: left.accepted + right.accepted,
    rejected: addCounts(left.rejected, right.rejected),
    shed: left.shed + right.shed,
    dropped: left.dropped + right.dropped,
    duplicate: left.duplicate + right.duplicate,
  };
}
