/**
 * Makes the accounts add up after damage: accepted = stored + pending + quarantined for every source.
 * Frames carry totals, so what a damaged frame held is the difference that is left.
 */
import type { FeedState } from '../feed/feed-state.ts';
import type { SourceCounters } from './frame-meta.ts';

export interface ReconcileInput {
  readonly accounts: ReadonlyMap<string, SourceCounters>;
  readonly feed: FeedState;
  readonly pending: Readonly<Record<string, number>>;
}

export interface Reconciled {
  readonly accounts: Record<string, SourceCounters>;
  readonly feed: FeedState;
}

export const NO_COUNTS: SourceCounters = {
  received: 0,
  accepted: 0,
  rejected: {},
  shed: 0,
  dropped: 0,
  duplicate: 0,
};

export function reconcile({ accounts, feed, pending }: ReconcileInput): Reconciled {
  const balanced: Record<string, SourceCounters> = {};
  const quarantined = { ...feed.quarantined };
  const counted = [feed.stored, feed.quarantined, pending].flatMap(Object.keys);
  for (const source of new Set([...accounts.keys(), ...counted])) {
    const counters = accounts.get(source) ?? NO_COUNTS;
    const known =
      (feed.stored[source] ?? 0) + (feed.quarantined[source] ?? 0) + (pending[source] ?? 0);
    const lost = counters.accepted - known;
    balanced[source] = lost < 0 ? withAccepted(counters, -lost) : counters;
    if (lost > 0) quarantined[source] = (quarantined[source] ?? 0) + lost;
  }
  return { accounts: balanced, feed: { ...feed, quarantined } };
}

// The newest totals were in a frame that is damaged, but its records got through.
function withAccepted(counters: SourceCounters, more: number): SourceCounters {
  const { accepted, received } = counters;
  return { ...counters, accepted: accepted + more, received: received + more };
}
