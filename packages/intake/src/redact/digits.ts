/**
 * Which runs of digits may be a phone, an id card or a bank card. Read on the bytes, for the search;
 * `numbers.ts` decides. Epochs, sequence numbers and most snowflakes are told apart here by their
 * length and first digits.
 */
import { isDigit } from './raw-text.ts';

const SPACE = 0x20;
const DASH = 0x2d;
const ZERO = 0x30;

/**
 * How far the beginning of a number can be before a digit that the search looked at: the longest
 * card with its separators, and a country code.
 */
const LOOK_BACK_MAX = 32;
/**
 * Clusters are read in windows of this length, so that a long list of numbers is not read to its end
 * for each of them. What begins in the last bytes of a window is left to the next.
 */
const WINDOW = 128;
const WINDOW_OVERLAP = 48;

export function isDigitSeparator(code: number): boolean {
  return code === SPACE || code === DASH;
}

/** Start of the cluster (digits with single spaces or dashes between) that holds the digit at `at`. */
export function clusterStart(bytes: Uint8Array, at: number, floor: number): number {
  const stop = Math.max(floor, at - LOOK_BACK_MAX);
  let start = at;
  while (start > stop) {
    const before = bytes[start - 1] ?? 0;
    if (isDigit(before)) start -= 1;
    else if (isDigitSeparator(before) && start - 1 > stop && isDigit(bytes[start - 2] ?? 0)) {
      start -= 2;
    } else break;
  }
  return start;
}

/** End of the cluster, or of the window when that comes first. */
export function clusterEnd(bytes: Uint8Array, at: number, limit: number): number {
  const end = Math.min(limit, at + WINDOW);
  let stop = at;
  while (stop < end) {
    const next = bytes[stop] ?? 0;
    if (isDigit(next)) stop += 1;
    else if (isDigitSeparator(next) && stop + 1 < end && isDigit(bytes[stop + 1] ?? 0)) stop += 2;
    else break;
  }
  return stop;
}

/** Where to go on after the stretch from `at` to `end` has been read: the overlap, after a whole window. */
export function afterCluster(at: number, end: number): number {
  return end - at >= WINDOW - 1 ? end - WINDOW_OVERLAP : end;
}

/** Whether a run or a group of runs in the cluster has the length and the first digits of one. */
export function clusterIsSuspicious(bytes: Uint8Array, start: number, end: number): boolean {
  let run = start;
  while (run < end) {
    let stop = run;
    while (stop < end && isDigit(bytes[stop] ?? 0)) stop += 1;
    if (runIsSuspicious(bytes, run, stop - run)) return true;
    if (stop < end && groupIsSuspicious(bytes, run, stop, end)) return true;
    run = stop + 1;
  }
  return false;
}

function runIsSuspicious(bytes: Uint8Array, at: number, length: number): boolean {
  if (length < 11 || length > 21) return false;
  const first = (bytes[at] ?? 0) - ZERO;
  const second = (bytes[at + 1] ?? 0) - ZERO;
  if (length === 11) return first === 1 && second >= 3;
  if (length === 12) return false;
  return (
    startsAsPhone(first, second) ||
    startsAsCard(first, second, length) ||
    (length >= 17 && holdsBirthDate(bytes, at))
  );
}

/** `86…`, `0086…`, and `20138…` after the `%` of `%20`. */
function startsAsPhone(first: number, second: number): boolean {
  return (first === 8 && second === 6) || first === 0 || (first === 2 && second === 0);
}

/** Amex, Diners and JCB 3, Visa 4, Mastercard 5 and 22 to 27, Discover 6, UnionPay 62. */
function startsAsCard(first: number, second: number, length: number): boolean {
  if (length > 16) return first === 6 && second === 2;
  if (length < 16) return first === 3;
  return first === 2 ? second >= 2 && second <= 7 : first >= 3 && first <= 6;
}

/** Digits 7 to 14 of an id card: a day between 1900 and 2099. */
function holdsBirthDate(bytes: Uint8Array, at: number): boolean {
  const century = twoDigits(bytes, at + 6);
  const month = twoDigits(bytes, at + 10);
  const day = twoDigits(bytes, at + 12);
  return (century === 19 || century === 20) && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

function twoDigits(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) - ZERO) * 10 + (bytes[at + 1] ?? 0) - ZERO;
}

/** `138 1234 5678`, `6222 0212 3456 7890`, `3782 822463 10005`, `622202 1234567890123`. */
function groupIsSuspicious(bytes: Uint8Array, run: number, stop: number, end: number): boolean {
  const length = stop - run;
  if (length !== 3 && length !== 4 && length !== 6) return false;
  const second = digitsFrom(bytes, stop + 1, end);
  if (length === 6) return second >= 10 && second <= 13;
  if (second !== 4 && !(length === 4 && second === 6)) return false;
  const third = digitsFrom(bytes, stop + second + 2, end);
  if (length === 3) return third === 4 && bytes[run] === ZERO + 1;
  if (second === 6) return third === 4 || third === 5;
  return third === 4 && digitsFrom(bytes, stop + second + third + 3, end) === 4;
}

function digitsFrom(bytes: Uint8Array, at: number, end: number): number {
  let stop = at;
  while (stop < end && isDigit(bytes[stop] ?? 0)) stop += 1;
  return stop - at;
}
