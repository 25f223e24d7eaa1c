/**
 * Ranges of time as the URL, the picker and the API write them: two texts that `parseTime` of the query
 * language takes (`now-1h`, `now`, RFC 3339). What a person types may be shorter and in local time.
 */
import { NS_PER_MS, NS_PER_SECOND, type TimeRange } from '@tendril/model/time-range';
import { parseTime } from '@tendril/query/time-value';
import { clockText, dateText, epochMsOf, zonedTime } from './zone-time.ts';

export interface RangeText {
  readonly from: string;
  readonly to: string;
}

/** What pages show when nothing else was asked for. */
export const RANGE_DEFAULT: RangeText = { from: 'now-1h', to: 'now' };

/** The server's clock by ours: pages ask for what has been stored up to now over there. */
let clockAheadMs = 0;

export function setServerClock(
  serverMs: number,
  requestedAtMs: number,
  answeredAtMs: number,
): void {
  clockAheadMs = serverMs - (requestedAtMs + answeredAtMs) / 2;
}

export function serverNowNs(): bigint {
  return BigInt(Math.round(Date.now() + clockAheadMs)) * NS_PER_MS;
}

/** Undefined when an end is no time or the range is empty. */
export function resolveRange({ from, to }: RangeText, nowNs: bigint): TimeRange | undefined {
  const start = parseTime(from, nowNs);
  const end = parseTime(to, nowNs);
  if (!start || !end) return undefined;
  return end.fromNs > start.fromNs ? { fromNs: start.fromNs, toNs: end.fromNs } : undefined;
}

export function isRelative({ from, to }: RangeText): boolean {
  return from.startsWith('now') || to.startsWith('now');
}

export function absoluteRange({ fromNs, toNs }: TimeRange): RangeText {
  return { from: timeLiteral(fromNs), to: timeLiteral(toNs) };
}

/** RFC 3339 in UTC, as short as exact. */
function timeLiteral(ns: bigint): string {
  const date = dateText(ns, 'UTC');
  const clock = clockText(ns, 'UTC', 'nanosecond').replaceAll(' ', '');
  return `${date}T${clock.replace(/\.?0+$/, '')}Z`;
}

/** By how much of its width the range moves or grows. */
export function shiftedRange({ fromNs, toNs }: TimeRange, by: 'back' | 'forward'): TimeRange {
  const width = toNs - fromNs;
  return by === 'back'
    ? { fromNs: fromNs - width, toNs: fromNs }
    : { fromNs: toNs, toNs: toNs + width };
}

export function widenedRange({ fromNs, toNs }: TimeRange): TimeRange {
  const half = (toNs - fromNs) / 2n;
  return { fromNs: fromNs - half, toNs: toNs + half };
}

const AROUND_NS: bigint = 300n * NS_PER_SECOND;

/**
 * What a person types or pastes: `15m`, `now-2h to now-1h`, `2026-11-21 10:00 ~ 11:30`, an epoch, one
 * time alone (five minutes around it). Times without a zone are of `zone`. Undefined when it is none.
 */
export function parseRangeText(
  text: string,
  { zone, nowNs }: { readonly zone: string; readonly nowNs: bigint },
): RangeText | undefined {
  const trimmed = text.trim();
  const short = /^(?:last\s+|最近\s*)?(\d{1,6})\s*([smhdwMy])$/.exec(trimmed);
  if (short) return { from: `now-${short[1]}${short[2]}`, to: 'now' };
  const ends = trimmed.split(/\s+(?:to|until|-|–|—|到|至)\s+|\s*(?:~|～|→|\.\.)\s*/);
  if (ends.length > 2) return undefined;
  const [first = '', second] = ends;
  const from = parseEnd(first, { zone, nowNs });
  if (from === undefined) return undefined;
  if (second === undefined) return aroundTime(from, nowNs);
  const to = parseEnd(second, { zone, nowNs, dateOf: from });
  const range = to === undefined ? undefined : { from, to };
  return range && resolveRange(range, nowNs) ? range : undefined;
}

function aroundTime(time: string, nowNs: bigint): RangeText | undefined {
  if (time.startsWith('now')) return { from: time, to: 'now' };
  const span = parseTime(time, nowNs);
  if (!span) return undefined;
  // A day or an hour is meant as such.
  if (span.toNs - span.fromNs >= 2n * AROUND_NS) return absoluteRange(span);
  return absoluteRange({ fromNs: span.fromNs - AROUND_NS, toNs: span.fromNs + AROUND_NS });
}

interface EndContext {
  readonly zone: string;
  readonly nowNs: bigint;
  /** For a time of day alone: the end it belongs to. */
  readonly dateOf?: string;
}

const LOCAL =
  /^(?:(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ]+)?)?(?:(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?$/;

function parseEnd(text: string, context: EndContext): string | undefined {
  const trimmed = text.trim();
  const local = trimmed === '' ? null : LOCAL.exec(trimmed);
  if (local) return localTime(local, context);
  return parseTime(trimmed, context.nowNs) ? trimmed : undefined;
}

function localTime(match: RegExpExecArray, { zone, nowNs, dateOf }: EndContext): string {
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = ''] = match;
  const dayNs = (dateOf === undefined ? undefined : parseTime(dateOf, nowNs)?.fromNs) ?? nowNs;
  const today = zonedTime(Number(dayNs / NS_PER_MS), zone);
  const epochMs = epochMsOf(
    {
      year: year === undefined ? today.year : Number(year),
      month: month === undefined ? today.month : Number(month),
      day: day === undefined ? today.day : Number(day),
      hour: Number(hour),
      minute: Number(minute),
      second: Number(second),
      millisecond: 0,
    },
    zone,
  );
  return timeLiteral(BigInt(epochMs) * NS_PER_MS + BigInt(fraction.padEnd(9, '0')));
}
