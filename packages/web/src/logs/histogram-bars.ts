/** Buckets as stacked bars: places and heights as shares of the drawing. */
import { LEVELS, type Level, type LogHistogramBucket } from '@tendril/api/log-histogram';
import type { CountedPart } from '@tendril/api/log-facets';
import type { TimeRange } from '@tendril/model/time-range';
import type { Histogram } from './use-histogram.ts';

export interface HistogramBar {
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** Of the width. */
  readonly left: number;
  readonly width: number;
  readonly total: number;
  readonly counts: LogHistogramBucket['counts'];
  /** From the bottom up, worst first, as shares of the height. */
  readonly parts: readonly {
    readonly level: Level;
    readonly from: number;
    readonly height: number;
  }[];
}

/** Worst at the bottom, where their heights can be compared. */
const STACK: readonly Level[] = LEVELS.toReversed();

export function histogramBars(
  buckets: readonly LogHistogramBucket[],
  widthNs: bigint,
  range: TimeRange,
): readonly HistogramBar[] {
  const totals = buckets.map(({ counts }) => totalOf(counts));
  const most = Math.max(1, ...totals);
  const spanNs = Number(range.toNs - range.fromNs);
  return buckets
    .map((bucket, index) => {
      const startNs = BigInt(bucket.start);
      const endNs = startNs + widthNs;
      const left = Math.max(0, Number(startNs - range.fromNs) / spanNs);
      const right = Math.min(1, Number(endNs - range.fromNs) / spanNs);
      return {
        startNs,
        endNs,
        left,
        width: Math.max(0, right - left),
        total: totals[index] ?? 0,
        counts: bucket.counts,
        parts: partsOf(bucket.counts, most),
      };
    })
    .sort((a, b) => a.left - b.left);
}

function totalOf(counts: LogHistogramBucket['counts']): number {
  return LEVELS.reduce((sum, level) => sum + (counts[level] ?? 0), 0);
}

/** Levels that occur, with their counts over all buckets, worst first. */
export function levelTotals(
  buckets: readonly LogHistogramBucket[],
): readonly { readonly level: Level; readonly count: number }[] {
  return STACK.map((level) => ({
    level,
    count: buckets.reduce((sum, { counts }) => sum + (counts[level] ?? 0), 0),
  })).filter(({ count }) => count > 0);
}

/** As few as say where in the range the records are. */
const PARTS = 4;

/** The buckets that hold something, some together. */
export function countedParts(
  histogram: Histogram | undefined,
  range: TimeRange,
): readonly CountedPart[] {
  const { buckets = [], widthNs = 0n } = histogram ?? {};
  const counted = buckets
    .map(({ start, counts }) => ({ startNs: BigInt(start), records: totalOf(counts) }))
    .filter(({ records }) => records > 0)
    .sort((a, b) => (a.startNs < b.startNs ? -1 : 1));
  const together = Math.max(1, Math.ceil(counted.length / PARTS));
  return Array.from({ length: Math.ceil(counted.length / together) }, (_, index) => {
    const held = counted.slice(index * together, (index + 1) * together);
    const fromNs = held[0]?.startNs ?? 0n;
    const toNs = (held.at(-1)?.startNs ?? 0n) + widthNs;
    return {
      from: String(fromNs > range.fromNs ? fromNs : range.fromNs),
      to: String(toNs < range.toNs ? toNs : range.toNs),
      records: held.reduce((sum, { records }) => sum + records, 0),
    };
  });
}

/** One record among millions of others still shows. */
const HEIGHT_MIN = 0.02;

function partsOf(counts: LogHistogramBucket['counts'], most: number): HistogramBar['parts'] {
  let from = 0;
  return STACK.flatMap((level) => {
    const count = counts[level] ?? 0;
    if (count === 0) return [];
    const height = Math.max(HEIGHT_MIN, count / most);
    const part = { level, from, height: Math.min(height, 1 - from) };
    from += part.height;
    return [part];
  });
}
