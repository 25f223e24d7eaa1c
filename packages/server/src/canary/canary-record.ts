/**
 * Canary records: one every few seconds through every receiver, to see that what is sent can be found. They
 * belong to a service of their own and to a day in 2000, so that no search of today meets them.
 */
export const CANARY_SERVICE = 'tendril-canary';

const MS_PER_DAY = 86_400_000;
export const CANARY_DAY_FROM_MS: number = Date.UTC(2000, 1, 29);
export const CANARY_DAY_TO_MS: number = CANARY_DAY_FROM_MS + MS_PER_DAY;

export interface CanaryRecord {
  /** All there is to a record: names the receiver and no other record. */
  readonly text: string;
  readonly timeMs: number;
}

/** `id` is of letters: digits might be taken for something secret. */
export function canaryRecord(receiver: string, id: string, nowMs: number): CanaryRecord {
  return { text: `canary ${receiver} ${id}`, timeMs: CANARY_DAY_FROM_MS + (nowMs % MS_PER_DAY) };
}
