/** How many rows each day holds, and from that how wide a window for a number of rows is. */
import { NS_PER_DAY, type TimeRange } from '@tendril/model/time-range';
import type { Order } from './cursor.ts';

/** Rows by day since 1970. */
export type DayRows = ReadonlyMap<bigint, number>;

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
  const touched = [...days].filter(([day]) => day >= firstDay && day <= lastDay);
  return {
    inRange: daySpans(days, range, nowNs).reduce((sum, span) => sum + span.rows, 0),
    inDays: touched.reduce((sum, [, rows]) => sum + rows, 0),
  };
}

interface DaySpan extends TimeRange {
  readonly rows: number;
}

/** The days that have rows in the range, oldest first, each as if its rows were spread evenly. */
function daySpans(days: DayRows, range: TimeRange, nowNs: bigint): DaySpan[] {
  return [...days]
    .sort(([a], [b]) => Number(a - b))
    .map(([day, rows]) => spanOf(day * NS_PER_DAY, rows, nowNs))
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
