/**
 * A search reads its range window by window from the end it starts at, so that the newest hundred of
 * a month read seconds, and something can be shown while the rest is read. How wide the next window
 * is follows from what the last one found and took.
 */
import { NS_PER_SECOND, type TimeRange } from '@tendril/model/time-range';
import type { Order } from './cursor.ts';

/** Holds the newest hundred of a busy system; of a quiet one the second window does. */
export const FIRST_WINDOW_NS: bigint = 10n * NS_PER_SECOND;
/** A window that found nothing says little about how far to go: much further, as time allows. */
const GROWTH_MAX = 4096;
const GROWTH_MIN = 4;
/** Below this a statement's time is what any statement takes, and says nothing of wider windows. */
const ROWS_READ_TELLING = 200_000;
/** What the next window may take at the speed of the last one. */
const WINDOW_MS = 1_000;
/** More than the last window's density asks for, since density varies. */
const DENSITY_RESERVE = 2;

export interface WindowOutcome {
  readonly widthNs: bigint;
  readonly elapsedMs: number;
  readonly rowsRead: number;
  readonly found: number;
  /** Rows still wanted. */
  readonly wanted: number;
}

/** How wide the window after this one should be. */
export function nextWidthNs(outcome: WindowOutcome): bigint {
  const { widthNs, elapsedMs, rowsRead, found, wanted } = outcome;
  const byDensity = found === 0 ? GROWTH_MAX : (wanted / found) * DENSITY_RESERVE;
  const byTime = rowsRead < ROWS_READ_TELLING ? GROWTH_MAX : WINDOW_MS / Math.max(1, elapsedMs);
  const growth = Math.max(GROWTH_MIN, Math.min(GROWTH_MAX, byDensity, byTime));
  return widthNs * BigInt(Math.ceil(growth));
}

/** The window of this width at the end that the order starts from. */
export function windowOf(range: TimeRange, order: Order, widthNs: bigint): TimeRange {
  const { fromNs, toNs } = range;
  if (toNs - fromNs <= widthNs) return range;
  return order === 'desc' ? { fromNs: toNs - widthNs, toNs } : { fromNs, toNs: fromNs + widthNs };
}

/** What is left of the range after its window; undefined when nothing is. */
export function rangeAfter(
  range: TimeRange,
  window: TimeRange,
  order: Order,
): TimeRange | undefined {
  const rest =
    order === 'desc'
      ? { fromNs: range.fromNs, toNs: window.fromNs }
      : { fromNs: window.toNs, toNs: range.toNs };
  return rest.fromNs < rest.toNs ? rest : undefined;
}
