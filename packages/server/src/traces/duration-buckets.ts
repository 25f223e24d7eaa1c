/**
 * Durations counted by size, eight buckets to a doubling: bucket n holds what took 2 ** (n / 8) ns up to
 * the next. Sums of counts are exact, quantiles are right to 5 %.
 */
export const BUCKETS_PER_DOUBLING = 8;

export interface DurationBuckets {
  /** Ascending. */
  readonly numbers: readonly number[];
  readonly counts: readonly number[];
}

export function bucketQuantiles(buckets: DurationBuckets): {
  readonly p50Ns: number;
  readonly p95Ns: number;
  readonly p99Ns: number;
} {
  return {
    p50Ns: bucketQuantile(buckets, 0.5),
    p95Ns: bucketQuantile(buckets, 0.95),
    p99Ns: bucketQuantile(buckets, 0.99),
  };
}

/** In nanoseconds; 0 when nothing was counted. */
function bucketQuantile({ numbers, counts }: DurationBuckets, share: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  for (const [index, number] of numbers.entries()) {
    seen += counts[index] ?? 0;
    if (seen >= total * share && seen > 0) return middleOf(number);
  }
  return 0;
}

// Its middle on the scale of the buckets.
function middleOf(number: number): number {
  return number === 0 ? 0 : Math.round(2 ** ((number + 0.5) / BUCKETS_PER_DOUBLING));
}
