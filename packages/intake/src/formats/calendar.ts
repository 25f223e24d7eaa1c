/** From the parts of a written time to nanoseconds since 1970. */
import { NS_PER_MS } from '@tendril/model/time-range';
import type { LineContext } from '../format.ts';
import { offsetMinutes } from '../zone.ts';

/** Text as it was matched; checked here. */
export interface WrittenTime {
  readonly year: string;
  /** `06` or `Jun`. */
  readonly month: string;
  readonly day: string;
  readonly hour: string;
  readonly minute: string;
  readonly second: string;
  /** Digits after the decimal sign, of any number. */
  readonly fraction?: string | undefined;
  /** `Z`, `+08:00`, `+0800`; the context's zone when absent. */
  readonly offset?: string | undefined;
}

const MONTHS: ReadonlyMap<string, number> = new Map(
  ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'].map(
    (name, index) => [name, index + 1] as const,
  ),
);

/** Undefined when there is no such moment: month 13, 31 April, 25 o'clock. */
export function timeNs(written: WrittenTime, context: LineContext): bigint | undefined {
  const { fraction = '', offset } = written;
  const wallMs = wallClockMs(written);
  if (wallMs === undefined) return undefined;
  const minutes = offset ? offsetMinutes(offset) : undefined;
  if (offset && minutes === undefined) return undefined;
  const offsetMs = minutes === undefined ? context.zone.offsetMs(wallMs) : minutes * 60_000;
  return BigInt(wallMs - offsetMs) * NS_PER_MS + fractionNs(fraction);
}

/**
 * The time of a date without a year: the latest one that is not after `asOfNs`, give or
 * take a day.
 */
export function timeNsWithoutYear(
  written: Omit<WrittenTime, 'year'>,
  context: LineContext,
): bigint | undefined {
  const latestMs = Number(context.asOfNs / NS_PER_MS) + GRACE_MS;
  const latestYear = new Date(latestMs).getUTCFullYear();
  // 29 February can lie up to eight years back.
  for (let year = latestYear; year >= latestYear - 8; year -= 1) {
    const dated = { ...written, year: String(year) };
    // Wall clocks first: looking up zones is dear.
    const wallMs = wallClockMs(dated);
    if (wallMs !== undefined && wallMs <= latestMs) return timeNs(dated, context);
  }
  return undefined;
}

/** A day for clocks that go wrong, and half a day for zones. */
const GRACE_MS: number = 36 * 3_600_000;

// A whole number beyond what seconds can be is taken by its size: milliseconds, micro-, nanoseconds.
const MS_FROM = 100_000_000_000;
const US_FROM: number = MS_FROM * 1000;
const NS_FROM: number = US_FROM * 1000;

/** Time since 1970 as digits, with or without a fraction; seconds, ms, µs and ns told by size. */
export function epochNs(text: string): bigint | undefined {
  const match = /^(\d{1,19})(?:\.(\d+))?(?:[eE]\+?(\d{1,2}))?$/.exec(text);
  if (!match) return undefined;
  const [, whole = '', fraction = '', exponent] = match;
  if (exponent !== undefined) return epochOfNumber(Number(text));
  const value = Number(whole);
  if (value < MS_FROM) return BigInt(whole) * 1_000_000_000n + fractionNs(fraction);
  if (value < US_FROM) return BigInt(whole) * 1_000_000n + fractionNs(fraction) / 1000n;
  if (value < NS_FROM) return BigInt(whole) * 1000n + fractionNs(fraction) / 1_000_000n;
  return BigInt(whole);
}

/** The same for a number, as far as its precision reaches. */
export function epochOfNumber(value: number): bigint | undefined {
  if (!(value > 0) || value > 9.2e18) return undefined;
  if (!Number.isSafeInteger(value) && value < NS_FROM) return epochNs(value.toFixed(6));
  return epochNs(BigInt(Math.trunc(value)).toString());
}

function wallClockMs(written: WrittenTime): number | undefined {
  const year = Number(written.year);
  const month = MONTHS.get(written.month.toLowerCase()) ?? Number(written.month);
  const day = Number(written.day);
  const hour = Number(written.hour);
  const minute = Number(written.minute);
  // A leap second is the last second of its minute here.
  const second = Math.min(Number(written.second), 60);
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month))) return undefined;
  if (!(hour < 24 && minute < 60 && Number(written.second) <= 60)) return undefined;
  const ms = Date.UTC(year, month - 1, day, hour, minute, Math.min(second, 59));
  return ms >= 0 && year >= 1970 && year < 2262 ? ms : undefined;
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Days of a month, 1 to 12. */
export function daysIn(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && leap ? 29 : (DAYS[month - 1] ?? 0);
}

function fractionNs(digits: string): bigint {
  if (digits === '') return 0n;
  return BigInt(Number(digits.slice(0, 9).padEnd(9, '0')));
}
