/**
 * A time as most programs write it into a field, `2026-06-02T09:14:03.101Z`, from its bytes to words: without a text
 * and without big integers (`npm run bench -- receiver-decode`). `timeOfText` knows it too, and all others.
 */
import { setNs, type WordPair } from '../log-times.ts';
import { NS_PER_MS } from '@tendril/model/time-range';
import { daysIn } from './calendar.ts';

const DASH = 0x2d;
const DOT = 0x2e;
const COLON = 0x3a;
const LARGE_T = 0x54;
const LARGE_Z = 0x5a;
const ZERO = 0x30;
/** Up to the seconds, and the `Z`. */
const LENGTH_MIN = 20;
const FRACTION_DIGITS_MAX = 9;
const WORD: number = 2 ** 32;

export class UtcTime {
  /** Nanoseconds since 1970, of the last time that was read. */
  low = 0;
  high = 0;
  // Events follow each other in time: of the second before, and the day before.
  private readonly second: WordPair = { low: 0, high: 0 };
  private secondMs = 0;
  private day = 0;
  private dayMs = 0;

  /** False when the range is anything else; the words stay then. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start < LENGTH_MIN || !isUtc(bytes, start, end)) return false;
    const year = two(bytes, start) * 100 + two(bytes, start + 2);
    const month = two(bytes, start + 5);
    const day = two(bytes, start + 8);
    const hour = two(bytes, start + 11);
    const minute = two(bytes, start + 14);
    const second = two(bytes, start + 17);
    // NaN, from a byte that is no digit, fails each comparison.
    if (!(year >= 1970 && year < 2262 && month >= 1 && month <= 12)) return false;
    if (!(day >= 1 && day <= daysIn(year, month) && hour < 24 && minute < 60 && second < 60)) {
      return false;
    }
    const fractionNs = fraction(bytes, start + 19, end - 1);
    if (Number.isNaN(fractionNs)) return false;
    this.put(
      this.msOf(year, month, day) + ((hour * 60 + minute) * 60 + second) * 1_000,
      fractionNs,
    );
    return true;
  }

  private msOf(year: number, month: number, day: number): number {
    const number = (year * 16 + month) * 32 + day;
    if (number === this.day) return this.dayMs;
    this.day = number;
    this.dayMs = Date.UTC(year, month - 1, day);
    return this.dayMs;
  }

  private put(secondMs: number, fractionNs: number): void {
    const { second } = this;
    if (secondMs !== this.secondMs) {
      this.secondMs = secondMs;
      setNs(second, BigInt(secondMs) * NS_PER_MS);
    }
    const low = (second.low >>> 0) + fractionNs;
    this.low = low | 0;
    this.high = low >= WORD ? second.high + 1 : second.high;
  }
}

function isUtc(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    bytes[end - 1] === LARGE_Z &&
    bytes[start + 10] === LARGE_T &&
    bytes[start + 4] === DASH &&
    bytes[start + 7] === DASH &&
    bytes[start + 13] === COLON &&
    bytes[start + 16] === COLON
  );
}

function digit(bytes: Uint8Array, at: number): number {
  const value = (bytes[at] ?? 0) - ZERO;
  return value >= 0 && value <= 9 ? value : Number.NaN;
}

function two(bytes: Uint8Array, at: number): number {
  return digit(bytes, at) * 10 + digit(bytes, at + 1);
}

// Nanoseconds; NaN for what is no fraction.
function fraction(bytes: Uint8Array, start: number, end: number): number {
  if (start === end) return 0;
  const digits = end - start - 1;
  if (bytes[start] !== DOT || digits < 1 || digits > FRACTION_DIGITS_MAX) return Number.NaN;
  let value = 0;
  for (let at = start + 1; at < end; at += 1) value = value * 10 + digit(bytes, at);
  return value * 10 ** (FRACTION_DIGITS_MAX - digits);
}
