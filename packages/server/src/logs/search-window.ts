/**
 * A search reads its range window by window from the end it starts at, so that the newest hundred of
 * a month read the last minutes, and something can be shown while the rest is read. Windows are
 * measured in rows that they probably hold: the next one follows from what the last one found and
 * took.
 */
import type { TimeRange } from '@tendril/model/time-range';
import type { Order } from './cursor.ts';

/** Read within a few hundredths of a second, so most searches are one statement. */
export const FIRST_WINDOW_ROWS = 20_000_000;
/** Among fewer rows a small window saves less than another statement costs. */
const SMALL_WINDOW_SAVES_ROWS_MIN = 1_000_000;
/**
 * Newest 100 of 10 M records take 18 ms of processor time in it and 33 in all of them; of what matches rarely, and
 * of what every body is looked at for, the first are shown while the others are looked for.
 */
const SMALL_WINDOW_ROWS = 600_000;
const GROWTH_MIN = 4;
const GROWTH_MAX = 64;
/** What the next window may take at the speed of the last one. */
const WINDOW_MS = 1_000;
/** More than the last window's share of matches asks for, since that varies. */
const MATCH_RESERVE = 2;

export interface WindowOutcome {
  /** That the window was made for. */
  readonly rows: number;
  readonly elapsedMs: number;
  readonly found: number;
  /** Rows still wanted. */
  readonly wanted: number;
}

/** For how many rows the window after this one should be. */
export function nextWindowRows({ rows, elapsedMs, found, wanted }: WindowOutcome): number {
  const byMatches = found === 0 ? GROWTH_MAX : (wanted / found) * MATCH_RESERVE;
  const byTime = WINDOW_MS / Math.max(1, elapsedMs);
  return rows * Math.max(GROWTH_MIN, Math.min(GROWTH_MAX, byMatches, byTime));
}

/** For how many rows the first window of a range of about so many should be. */
export function firstWindowRows(rowsInRange: number): number {
  const isWorthIt = rowsInRange - SMALL_WINDOW_ROWS >= SMALL_WINDOW_SAVES_ROWS_MIN;
  return isWorthIt ? SMALL_WINDOW_ROWS : FIRST_WINDOW_ROWS;
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
