/**
 * What came in through one receiver since somebody began to wait for it. The canaries that Tendril sends
 * through the same receiver are not what is waited for.
 */
import type { Status } from '@tendril/api/status';

export function receivedThrough({ accounts, canaries }: Status, receiver: string): number {
  const received = accounts
    .filter(({ source }) => source === receiver)
    .reduce((sum, account) => sum + account.received, 0);
  const sent = canaries
    .filter((canary) => canary.receiver === receiver)
    .reduce((sum, canary) => sum + canary.sent - canary.refused, 0);
  return received - sent;
}

/** Canaries count from the start, accounts for good: only of one run of the server the difference says something. */
export function arrivedSince(before: Status, now: Status, receiver: string): number {
  if (before.startedAt !== now.startedAt) return 0;
  return Math.max(0, receivedThrough(now, receiver) - receivedThrough(before, receiver));
}
