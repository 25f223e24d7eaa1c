/** How many rows each day holds, of the latest also each minute, and from that how wide a window for a number of rows is. */
import { NS_PER_DAY, NS_PER_MINUTE, type TimeRange } from '@tendril/model/time-range';
import type { Order } from './cursor.ts';

export interface DayRows {
  /** Rows by day since 1970. */
  readonly days: ReadonlyMap<bigint, number>;
  /** Rows by minute since 1970, of whole days; the rows of other days are taken to be spread evenly. */
  readonly minutes: ReadonlyMap<bigint, number>;
}

export const NO_ROWS: DayRows = { days: new Map(), minutes: new Map() };

/** A window is never narrower, or a clock that is a little off would cost many of them. */
const WIDTH_NS_MIN = 1_000_000_000n;

export interface WindowWanted {
  readonly range: TimeRange;
  readonly order: Order;
  readonly rows: number;
  /** Today's rows lie before it. */
  readonly nowNs: bigint;
}

/** The width, from the end that the order starts at, that holds about so many rows. */
export function widthForRows(days: DayRows, { range, order, rows, nowNs }: WindowWanted): bigint {
  const spans = daySpans(days, range, nowNs);
  if (order === 'desc') spans.reverse();
  let left = rows;
  for (const span of spans) {
    if (span.rows <= left) {
      left -= span.rows;
      continue;
    }
    const lengthNs = span.toNs - span.fromNs;
    const partNs = BigInt(Math.ceil((Number(lengthNs) * left) / span.rows));
    const width =
      order === 'desc' ? range.toNs - span.toNs + partNs : span.fromNs - range.fromNs + partNs;
    return width > WIDTH_NS_MIN ? width : WIDTH_NS_MIN;
  }
  return range.toNs - range.fromNs;
}

/** How many rows lie in the range, and in all the days it touches. */
export function rowsWithin(
  days: DayRows,
  { range, nowNs }: Pick<WindowWanted, 'range' | 'nowNs'>,
): { readonly inRange: number; readonly inDays: number } {
  const firstDay = range.fromNs / NS_PER_DAY;
  const lastDay = range.toNs / NS_PER_DAY;
  const touched = [...days.days].filter(([day]) => day >= firstDay && day <= lastDay);
  return {
    inRange: daySpans(days, range, nowNs).reduce((sum, span) => sum + span.rows, 0),
    inDays: touched.reduce((sum, [, rows]) => sum + rows, 0),
  };
}

interface DaySpan extends TimeRange {
  readonly rows: number;
}

const MINUTES_OF_DAY = NS_PER_DAY / NS_PER_MINUTE;

/** The days, or minutes, that have rows in the range, oldest first, each as if its rows were spread evenly. */
function daySpans({ days, minutes }: DayRows, range: TimeRange, nowNs: bigint): DaySpan[] {
  const minuteDays = new Set([...minutes.keys()].map((minute) => minute / MINUTES_OF_DAY));
  const spans = [...days]
    .filter(([day]) => !minuteDays.has(day))
    .map(([day, rows]) => spanOf(day * NS_PER_DAY, rows, nowNs));
  for (const [minute, rows] of minutes) {
    const span = { fromNs: minute * NS_PER_MINUTE, toNs: (minute + 1n) * NS_PER_MINUTE, rows };
    // There are thousands of them, and most ranges are short.
    if (span.toNs > range.fromNs && span.fromNs < range.toNs) spans.push(span);
  }
  return spans
    .sort((a, b) => (a.fromNs < b.fromNs ? -1 : 1))
    .flatMap((span) => partOf(span, range));
}

function spanOf(fromNs: bigint, rows: number, nowNs: bigint): DaySpan {
  const endNs = fromNs + NS_PER_DAY;
  const isToday = nowNs > fromNs && nowNs < endNs;
  return { fromNs, toNs: isToday ? nowNs : endNs, rows };
}

function partOf(span: DaySpan, range: TimeRange): DaySpan[] {
  const fromNs = span.fromNs > range.fromNs ? span.fromNs : range.fromNs;
  const toNs = span.toNs < range.toNs ? span.toNs : range.toNs;
  if (fromNs >= toNs) return [];
  const share = Number(toNs - fromNs) / Number(span.toNs - span.fromNs);
  return [{ fromNs, toNs, rows: span.rows * share }];
}
