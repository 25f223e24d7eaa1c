/**
 * Times by a layout that a pack spells out: `dd MMM yyyy HH:mm:ss[.SSS]`, brackets around what may be missing. What is known without one
 * (RFC 3339 and its relatives, syslog, asctime, seconds since 1970) is read by `timeOfText`.
 */
import type { LineContext } from '../format.ts';
import { timeNs, timeNsWithoutYear, type WrittenTime } from '../formats/calendar.ts';

/** Reads one time; undefined when the text is not written like that, or there is no such time. */
export type TimeReader = (text: string, context: LineContext) => bigint | undefined;

/** Longer texts are no times. */
const TIME_LENGTH_MAX = 64;

/** The letters of a layout and what they stand for. All else in a layout stands for itself. */
const TOKENS: readonly (readonly [token: string, pattern: string])[] = [
  ['yyyy', '(?<year>\\d{4})'],
  ['yy', '(?<shortYear>\\d\\d)'],
  ['MMM', '(?<month>[A-Za-z]{3})'],
  ['MM', '(?<month>\\d\\d)'],
  ['M', '(?<month>\\d\\d?)'],
  ['dd', '(?<day>\\d\\d)'],
  ['d', ' ?(?<day>\\d\\d?)'],
  ['EEE', '[A-Za-z]{3}'],
  ['HH', '(?<hour>\\d\\d)'],
  ['H', ' ?(?<hour>\\d\\d?)'],
  ['hh', '(?<hour>\\d\\d)'],
  ['h', ' ?(?<hour>\\d\\d?)'],
  ['mm', '(?<minute>\\d\\d)'],
  ['ss', '(?<second>\\d\\d)'],
  // Any number of digits, whatever the layout shows.
  ['S', '(?<fraction>\\d{1,9})'],
  ['a', '(?<half>[AaPp][Mm])'],
  // `Z`, `+08:00`, `UTC`. Other names (`CST`) are ambiguous: the source's own zone is meant.
  ['Z', '(?<offset>[+-]\\d\\d:?\\d\\d|[A-Za-z]{1,5})'],
];
const WORDS = /[A-Za-z]+|[^A-Za-z]+/g;

/** Undefined when the layout holds letters that stand for nothing, or says no time of day. */
export function timeReader(layout: string): TimeReader | undefined {
  const pattern = patternOf(layout);
  if (pattern === undefined) return undefined;
  const regex = new RegExp(`^${pattern}$`);
  return (text, context) => {
    if (text.length > TIME_LENGTH_MAX) return undefined;
    const groups = regex.exec(text)?.groups;
    return groups && read(groups, context);
  };
}

function patternOf(layout: string): string | undefined {
  let pattern = '';
  for (const [word] of layout.matchAll(WORDS)) {
    if (!/^[A-Za-z]/.test(word)) {
      pattern += literal(word);
      continue;
    }
    // `yyyyMMddTHHmmss` is one word of several tokens; a lone T is itself.
    for (const run of word.match(/([A-Za-z])\1*/g) ?? []) {
      const known = TOKENS.find(([token]) => token === run || (token === 'S' && /^S+$/.test(run)));
      if (!known && run !== 'T') return undefined;
      pattern += known?.[1] ?? run;
    }
  }
  const isTime = pattern.includes('<hour>') && pattern.includes('<minute>');
  return isTime && isBalanced(layout) ? pattern : undefined;
}

function isBalanced(layout: string): boolean {
  return /^[^[\]]*(?:\[[^[\]]*\][^[\]]*)*$/.test(layout);
}

// `[.SSS]` may be missing.
function literal(text: string): string {
  return text
    .replaceAll(/[^\s\w[\]]/g, '\\$&')
    .replaceAll('[', '(?:')
    .replaceAll(']', ')?');
}

type Groups = Readonly<Record<string, string | undefined>>;

function read(groups: Groups, context: LineContext): bigint | undefined {
  const { month, day, minute = '', second = '00', fraction } = groups;
  const hour = hourOf(groups);
  const offset = offsetOf(groups['offset']);
  const clock = { hour, minute, second, fraction, offset };
  if (month === undefined || day === undefined) return ofTimeAlone(clock, context);
  const year = groups['year'] ?? fullYear(groups['shortYear']);
  const date = { month, day, ...clock };
  return year === undefined ? timeNsWithoutYear(date, context) : timeNs({ ...date, year }, context);
}

function hourOf({ hour = '', half }: Groups): string {
  if (half === undefined) return hour;
  const hours = (Number(hour) % 12) + (/^p/i.test(half) ? 12 : 0);
  return String(hours).padStart(2, '0');
}

function offsetOf(text: string | undefined): string | undefined {
  return text !== undefined && /^(?:[+-]|z$|utc$|gmt$)/i.test(text) ? text : undefined;
}

// 69 is 1969 and older than any log: the century is this one.
function fullYear(digits: string | undefined): string | undefined {
  return digits === undefined ? undefined : `20${digits}`;
}

const DAY_NS = 86_400_000_000_000n;
/** Clocks go wrong a little; what is later than this was yesterday. */
const AHEAD_NS: bigint = 3_600_000_000_000n;

// The latest such time of day that is not after `asOfNs`.
function ofTimeAlone(
  clock: Omit<WrittenTime, 'year' | 'month' | 'day'>,
  context: LineContext,
): bigint | undefined {
  const asOfMs = Number(context.asOfNs / 1_000_000n);
  const asOf = new Date(asOfMs + context.zone.offsetMs(asOfMs));
  const day = {
    year: String(asOf.getUTCFullYear()),
    month: String(asOf.getUTCMonth() + 1),
    day: String(asOf.getUTCDate()),
  };
  const today = timeNs({ ...day, ...clock }, context);
  if (today === undefined) return undefined;
  return today > context.asOfNs + AHEAD_NS ? today - DAY_NS : today;
}
