/**
 * Events of Rust's `tracing` as text, by tracing-subscriber's full, compact and pretty formatters:
 * `2025-05-24T05:26:49.000000Z  WARN worker request{method=POST}:login{user_id="u1"}: target: message key=value`.
 * The level is right-aligned; thread name, thread id, spans, file and line are there when they were asked for.
 */
import type { AttributeValue } from '@tendril/model/attribute';
import type { LineContext, LineFormat, ParsedLine } from '../../format.ts';
import { isoTime } from '../iso-time.ts';
import { severityNumberOf } from '../severity-word.ts';
import { wordPairs } from '../word-pairs.ts';
import { addPretty } from './pretty.ts';
import { readSpans, type Span } from './spans.ts';
import { addSpans, addTraceFields } from './trace-fields.ts';

export const TRACING: LineFormat = {
  name: 'tracing',
  title: {
    en: 'Rust tracing (RustIM), as text: full, compact and pretty',
    zh: 'Rust tracing（RustIM），文本：full、compact、pretty',
  },
  specificity: 'specific',
  gate: { first: '0123456789 EDT' },
  parse,
};

// Levels of four letters have a blank more before them.
const LEVEL = / (?: (INFO|WARN)|(ERROR|DEBUG|TRACE)) /y;
const PRETTY = /\n {4}(?:at|in) /;

function parse(line: string, context: LineContext): ParsedLine | undefined {
  const untimed = withoutTime(line);
  if (untimed) return untimed;
  const start = indentOf(line);
  // The cheap look first: all other lines pass here too.
  const separator = line.charCodeAt(start + DATE_LENGTH);
  if (separator !== T && separator !== BLANK) return undefined;
  const time = isoTime(line, start, context);
  if (!time) return undefined;
  LEVEL.lastIndex = time.end;
  const [, short, long] = LEVEL.exec(line) ?? [];
  const level = short ?? long;
  if (level === undefined) return undefined;
  const origin = originOf(line, LEVEL.lastIndex);
  if (!origin || (separator === BLANK && !isRust(origin))) return undefined;
  return eventOf(line, { timeNs: time.timeNs, level, origin });
}

const UNTIMED_LEVEL = /^(?: (INFO|WARN)|(ERROR|DEBUG|TRACE)) /;

// Where the journal or the container runtime adds the time. Any program may write a level and a word with a
// colon: spans or the path of a module have to be there.
function withoutTime(line: string): ParsedLine | undefined {
  const first = line.charCodeAt(0);
  if (first <= 0x39 && (first !== BLANK || line.charCodeAt(1) === BLANK)) return undefined;
  const [head, short, long] = UNTIMED_LEVEL.exec(line) ?? [];
  const level = short ?? long;
  if (head === undefined || level === undefined) return undefined;
  const origin = originOf(line, head.length);
  if (!origin || (origin.spans.length === 0 && !origin.target.includes('::'))) return undefined;
  return eventOf(line, { timeNs: undefined, level, origin });
}

interface Event {
  readonly timeNs: bigint | undefined;
  readonly level: string;
  readonly origin: Origin;
}

function eventOf(line: string, { level, origin, timeNs }: Event): ParsedLine {
  const attributes = new Map<string, AttributeValue>([['code.namespace', origin.target]]);
  if (origin.thread !== '') attributes.set('thread.name', origin.thread);
  if (origin.threadId !== '') attributes.set('thread.id', origin.threadId);
  if (origin.caller !== '') attributes.set('code.caller', origin.caller);
  addSpans(origin.spans, attributes);
  const rest = line.slice(origin.end);
  const isPretty = PRETTY.test(rest.slice(0, rest.indexOf('\n') + 16));
  const message = isPretty ? addPretty(rest, attributes) : addPairs(rest, attributes);
  addTraceFields(attributes);
  return {
    timeNs,
    severityText: level,
    severityNumber: severityNumberOf(level),
    // Some events have fields alone.
    body: message || rest.trim() || line.trim(),
    eventName: '',
    scopeName: '',
    attributes,
    resource: undefined,
  };
}

const DATE_LENGTH = 10;
const T = 0x54;
const BLANK = 0x20;

// With a timer of one's own the time looks like that of any logger; then the target has to be a path.
function isRust({ target, caller }: Origin): boolean {
  return target.includes('::') || caller !== '';
}

// The pretty formatter indents by two.
function indentOf(line: string): number {
  return line.startsWith('  ') ? 2 : 0;
}

function addPairs(rest: string, attributes: Map<string, AttributeValue>): string {
  const feed = rest.indexOf('\n');
  const { message, pairs } = wordPairs(feed < 0 ? rest : rest.slice(0, feed));
  for (const [name, value] of pairs) if (!attributes.has(name)) attributes.set(name, value);
  if (feed >= 0) attributes.set('exception.stacktrace', rest.slice(feed + 1));
  return message;
}

interface Origin {
  readonly thread: string;
  readonly threadId: string;
  readonly spans: readonly Span[];
  readonly target: string;
  readonly caller: string;
  /** Index of the message. */
  readonly end: number;
}

const THREAD_ID = / *(ThreadId\(\d{1,10}\)) +/y;
const THREAD = / *([^\s{}"]{1,128}) +/y;
const TARGET = / *((?:r#)?[A-Za-z_][\w-]{0,127}(?:::[\w#{}-]{1,128}){0,32}): ?/y;
const CALLER = /((?:[A-Za-z]:)?[\w./\\@+-]{1,512}\.rs:\d{1,7}): ?/y;

// Threads may be missing, and their names look like anything: without one first.
function originOf(line: string, start: number): Origin | undefined {
  const threadId = matchAt(THREAD_ID, line, start);
  const bare = originWithout(line, threadId?.end ?? start);
  if (bare) return { ...bare, thread: '', threadId: threadId?.text ?? '' };
  const thread = matchAt(THREAD, line, start);
  if (!thread) return undefined;
  const id = matchAt(THREAD_ID, line, thread.end);
  const origin = originWithout(line, id?.end ?? thread.end);
  return origin && { ...origin, thread: thread.text, threadId: id?.text ?? '' };
}

function originWithout(
  line: string,
  start: number,
): Omit<Origin, 'thread' | 'threadId'> | undefined {
  const { spans, end } = readSpans(line, start);
  const target = matchAt(TARGET, line, end);
  if (!target)
    return spans.length > 0 && spans.every(isPath) ? pathAsTarget(spans, end) : undefined;
  const caller = matchAt(CALLER, line, target.end);
  return { spans, target: target.text, caller: caller?.text ?? '', end: caller?.end ?? target.end };
}

// What was read as spans without fields is a target when nothing that looks like one follows.
function isPath({ fields }: Span): boolean {
  return fields.size === 0;
}

function pathAsTarget(
  spans: readonly Span[],
  end: number,
): Omit<Origin, 'thread' | 'threadId'> | undefined {
  const last = spans.at(-1);
  return last && { spans: spans.slice(0, -1), target: last.name, caller: '', end };
}

function matchAt(
  pattern: RegExp,
  line: string,
  start: number,
): { readonly text: string; readonly end: number } | undefined {
  pattern.lastIndex = start;
  const text = pattern.exec(line)?.[1];
  return text === undefined ? undefined : { text, end: pattern.lastIndex };
}
