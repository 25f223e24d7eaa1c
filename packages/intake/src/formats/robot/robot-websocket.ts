/**
 * The WebSocket log of the robot delivery back end (Django channels):
 * `[time] LEVEL [WebSocket] EMOJI [Robot-ID:NAME] EVENT: description | Key: value | Data: {JSON}`.
 *
 * Names are chosen by people and may hold `]`, `:` and ` | `; JSON comes last and may hold all of that as
 * well. So events are known by name, and the tag ends at the last `] EVENT: ` before the description.
 */
import type { AttributeValue } from '@tendril/model/attribute';
import { DEFAULT_LIMITS } from '@tendril/model/limits';
import type { LineContext, LineFormat, ParsedLine } from '../../format.ts';
import { addException, exceptionOf } from '../exceptions/exception.ts';
import { isoTime } from '../iso-time.ts';
import { addNested, isDeeperThan, isMap } from '../json-fields.ts';
import { jsonEnd } from '../json-fragment.ts';
import { parseJson } from '../json-text.ts';
import { severityNumberOf } from '../severity-word.ts';

export const ROBOT_WEBSOCKET: LineFormat = {
  name: 'robot-websocket',
  title: {
    en: 'WebSocket log of the robot delivery back end',
    zh: '配送机器人后端的 WebSocket 日志',
  },
  specificity: 'specific',
  serviceHint: 'robot-websocket',
  gate: { first: '[0123456789', contains: ['[WebSocket] '] },
  parse,
};

// The brackets around the time are the formatter's, which people change.
const HEAD = /\]?\s([A-Z]{4,8})\s\[WebSocket\]\s/y;
// An emoji and its variation selector; old writers leave it out.
const ROBOT = /(?:[^\s[\]]{1,8}\s{1,2})?\[Robot-([^:\]\n]{1,64}):/y;

function parse(line: string, context: LineContext): ParsedLine | undefined {
  const time = isoTime(line, line.startsWith('[') ? 1 : 0, context);
  if (!time) return undefined;
  HEAD.lastIndex = time.end;
  const level = HEAD.exec(line)?.[1] ?? '';
  const severityNumber = severityNumberOf(level);
  if (severityNumber === 0) return undefined;
  const feed = line.indexOf('\n');
  const first = feed < 0 ? line : line.slice(0, feed);
  const event = eventOf(first, HEAD.lastIndex);
  const attributes = new Map(event.attributes);
  addSegments(event.rest, attributes);
  const trace = feed < 0 ? '' : line.slice(feed);
  const exception = exceptionOf(trace.slice(1));
  if (exception) addException(exception, attributes);
  addDomain(event.name, attributes);
  return {
    timeNs: time.timeNs,
    severityText: level,
    severityNumber,
    // Whole, so that a search for an error or a command finds it.
    body: `${event.name === '' ? '' : `${event.name}: `}${event.rest.trim()}${trace}`,
    eventName: event.name,
    scopeName: 'WebSocket',
    attributes,
    resource: undefined,
  };
}

interface RobotEvent {
  /** Empty for a line that is not about a robot. */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, AttributeValue>;
  /** From the description on. */
  readonly rest: string;
}

function eventOf(line: string, start: number): RobotEvent {
  ROBOT.lastIndex = start;
  const id = ROBOT.exec(line)?.[1];
  const tagEnd = id === undefined ? undefined : endOfTag(line, ROBOT.lastIndex);
  if (id === undefined || !tagEnd) {
    return { name: '', attributes: new Map(), rest: line.slice(start) };
  }
  const name = line.slice(ROBOT.lastIndex, tagEnd.index);
  return {
    name: tagEnd[1] ?? '',
    attributes: new Map<string, AttributeValue>([
      ['robot.id', id],
      ['robot.name', name],
    ]),
    rest: line.slice(tagEnd.index + tagEnd[0].length),
  };
}

const TAG_END =
  /\] (CONNECTION_(?:ATTEMPT|ESTABLISHED|CLOSED|FAILED)|MESSAGE_(?:RECEIVED|SENT)|COMMAND_(?:EXECUTED|FAILED)|HEARTBEAT|PERFORMANCE|SECURITY|ERROR): /g;
