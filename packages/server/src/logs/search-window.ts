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
export const SMALL_WINDOW_ROWS_MIN = 1_000_000;
/**
 * Of the range: newest 100 of 10 M records take 18 ms of processor time in it and 33 in all of it. A share, since
 * how rows are spread within a day is not known.
 */
const SMALL_WINDOW_SHARE = 10n;
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

/** Wide enough where what is looked for is everywhere. */
export function smallWindowNs({ fromNs, toNs }: TimeRange): bigint {
  return (toNs - fromNs) / SMALL_WINDOW_SHARE + 1n;
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
