/**
 * The time that a line of text begins with, in the shapes that programs write. In: a line without
 * colour codes; out: the time, where the rest of the line begins, and what the shape itself says
 * beside the time (a severity, a process id).
 */
import type { AttributeValue } from '@tendril/model/attribute';
import type { LineContext, ParsedFields } from '../format.ts';
import { isoTime } from './iso-time.ts';
import { epochNs, timeNs, timeNsWithoutYear } from './calendar.ts';

export interface LeadingTime {
  readonly timeNs: bigint;
  /** Index of the first character after the time. */
  readonly end: number;
  /** The shape is that of BSD syslog: host and program follow. */
  readonly isSyslog?: boolean;
  /** As the shape writes it: `I` of klog, `#` of Redis. */
  readonly severityText?: string;
  readonly attributes?: ParsedFields;
}

interface Shape {
  /** Sticky; tried at the start of the line. */
  readonly pattern: RegExp;
  readonly read: (groups: Groups, context: LineContext) => Omit<LeadingTime, 'end'> | undefined;
}

type Groups = Readonly<Record<string, string | undefined>>;

const CLOCK = '(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)';
const FRACTION = '(?:[.,:](?<fraction>\\d{1,9}))?';
const OFFSET = '(?:\\s?(?<offset>[zZ](?![a-zA-Z])|UTC\\b|GMT\\b|[+-]\\d\\d:?\\d\\d(?!\\d)))?';

// What `isoTime` leaves: gin's `2026/06/02 - 09:14:03`, leap seconds
const ISO: Shape = shape(
  `(?<year>\\d{4})([-/.])(?<month>\\d\\d)\\2(?<day>\\d\\d)(?:[Tt_ ]| - )${CLOCK}${FRACTION}${OFFSET}`,
  read,
);

// `02/Jun/2026:09:14:03 +0800`, `02-Jun-2026 09:14:03.101`, `2 Jun 2026 09:14:03`
const DAY_FIRST: Shape = shape(
  `(?<day>\\d\\d?)[ /-](?<month>[A-Z][a-z]{2})[ /-](?<year>\\d{4})[ :]${CLOCK}${FRACTION}${OFFSET}`,
  read,
);

// `1717320843.101`, `1717320843101`; what follows must not be more of a number or a word
const EPOCH: Shape = shape(
  '(?<epoch>1\\d{9}(?:\\.\\d{1,9})?|1\\d{12}|1\\d{15}|1\\d{18})(?=[\\s|,:\\]]|$)',
  ({ epoch = '' }) => found(epochNs(epoch)),
);

// Redis: `1:M 02 Jun 2026 09:14:03.101 * Ready`
const REDIS: Shape = shape(
  `(?<pid>\\d+):(?<role>[XCSM]) (?<day>\\d\\d) (?<month>[A-Z][a-z]{2}) (?<year>\\d{4}) ${CLOCK}${FRACTION} (?<mark>[.*#-])(?= )`,
  (groups, context) => {
    const { mark = '', pid = '', role = '' } = groups;
    const attributes = pidAttributes(pid);
    attributes.set('redis.role', role);
    return saying(read(groups, context), mark, attributes);
  },
);

// Android: `06-02 09:14:03.101  1702  2395 D WindowManager: text`
const LOGCAT: Shape = shape(
  `(?<month>\\d\\d)-(?<day>\\d\\d) ${CLOCK}\\.(?<fraction>\\d{3})\\s+(?<pid>\\d+)\\s+(?<thread>\\d+) (?<mark>[VDIWEFA])(?= )`,
  (groups, context) => {
    const attributes = pidAttributes(groups['pid'] ?? '');
    attributes.set('thread.id', Number(groups['thread']));
    return saying(readWithoutYear(groups, context), groups['mark'] ?? '', attributes);
  },
);

// Hadoop: `081109 203615 148 INFO text`
const COMPACT: Shape = shape(
  '(?<year>\\d\\d)(?<month>\\d\\d)(?<day>\\d\\d) (?<hour>\\d\\d):?(?<minute>\\d\\d):?(?<second>\\d\\d)(?= )',
  (groups, context) => read({ ...groups, year: `20${groups['year'] ?? ''}` }, context),
);

