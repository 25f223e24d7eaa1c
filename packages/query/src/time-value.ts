/**
 * Times in queries: ISO dates of any precision, epoch numbers, `now`, and date math on them
 * (`now-1h`, `now/d`, `2024-05-01||+1M/d`). All in UTC where the text names no zone. A time is a span
 * as long as its precision: `2024-05-01` is that day, so `timestamp:2024-05-01` finds all of it.
 */
import { NS_PER_MS, NS_PER_SECOND } from '@tendril/model/time-range';

export interface TimeSpan {
  readonly fromNs: bigint;
  /** Past the last nanosecond. */
  readonly toNs: bigint;
}

type Unit = 'y' | 'M' | 'w' | 'd' | 'h' | 'm' | 's' | 'ms' | 'us' | 'ns';

interface Precise {
  readonly ns: bigint;
  readonly precision: Unit;
}

const NS_PER_UNIT: Readonly<Record<Exclude<Unit, 'y' | 'M'>, bigint>> = {
  w: 604_800n * NS_PER_SECOND,
  d: 86_400n * NS_PER_SECOND,
  h: 3_600n * NS_PER_SECOND,
  m: 60n * NS_PER_SECOND,
  s: NS_PER_SECOND,
  ms: NS_PER_MS,
  us: 1_000n,
  ns: 1n,
};

/** What DateTime64(9) can hold: 1900 to 2262. */
const NS_MIN = -2_208_988_800n * NS_PER_SECOND;
const NS_MAX = 9_223_372_036n * NS_PER_SECOND;

/** Undefined when the text is no time. */
export function parseTime(text: string, nowNs: bigint): TimeSpan | undefined {
  const parts = /^(now|.+?(?=\|\|)|[^|]+$)(?:\|\|)?(.*)$/s.exec(text.trim());
  if (!parts) return undefined;
  const [, anchor = '', math = ''] = parts;
  const start: Precise | undefined =
    anchor === 'now' ? { ns: nowNs, precision: 'ns' } : (parseEpoch(anchor) ?? parseDate(anchor));
  const end = start && applyMath(start, math);
  if (!end || end.ns < NS_MIN || end.ns > NS_MAX) return undefined;
  const toNs = add(end.ns, 1, end.precision);
  return { fromNs: end.ns, toNs: toNs < NS_MAX ? toNs : NS_MAX };
}

/** Four digits are a year; longer numbers tell their unit by their length. */
function parseEpoch(text: string): Precise | undefined {
  if (!/^\d{5,19}$/.test(text)) return undefined;
  const number = BigInt(text);
  if (text.length <= 11) return { ns: number * NS_PER_SECOND, precision: 's' };
  if (text.length <= 14) return { ns: number * NS_PER_MS, precision: 'ms' };
  if (text.length <= 17) return { ns: number * 1_000n, precision: 'us' };
  return { ns: number, precision: 'ns' };
}

const DATE =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ](\d{2})(?::(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?)?)?)?(Z|[+-]\d{2}:?\d{2})?$/i;

function parseDate(text: string): Precise | undefined {
  const match = DATE.exec(text);
  if (!match) return undefined;
  const [, year = '', month = '01', day = '01', hour = '00', minute = '00', second = '00'] = match;
  const fraction = match[7] ?? '';
  const utcMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  // Date.parse takes 24:00 and refuses the 30th of February only in this form.
  if (Number.isNaN(utcMs) || new Date(utcMs).getUTCDate() !== Number(day)) return undefined;
  const fractionNs = BigInt(fraction.padEnd(9, '0'));
  const ns = BigInt(utcMs) * NS_PER_MS + fractionNs - zoneNs(match[8]);
  return { ns, precision: precisionOf(match) };
}

function zoneNs(zone: string | undefined): bigint {
  const parts = /^([+-])(\d{2}):?(\d{2})$/.exec(zone ?? '');
  if (!parts) return 0n;
  const minutes = Number(parts[2]) * 60 + Number(parts[3]);
  return BigInt(parts[1] === '-' ? -minutes : minutes) * NS_PER_UNIT.m;
}

function precisionOf(match: readonly (string | undefined)[]): Unit {
  const fractionDigits = match[7]?.length ?? 0;
  if (fractionDigits > 6) return 'ns';
  if (fractionDigits > 3) return 'us';
  if (fractionDigits > 0) return 'ms';
  const units = ['y', 'M', 'd', 'h', 'm', 's'] as const;
  return units.findLast((_unit, index) => match[index + 1] !== undefined) ?? 'y';
}

function applyMath(start: Precise, math: string): Precise | undefined {
  let rest = math;
  let { ns, precision } = start;
  while (rest !== '') {
    const step = /^(?:([+-])(\d{1,6})|\/)([yMwdhHms])/.exec(rest);
    if (!step) return undefined;
    const unit = unitOf(step[3] ?? '');
    if (step[1] === undefined) {
      ns = floor(ns, unit);
      precision = unit;
    } else {
      ns = add(ns, Number(step[2]) * (step[1] === '-' ? -1 : 1), unit);
    }
    rest = rest.slice(step[0].length);
  }
  return { ns, precision };
}

function unitOf(letter: string): Unit {
  switch (letter) {
    case 'y':
    case 'M':
    case 'w':
    case 'd':
    case 'm':
    case 's':
      return letter;
    default:
      return 'h';
  }
}

function add(ns: bigint, count: number, unit: Unit): bigint {
  if (unit !== 'y' && unit !== 'M') return ns + BigInt(count) * NS_PER_UNIT[unit];
  const ms = floorDivide(ns, NS_PER_MS);
  const date = new Date(Number(ms));
  const months = date.getUTCMonth() + (unit === 'y' ? 12 * count : count);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(months);
  date.setUTCDate(Math.min(day, daysInMonth(date)));
  const moved = date.getTime();
  return Number.isNaN(moved) ? NS_MAX + 1n : BigInt(moved) * NS_PER_MS + (ns - ms * NS_PER_MS);
}

// The 31st of January and a month is the end of February.
function daysInMonth(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}

function floor(ns: bigint, unit: Unit): bigint {
  if (unit === 'y' || unit === 'M') {
    const date = new Date(Number(floorDivide(ns, NS_PER_MS)));
    const month = unit === 'y' ? 0 : date.getUTCMonth();
    return BigInt(Date.UTC(date.getUTCFullYear(), month)) * NS_PER_MS;
  }
  // 1970 began on a Thursday; weeks begin on Monday.
  const offset = unit === 'w' ? 4n * NS_PER_UNIT.d : 0n;
  return floorDivide(ns - offset, NS_PER_UNIT[unit]) * NS_PER_UNIT[unit] + offset;
}

function floorDivide(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return dividend % divisor < 0n ? quotient - 1n : quotient;
}
