/** Half-open: `fromNs` belongs to the range, `toNs` does not. Nanoseconds since 1970. */
export interface TimeRange {
  readonly fromNs: bigint;
  readonly toNs: bigint;
}

export const NS_PER_MS = 1_000_000n;
export const NS_PER_SECOND = 1_000_000_000n;
export const NS_PER_MINUTE: bigint = 60n * NS_PER_SECOND;
export const NS_PER_DAY: bigint = 86_400n * NS_PER_SECOND;

/** Times before this (2000-01-01) are taken for clocks that were never set. */
export const TIMESTAMP_NS_MIN = 946_684_800_000_000_000n;
/** How far ahead of the server's clock a time may be before it is not believed. */
export const TIMESTAMP_AHEAD_NS_MAX: bigint = 24n * 3_600n * NS_PER_SECOND;
