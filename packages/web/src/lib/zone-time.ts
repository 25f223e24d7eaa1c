/**
 * Times of telemetry as people read them: nanoseconds since 1970 in, text in a zone out. Rows are
 * formatted by the thousand, so the zone's offset is asked for once an hour of data and the rest is
 * arithmetic.
 */
import { NS_PER_MS } from '@tendril/model/time-range';

export interface ZonedTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
}

const MS_PER_HOUR = 3_600_000;
/** A quarter of an hour divides every offset in use; changes of summer time fall on one. */
const SLOT_MS: number = MS_PER_HOUR / 4;
const SLOTS_MAX = 10_000;
const formatters = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, number>();

/** Asked for once: the answer takes a millisecond, and every time of every row needs it. */
let browserZone: string | undefined;

/** `browser` becomes the zone that the browser runs in. */
export function zoneName(zone: string): string {
  if (zone !== 'browser') return zone;
  browserZone ??= Intl.DateTimeFormat().resolvedOptions().timeZone;
  return browserZone;
}

export function isZone(zone: string): boolean {
  if (zone === 'browser') return true;
  try {
    formatterOf(zone);
    return true;
  } catch {
    return false;
  }
}

/** What to add to UTC, in milliseconds. */
export function zoneOffsetMs(epochMs: number, zone: string): number {
  const name = zoneName(zone);
  if (name === 'UTC') return 0;
  const slot = Math.floor(epochMs / SLOT_MS);
  const key = `${name} ${slot}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  const offset = askOffsetMs(slot * SLOT_MS, name);
  if (offsets.size >= SLOTS_MAX) offsets.clear();
  offsets.set(key, offset);
  return offset;
}

function formatterOf(name: string): Intl.DateTimeFormat {
  const known = formatters.get(name);
  if (known) return known;
  const formatter = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formatters.set(name, formatter);
  return formatter;
}

function askOffsetMs(epochMs: number, name: string): number {
  const parts = new Map(
    formatterOf(name)
      .formatToParts(epochMs)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const local = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return local - Math.floor(epochMs / 1000) * 1000;
}

export function zonedTime(epochMs: number, zone: string): ZonedTime {
  const date = new Date(epochMs + zoneOffsetMs(epochMs, zone));
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    millisecond: date.getUTCMilliseconds(),
  };
}

/** The moment that a clock in the zone shows so; of two such moments the first. */
export function epochMsOf(time: ZonedTime, zone: string): number {
  const { year, month, day, hour, minute, second, millisecond } = time;
  const asUtc = Date.UTC(year, month - 1, day, hour, minute, second, millisecond);
  const guess = asUtc - zoneOffsetMs(asUtc, zone);
  return asUtc - zoneOffsetMs(guess, zone);
}

export type TimePrecision = 'second' | 'millisecond' | 'nanosecond';

/** `10:03:16.482`. */
export function clockText(ns: bigint, zone: string, precision: TimePrecision): string {
  const { epochMs, restNs } = split(ns);
  const { hour, minute, second, millisecond } = zonedTime(epochMs, zone);
  const clock = `${two(hour)}:${two(minute)}:${two(second)}`;
  if (precision === 'second') return clock;
  const ms = String(millisecond).padStart(3, '0');
  if (precision === 'millisecond') return `${clock}.${ms}`;
  const rest = String(restNs).padStart(6, '0');
  return `${clock}.${ms} ${rest.slice(0, 3)} ${rest.slice(3)}`;
}

/** `2026-11-21`. */
export function dateText(ns: bigint, zone: string): string {
  const { year, month, day } = zonedTime(split(ns).epochMs, zone);
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}

/** `2026-11-21 10:03:16.482`. */
export function dateTimeText(ns: bigint, zone: string, precision: TimePrecision): string {
  return `${dateText(ns, zone)} ${clockText(ns, zone, precision)}`;
}

/** `+08:00`. */
export function offsetText(epochMs: number, zone: string): string {
  const minutes = Math.round(zoneOffsetMs(epochMs, zone) / 60_000);
  const absolute = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(absolute / 60))}:${two(absolute % 60)}`;
}

// Floored, so that times before 1970 keep a positive rest.
function split(ns: bigint): { readonly epochMs: number; readonly restNs: bigint } {
  const rest = ((ns % NS_PER_MS) + NS_PER_MS) % NS_PER_MS;
  return { epochMs: Number((ns - rest) / NS_PER_MS), restNs: rest };
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
