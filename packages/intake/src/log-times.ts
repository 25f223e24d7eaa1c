/**
 * Which times of a record are believed. Times are pairs of 32-bit words, as they come off the wire, so
 * that the common case needs no bigint.
 */
import { NS_PER_DAY, TIMESTAMP_AHEAD_NS_MAX, TIMESTAMP_NS_MIN } from '@tendril/model/time-range';

export interface WordPair {
  low: number;
  high: number;
}

/** Half-open range of times, with the high words that lie wholly inside. */
export interface TimeBounds {
  readonly fromNs: bigint;
  readonly toNs: bigint;
  readonly fromHigh: number;
  readonly toHigh: number;
}

/** An observed time further than this from the server's clock is replaced by the time of arrival. */
const OBSERVED_OFF_NS_MAX = NS_PER_DAY;

/** Between 2000 and a day ahead of the server's clock. */
export function timestampBounds(nowNs: bigint): TimeBounds {
  return bounds(TIMESTAMP_NS_MIN, nowNs + TIMESTAMP_AHEAD_NS_MAX + 1n);
}

export function observedBounds(nowNs: bigint): TimeBounds {
  return bounds(nowNs - OBSERVED_OFF_NS_MAX, nowNs + OBSERVED_OFF_NS_MAX + 1n);
}

export function isWithin({ fromHigh, toHigh, fromNs, toNs }: TimeBounds, time: WordPair): boolean {
  const { low, high } = time;
  if (high > fromHigh && high < toHigh) return true;
  const ns = nsOf(low, high);
  return ns >= fromNs && ns < toNs;
}

/** As an unsigned number of 64 bits. */
export function nsOf(low: number, high: number): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

// As the machine has it in memory, the low word first: no further bigint is made.
const wide = new BigInt64Array(1);
const words = new Int32Array(wide.buffer);

export function setNs(pair: WordPair, ns: bigint): void {
  wide[0] = ns;
  pair.low = words[0] ?? 0;
  pair.high = words[1] ?? 0;
}

function bounds(fromNs: bigint, toNs: bigint): TimeBounds {
  return { fromNs, toNs, fromHigh: Number(fromNs >> 32n), toHigh: Number(toNs >> 32n) };
}