const UNKNOWN_TAG_END = /\] ([A-Z][A-Z_]{2,31}): /g;
/** A name is at most this long; what lies further on is what somebody sent. */
const NAME_LENGTH_MAX = 256;

// The last one, but not one in a value: those stand after the first ` | ` that follows an event.
function endOfTag(line: string, start: number): RegExpExecArray | undefined {
  const reach = line.slice(0, start + NAME_LENGTH_MAX);
  return lastTagEnd(TAG_END, reach, start) ?? lastTagEnd(UNKNOWN_TAG_END, reach, start);
}

function lastTagEnd(pattern: RegExp, line: string, start: number): RegExpExecArray | undefined {
  let last: RegExpExecArray | undefined;
  pattern.lastIndex = start;
  for (let match = pattern.exec(line); match; match = pattern.exec(line)) {
    if (last && line.slice(last.index, match.index).includes(' | ')) break;
    last = match;
    // `] ` may be the end of one and the beginning of the next.
    pattern.lastIndex = match.index + 1;
  }
  return last;
}

const SEPARATOR = ' | ';
const JSON_KEYS: ReadonlySet<string> = new Set(['Data', 'Details', 'Context']);

const KEY = /([A-Za-z][\w-]{0,63}): /y;

// What follows the description. Texts without a key are in the message alone.
function addSegments(rest: string, attributes: Map<string, AttributeValue>): void {
  for (let at = rest.indexOf(SEPARATOR); at >= 0;) {
    const start = at + SEPARATOR.length;
    KEY.lastIndex = start;
    const key = KEY.exec(rest)?.[1];
    if (key !== undefined && JSON_KEYS.has(key)) {
      at = addJson(key, rest, { start: KEY.lastIndex, attributes });
      continue;
    }
    at = rest.indexOf(SEPARATOR, start);
    const segment = at < 0 ? rest.slice(start) : rest.slice(start, at);
    if (key !== undefined) addPair(key, segment.slice(key.length + 2).trim(), attributes);
    else addEmpty(segment, attributes);
  }
}

const EMPTY = /^([A-Za-z][\w-]{0,63}):\s*$/;

// `Reason:` at the end of a line whose blanks were taken away.
function addEmpty(segment: string, attributes: Map<string, AttributeValue>): void {
  const key = EMPTY.exec(segment)?.[1];
  if (key !== undefined) attributes.set(key, '');
}

function addPair(key: string, value: string, attributes: Map<string, AttributeValue>): void {
  attributes.set(key, /^\d{1,9}$/.test(value) ? Number(value) : value);
}

// Index of the separator after it, or -1: mostly it reaches to the end of the line.
function addJson(
  key: string,
  rest: string,
  {
    start,
    attributes,
  }: { readonly start: number; readonly attributes: Map<string, AttributeValue> },
): number {
  const end = jsonEnd(rest, start);
  const value = end < 0 ? undefined : parseJson(rest.slice(start, end));
  if (!isMap(value) || isDeeperThan(value, DEFAULT_LIMITS.nestingDepthMax - 1)) {
    attributes.set(key, rest.slice(start));
    return -1;
  }
  addNested(value, key, (name, leaf) => attributes.set(name, leaf));
  return rest.startsWith(SEPARATOR, end) ? end : -1;
}

const SECONDS = /^\d{1,9}(?:\.\d{1,9})?s$/;

function addDomain(event: string, attributes: Map<string, AttributeValue>): void {
  const code = attributes.get('Code');
  if (event === 'CONNECTION_FAILED' && code !== undefined)
    attributes.set('error.code', String(code));
  if (event === 'CONNECTION_CLOSED' && typeof code === 'number') {
    attributes.set('websocket.close.code', code);
  }
  if (event !== 'PERFORMANCE' && event !== 'COMMAND_EXECUTED') return;
  const duration = [...attributes.values()].find(
    (value) => typeof value === 'string' && SECONDS.test(value),
  );
  if (duration !== undefined) attributes.set('duration', duration);
}
