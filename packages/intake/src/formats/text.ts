/**
 * Plain text: a time at or near the start, a severity after it, the rest is the message. Knows every
 * line, so it comes last: one without a time is kept whole.
 */
import {
  wholeLine,
  type LineContext,
  type LineFormat,
  type ParsedFields,
  type ParsedLine,
} from '../format.ts';
import { leadingTime, type LeadingTime } from './leading-time.ts';
import { isQuietText } from './quiet-text.ts';
import {
  severityNumberOf,
  severityNumberOfSyslog,
  severityTextOf,
  severityWord,
} from './severity-word.ts';
import { addSpoken } from './spoken-fields.ts';
import { syslogOrigin, type SyslogOrigin } from './syslog-origin.ts';

export const TEXT: LineFormat = {
  name: 'text',
  title: {
    en: 'Any other line: time and level where there are some',
    zh: '其他任意行：有时间和级别就识别',
  },
  specificity: 'fallback',
  parse,
};

const PRIORITY = /^<(?<priority>\d{1,3})>(?<version>1 )?/;
// What may stand before a time: `[`, gin's `[GIN] `, and one word with blanks or a bar, as compose,
// kubectl and `tail` of several files print it.
const BEFORE_TIME = /(?:\[[A-Za-z\d][\w-]{0,15}\] |[^\s[({"']{1,128}\s{1,32}(?:\|\s{1,8})?)?[[(]?/y;
// What stands between a time, a severity and the message.
const SEPARATORS = /(?:[\s\])|】]|[,:;](?=\s)|-(?=\s))*/y;

interface FoundTime extends LeadingTime {
  /** What stood before the time, kept as part of the message. */
  readonly before: string;
}

function parse(line: string, context: LineContext): ParsedLine {
  if (isQuietText(line)) return wholeLine(line);
  const priority = PRIORITY.exec(line);
  const start = priority?.[0].length ?? 0;
  const time = findTime(line, start, context);
  const origin = time && originOf(line, time, priority?.groups?.['version'] !== undefined);
  const rest = origin?.end ?? time?.end ?? start;
  const severity = severityOf(line, rest, time?.severityText, priority?.groups?.['priority']);
  return {
    timeNs: time?.timeNs,
    severityText: severity.text,
    severityNumber: severity.number,
    body: time || priority ? `${time?.before ?? ''}${messageFrom(line, severity.end)}` : line,
    eventName: '',
    scopeName: '',
    attributes: attributesOf(line, time, origin),
    resource: origin && resourceOf(origin),
  };
}

function findTime(line: string, start: number, context: LineContext): FoundTime | undefined {
  const direct = leadingTime(line, start, context);
  if (direct) return { ...direct, before: '' };
  BEFORE_TIME.lastIndex = start;
  BEFORE_TIME.exec(line);
  const at = BEFORE_TIME.lastIndex;
  if (at === start) return undefined;
  const time = leadingTime(line, at, context);
  return time && { ...time, before: line.slice(start, at).replace(/[[(]$/, '') };
}

// A host and a program follow a BSD time or an RFC 3339 time with an offset; elsewhere the same
// words are prose.
function originOf(line: string, time: FoundTime, isRfc5424: boolean): SyslogOrigin | undefined {
  if (isRfc5424) return syslogOrigin(line, time.end, true);
  const origin = syslogOrigin(line, time.end, false);
  if (!origin || severityNumberOf(origin.host) > 0) return undefined;
  return time.isSyslog || origin.pid !== '' ? origin : undefined;
}

function severityOf(
  line: string,
  rest: number,
  mark: string | undefined,
  priority: string | undefined,
): { readonly text: string; readonly number: number; readonly end: number } {
  if (mark !== undefined) {
    const number = severityNumberOf(mark);
    return { text: severityTextOf(number), number, end: rest };
  }
  const word = severityWord(line, rest);
  if (word) return word;
  const number = priority === undefined ? 0 : severityNumberOfSyslog(Number(priority) & 7);
  return { text: severityTextOf(number), number, end: rest };
}

function messageFrom(line: string, start: number): string {
  SEPARATORS.lastIndex = start;
  SEPARATORS.exec(line);
  return line.slice(SEPARATORS.lastIndex);
}

function attributesOf(
  line: string,
  time: LeadingTime | undefined,
  origin: SyslogOrigin | undefined,
): ParsedFields {
  const attributes = new Map(time?.attributes);
  addSpoken(line, attributes);
  // A program's process id changes with every connection of sshd: an attribute, not a resource.
  if (origin && /^\d+$/.test(origin.pid)) attributes.set('process.pid', Number(origin.pid));
  return attributes;
}

function resourceOf({ host, program }: SyslogOrigin): ParsedFields {
  const resource = new Map<string, string>();
  if (host !== '') resource.set('host.name', host);
  if (program !== '') resource.set('service.name', program);
  return resource;
}