// klog: `I0602 09:14:03.101234       1 server.go:123] text`
const KLOG: Shape = shape(
  `(?<mark>[IWEF])(?<month>\\d\\d)(?<day>\\d\\d) ${CLOCK}\\.(?<fraction>\\d{6})\\s+(?<pid>\\d+) (?<caller>[\\w./-]+:\\d+)\\]`,
  (groups, context) => {
    const attributes = pidAttributes(groups['pid'] ?? '');
    attributes.set('code.caller', groups['caller'] ?? '');
    return saying(readWithoutYear(groups, context), groups['mark'] ?? '', attributes);
  },
);

// asctime: `Sun Dec 04 04:47:44 2005`, Apache 2.4's `Sun Dec 04 04:47:44.123456 2005`
const ASCTIME: Shape = shape(
  `[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) [ ]?(?<day>\\d\\d?) ${CLOCK}${FRACTION} (?<year>\\d{4})`,
  read,
);

// BSD syslog: `Jun  2 09:14:03`
const SYSLOG: Shape = shape(
  `(?<month>[A-Z][a-z]{2}) [ ]?(?<day>\\d\\d?) ${CLOCK}${FRACTION}(?= )`,
  (groups, context) => {
    const time = readWithoutYear(groups, context);
    return time && { ...time, isSyslog: true };
  },
);

const DIGIT_SHAPES: readonly Shape[] = [ISO, EPOCH, DAY_FIRST, REDIS, LOGCAT, COMPACT];
const LETTER_SHAPES: readonly Shape[] = [SYSLOG, ASCTIME, KLOG];

/** Undefined when no time begins at `start`. */
export function leadingTime(
  line: string,
  start: number,
  context: LineContext,
): LeadingTime | undefined {
  const iso = isoTime(line, start, context);
  if (iso) return iso;
  const first = line.charCodeAt(start);
  const shapes = isDigit(first) ? DIGIT_SHAPES : isUpper(first) ? LETTER_SHAPES : [];
  for (const { pattern, read: readShape } of shapes) {
    pattern.lastIndex = start;
    const match = pattern.exec(line);
    if (!match?.groups) continue;
    const time = readShape(match.groups, context);
    if (time) return { ...time, end: pattern.lastIndex };
  }
  return undefined;
}

/** A time written as a whole text, in the shapes above. */
export function timeOfText(text: string, context: LineContext): bigint | undefined {
  const time = leadingTime(text, 0, context);
  return time && text.slice(time.end).trim() === '' ? time.timeNs : undefined;
}

function shape(pattern: string, readShape: Shape['read']): Shape {
  return { pattern: new RegExp(pattern, 'y'), read: readShape };
}

function read(groups: Groups, context: LineContext): { timeNs: bigint } | undefined {
  return found(timeNs({ year: groups['year'] ?? '', ...clockOf(groups) }, context));
}

function readWithoutYear(groups: Groups, context: LineContext): { timeNs: bigint } | undefined {
  return found(timeNsWithoutYear(clockOf(groups), context));
}

function clockOf(groups: Groups): Parameters<typeof timeNsWithoutYear>[0] {
  const { month = '', day = '', hour = '', minute = '', second = '', fraction, offset } = groups;
  return { month, day, hour, minute, second, fraction, offset };
}

function found(ns: bigint | undefined): { timeNs: bigint } | undefined {
  return ns === undefined ? undefined : { timeNs: ns };
}

function saying(
  time: { timeNs: bigint } | undefined,
  severityText: string,
  attributes: ParsedFields,
): Omit<LeadingTime, 'end'> | undefined {
  return time && { ...time, severityText, attributes };
}

function pidAttributes(pid: string): Map<string, AttributeValue> {
  return new Map([['process.pid', Number(pid)]]);
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isUpper(code: number): boolean {
  return code >= 65 && code <= 90;
}
