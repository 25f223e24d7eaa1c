/**
 * Records of OpenIM servers (3.0 and later), of its chat servers and of openim-sdk-core, as zap's console
 * encoder prints them: time, level and columns separated by tabs, the message, its fields as JSON. The
 * generations differ in which columns there are and in how wide they are.
 */
import type { LineContext, LineFormat, ParsedLine } from '../../format.ts';
import { fieldName, LineFields } from '../../line-fields.ts';
import { isoTime } from '../iso-time.ts';
import { readColumns, type HeadColumns } from './columns.ts';
import { addContext } from './context.ts';
import { LEVELS, openimLine } from './record.ts';
import { straighten } from './straighten.ts';

export const OPENIM: LineFormat = {
  name: 'openim',
  title: {
    en: 'OpenIM servers, chat servers and SDKs since 3.0, as text',
    zh: 'OpenIM 服务端、chat 服务与 SDK（3.0 起），文本',
  },
  specificity: 'specific',
  // Servers name their module.
  serviceHint: 'openim-sdk-core',
  // Digits, and what consoles and logcat put before a time.
  gate: { first: '0123456789[wi@VDIWEF', contains: ['[PID:'] },
  parse,
};

/** The second line of a 3.8.3 record, where somebody carried it as a record of its own. */
export const OPENIM_SECOND_LINE: LineFormat = {
  name: 'openim-second-line',
  title: {
    en: 'OpenIM 3.8.3: the second line of a record, on its own',
    zh: 'OpenIM 3.8.3：单独出现的第二行',
  },
  specificity: 'specific',
  gate: { first: ']', contains: ['.go'] },
  parse(line) {
    const start = /^\] {0,64}\t/.exec(line)?.[0].length;
    const columns = start === undefined ? undefined : readColumns(line, start);
    if (start === undefined || columns === undefined || columns.caller === '') return undefined;
    return recordOf(line, { timeNs: undefined, level: '', columns, start });
  },
};

const TAB = 0x09;
/** Length of `2006-01-02 15:04:05.000`. */
const TIME_LENGTH = 23;
/** With a zone, and more digits. */
const TIME_LENGTH_MAX = 40;

function parse(line: string, context: LineContext): ParsedLine | undefined {
  const parsed = parseTabbed(line, context);
  if (parsed) return parsed;
  const straight = straighten(line);
  return straight === undefined || straight === line ? undefined : parseTabbed(straight, context);
}

function parseTabbed(line: string, context: LineContext): ParsedLine | undefined {
  const timeEnd = line.charCodeAt(TIME_LENGTH) === TAB ? TIME_LENGTH : line.indexOf('\t');
  if (timeEnd < 0 || timeEnd > TIME_LENGTH_MAX) return undefined;
  const levelEnd = line.indexOf('\t', timeEnd + 1);
  const level = line.slice(timeEnd + 1, levelEnd).trim();
  if (!LEVELS.has(level) || !line.startsWith('[PID:', levelEnd + 1)) return undefined;
  const time = isoTime(line, 0, context);
  if (time?.end !== timeEnd) return undefined;
  const columns = readColumns(line, levelEnd + 1);
  return recordOf(line, { timeNs: time.timeNs, level, columns, start: levelEnd + 1 });
}

interface Head {
  readonly timeNs: bigint | undefined;
  readonly level: string;
  readonly columns: HeadColumns;
  /** Index of the first column. */
  readonly start: number;
}

/** What follows the columns: the message and its fields. */
function recordOf(line: string, { timeNs, level, columns, start }: Head): ParsedLine {
  const from = start + columns.length;
  const { fields, message } = messageOf(line, from, columns);
  const { resource, isSdk } = columns;
  return openimLine({
    timeNs,
    level,
    message: message || line.slice(start).trimEnd(),
    fields,
    resource,
    layer: isSdk ? 'sdk' : 'server',
  });
}

// Messages may hold what looks like the beginning of the fields.
const BEGINNINGS_MAX = 4;

interface Message {
  readonly message: string;
  readonly fields: LineFields;
}

function messageOf(line: string, start: number, columns: HeadColumns): Message {
  const first = line.indexOf('\t{', start);
  let cut: LineFields | undefined;
  let at = first;
  for (let count = 0; at >= 0 && count < BEGINNINGS_MAX; count += 1) {
    const fields = fieldsOf(line, columns);
    const feed = line.indexOf('\n', at);
    if (addContext(fields, { start: at + 1, end: feed < 0 ? line.length : feed })) {
      if (feed >= 0) fields.set('exception.stacktrace', line.slice(feed + 1));
      return { message: line.slice(start, at).trimEnd(), fields };
    }
    cut ??= fields;
    at = line.indexOf('\t{', at + 1);
  }
  // What could be read of fields that were cut is kept.
  const end = line.startsWith('\t{"', first) ? first : line.length;
  return { message: line.slice(start, end).trimEnd(), fields: cut ?? fieldsOf(line, columns) };
}

const CALLER = fieldName('code.caller');
const SOURCE = fieldName('log.source');

function fieldsOf(line: string, { caller, isWasm }: HeadColumns): LineFields {
  const fields = new LineFields(line);
  if (caller !== '') fields.add(CALLER, caller);
  if (isWasm) fields.add(SOURCE, 'wasm');
  return fields;
}
