/** Widths of histogram buckets: round ones, so that bars begin at full seconds, minutes and hours. */
import {
  NS_PER_DAY,
  NS_PER_MINUTE,
  NS_PER_MS,
  NS_PER_SECOND,
  type TimeRange,
} from '@tendril/model/time-range';

const NS_PER_HOUR: bigint = 60n * NS_PER_MINUTE;

// Each divides a day, or is whole days.
const WIDTHS_NS: readonly bigint[] = [
  ...[1n, 2n, 5n, 10n, 20n, 50n, 100n, 200n, 500n].map((ms) => ms * NS_PER_MS),
  ...[1n, 2n, 5n, 10n, 30n].map((seconds) => seconds * NS_PER_SECOND),
  ...[1n, 2n, 5n, 10n, 30n].map((minutes) => minutes * NS_PER_MINUTE),
  ...[1n, 3n, 6n, 12n].map((hours) => hours * NS_PER_HOUR),
  ...[1n, 7n, 30n].map((days) => days * NS_PER_DAY),
];

/** The narrowest round width of which at most `buckets` (and one cut in two by the ends) fill the range. */
export function bucketWidthNs({ fromNs, toNs }: TimeRange, buckets: number): bigint {
  const spanNs = toNs - fromNs;
  const least = spanNs / BigInt(buckets);
  const round = WIDTHS_NS.find((width) => width >= least);
  if (round !== undefined) return round;
  const days = least / NS_PER_DAY + 1n;
  return days * NS_PER_DAY;
}

export function floorTo(ns: bigint, widthNs: bigint): bigint {
  return ns - (ns % widthNs);
}

export function ceilTo(ns: bigint, widthNs: bigint): bigint {
  return floorTo(ns + widthNs - 1n, widthNs);
}
