/**
 * Points in time as people and programs write them: `now-15m`, RFC 3339, epoch seconds, milliseconds,
 * microseconds or nanoseconds. In: text and the present; out: nanoseconds since 1970.
 */
import { NS_PER_DAY, NS_PER_MINUTE, NS_PER_MS, NS_PER_SECOND } from '@tendril/model/time-range';

/** 2262-04-11, the last day a signed 64-bit count of nanoseconds reaches. */
const TIME_NS_MAX = 9_223_372_036_854_775_807n;
const TEXT_LENGTH_MAX = 100;

/** Undefined when the text is no time, or one before 1970 or past what 64 bits hold. */
export function parseTime(text: string, nowNs: bigint): bigint | undefined {
  const trimmed = text.trim();
  if (trimmed.length > TEXT_LENGTH_MAX) return undefined;
  const ns = parseRelative(trimmed, nowNs) ?? parseEpoch(trimmed) ?? parseDate(trimmed);
  return ns === undefined || ns < 0n || ns > TIME_NS_MAX ? undefined : ns;
}

// The magnitude tells the unit: each is unambiguous from 1973 to the year 5138.
const EPOCH_UNITS = [
  { below: 10n ** 11n, unitNs: NS_PER_SECOND },
  { below: 10n ** 14n, unitNs: NS_PER_MS },
  { below: 10n ** 17n, unitNs: 1_000n },
] as const;

function parseEpoch(text: string): bigint | undefined {
  const match = /^(\d{1,19})(?:\.(\d{1,9}))?$/.exec(text);
  if (!match) return undefined;
  const [, whole = '', fraction = ''] = match;
  const value = BigInt(whole);
  const unitNs = EPOCH_UNITS.find(({ below }) => value < below)?.unitNs ?? 1n;
  return value * unitNs + (BigInt(fraction.padEnd(9, '0')) * unitNs) / NS_PER_SECOND;
}

// The date, then the time, then the offset. Without an offset it is UTC; a date alone is its start.
const DATE =
  /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d{1,12}))?)?)?\s*(Z|z|[+-]\d\d:?\d\d)?$/;

function parseDate(text: string): bigint | undefined {
  const match = DATE.exec(text);
  if (!match) return undefined;
  const [, date = '', minutes = '00:00', seconds = '00', fraction = '', offset = 'Z'] = match;
  const zone = offset.toUpperCase().replace(/^([+-]\d\d)(\d\d)$/, '$1:$2');
  const ms = Date.parse(`${date}T${minutes}:${seconds}${zone}`);
  // `Date.parse` takes 31 February for 3 March.
  if (Number.isNaN(ms) || !isDay(date)) return undefined;
  return BigInt(ms) * NS_PER_MS + BigInt(fraction.padEnd(9, '0').slice(0, 9));
}

function isDay(date: string): boolean {
  return new Date(`${date}T00:00:00Z`).toISOString().startsWith(date);
}

/** `now`, then steps (`-15m`, `+1h`) and roundings down (`/d`), in any order. */
function parseRelative(text: string, nowNs: bigint): bigint | undefined {
  if (!/^now(?:[+-]\d{1,9}(?:ms|[smhHdwMy])|\/[smhHdwMy])*$/.test(text)) return undefined;
  let ns = nowNs;
  for (const [, sign, amount = '0', stepUnit = '', roundUnit] of text.matchAll(
    /([+-])(\d+)(ms|[smhHdwMy])|\/([smhHdwMy])/g,
  )) {
    ns =
      roundUnit === undefined
        ? stepped(ns, sign === '-' ? -Number(amount) : Number(amount), stepUnit)
        : rounded(ns, roundUnit);
  }
  return ns;
}

const UNIT_NS: ReadonlyMap<string, bigint> = new Map([
  ['ms', NS_PER_MS],
  ['s', NS_PER_SECOND],
  ['m', NS_PER_MINUTE],
  ['h', 60n * NS_PER_MINUTE],
  ['H', 60n * NS_PER_MINUTE],
  ['d', NS_PER_DAY],
  ['w', 7n * NS_PER_DAY],
]);

function stepped(ns: bigint, amount: number, unit: string): bigint {
  const unitNs = UNIT_NS.get(unit);
  if (unitNs !== undefined) return ns + BigInt(amount) * unitNs;
  const date = dateOf(ns);
  const months = unit === 'y' ? amount * 12 : amount;
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  // A month back from 31 March is the last day of February.
  date.setUTCDate(Math.min(day, daysInMonth(date)));
  return nsOf(date) + (ns % NS_PER_MS);
}

function rounded(ns: bigint, unit: string): bigint {
  if (unit === 'w') {
    // Weeks begin on Monday; 1970-01-01 was a Thursday.
    const days = ns / NS_PER_DAY;
    return (days - ((days + 3n) % 7n)) * NS_PER_DAY;
  }
  const unitNs = UNIT_NS.get(unit);
  if (unitNs !== undefined) return ns - (ns % unitNs);
  const date = dateOf(ns);
  return nsOf(new Date(Date.UTC(date.getUTCFullYear(), unit === 'y' ? 0 : date.getUTCMonth(), 1)));
}

function dateOf(ns: bigint): Date {
  return new Date(Number(ns / NS_PER_MS));
}

// Steps may lead out of what a date holds; the caller refuses what is negative.
function nsOf(date: Date): bigint {
  const ms = date.getTime();
  return Number.isNaN(ms) ? -1n : BigInt(ms) * NS_PER_MS;
}

function daysInMonth(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}

/** RFC 3339 in UTC with nanoseconds, e.g. `2026-06-02T08:53:10.443101000Z`. */
export function formatTime(ns: bigint): string {
  const seconds = new Date(Number(ns / NS_PER_SECOND) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${(ns % NS_PER_SECOND).toString().padStart(9, '0')}Z`;
}
