/** How much of a range is read, where all of it would be too much. */
import type { MsRange } from '@tendril/chains/chain-store';
import { NS_PER_MS, type TimeRange } from '@tendril/model/time-range';
import { joinSql, sql, type Sql } from '@tendril/sql/sql';
import { rangeCondition } from '../logs/cursor.ts';
import type { LogReader } from '../logs/log-reader.ts';

export function rangeOf({ fromMs, toMs }: MsRange): TimeRange {
  return { fromNs: nanoseconds(fromMs), toNs: nanoseconds(toMs) };
}

function nanoseconds(ms: number): bigint {
  const bounded = Math.min(TIME_MS_MAX, Math.max(0, ms));
  return BigInt(Math.floor(bounded)) * NS_PER_MS + BigInt(Math.floor((bounded % 1) * 1e6));
}

const TIME_MS_MAX = 9_223_372_036_854;

/** As much of the newer end as holds about so many rows. */
export function newestPart({ density }: LogReader, range: TimeRange, rows: number): TimeRange {
  const widthNs = density.widthNs(range, 'desc', rows);
  const fromNs = range.toNs - widthNs;
  return { fromNs: fromNs > range.fromNs ? fromNs : range.fromNs, toNs: range.toNs };
}

/** Parts of a range that together hold about so many rows, spread over it; all of it where it holds no more. */
export function spreadParts(
  reader: LogReader,
  range: TimeRange,
  { parts, rows }: { readonly parts: number; readonly rows: number },
): readonly TimeRange[] {
  const count = BigInt(parts);
  const widthNs = (range.toNs - range.fromNs) / count;
  const all = Array.from({ length: parts }, (_, part): TimeRange => {
    const fromNs = range.fromNs + widthNs * BigInt(part);
    const toNs = part === parts - 1 ? range.toNs : fromNs + widthNs;
    return newestPart(reader, { fromNs, toNs }, Math.ceil(rows / parts));
  });
  return joined(all);
}

/** Each so much longer at its ends; those that touch become one. */
export function widened(
  ranges: readonly TimeRange[],
  { beforeNs, afterNs }: { readonly beforeNs: bigint; readonly afterNs: bigint },
): readonly TimeRange[] {
  const atLeast = (ns: bigint): bigint => (ns < 0n ? 0n : ns);
  return joined(
    ranges.map(({ fromNs, toNs }) => ({
      fromNs: atLeast(fromNs - beforeNs),
      toNs: toNs + afterNs,
    })),
  );
}

function joined(ranges: readonly TimeRange[]): readonly TimeRange[] {
  const found: TimeRange[] = [];
  for (const range of ranges) {
    const last = found.at(-1);
    if (last && range.fromNs <= last.toNs)
      found[found.length - 1] = { fromNs: last.fromNs, toNs: range.toNs };
    else found.push(range);
  }
  return found;
}

export function inOneOf(ranges: readonly TimeRange[]): Sql {
  const conditions = ranges.map((range) => sql`(${rangeCondition(range)})`);
  return sql`(${joinSql(conditions, ' OR ')})`;
}
