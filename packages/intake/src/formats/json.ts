/** One JSON object to a line, whoever wrote it. Nested objects become dotted names. */
import { DEFAULT_LIMITS } from '@tendril/model/limits';
import type { LineContext, LineFormat, ParsedLine } from '../format.ts';
import { topLevelEntries } from './json-entries.ts';
import { addNested, isDeeperThan, isMap, type JsonMap } from './json-fields.ts';
import { parseJson } from './json-text.ts';
import { StructuredLine } from './structured.ts';

export const JSON_LINES: LineFormat = {
  name: 'json',
  title: {
    en: 'Any JSON object',
    zh: '任意 JSON 对象',
  },
  specificity: 'generic',
  gate: { first: '{ \t' },
  parse: (line, context) => parseJsonLine(line, context),
};

/** Objects of one kind, told from others by names that all of them have. */
export interface JsonKind {
  /** At the top level. */
  readonly keys: readonly string[];
  /** What fields are called here, by the dotted names that they have in the object. */
  readonly names: ReadonlyMap<string, string>;
}

/** Undefined when the line is no JSON object, or none of the kind that is asked for. */
export function parseJsonLine(
  line: string,
  context: LineContext,
  kind?: JsonKind,
): ParsedLine | undefined {
  if (!beginsWithBrace(line)) return undefined;
  const value = parseJson(line);
  if (!isMap(value)) return undefined;
  if (kind && !kind.keys.every((key) => Object.hasOwn(value, key))) return undefined;
  const entries = repeatsKey(line) ? topLevelEntries(line) : Object.entries(value);
  return recordOf(value, entries, { line, context, names: kind?.names });
}

interface Reading {
  readonly line: string;
  readonly context: LineContext;
  readonly names: ReadonlyMap<string, string> | undefined;
}

// Undefined when the object is nested too deeply to be a record.
function recordOf(
  map: JsonMap,
  entries: readonly (readonly [string, unknown])[],
  { line, context, names }: Reading,
): ParsedLine | undefined {
  if (isDeeperThan(map, DEFAULT_LIMITS.nestingDepthMax)) return undefined;
  const record = new StructuredLine(context);
  const own = isOwnRecord(map);
  for (const [name, value] of entries) {
    if (own && addOwn(record, name, value)) continue;
    // tracing-subscriber nests what was logged under `fields`, the message included.
    const prefix = name === 'fields' && isMap(value) && 'message' in value ? '' : name;
    addNested(value, prefix, (key, leaf) => record.add(names?.get(key) ?? key, leaf));
  }
  return record.finish(line);
}

const OPEN_BRACE = 0x7b;
const BLANK = 0x20;

function beginsWithBrace(line: string): boolean {
  const first = line.charCodeAt(0);
  if (first === OPEN_BRACE || first > BLANK) return first === OPEN_BRACE;
  return line.trimStart().charCodeAt(0) === OPEN_BRACE;
}

// Loggers that append fields without looking write a key twice; JSON.parse keeps the last value, and
// with `msg` that is not the message. Looking for these two is cheap.
function repeatsKey(line: string): boolean {
  return isTwice(line, '"msg":') || isTwice(line, '"message":');
}

function isTwice(line: string, text: string): boolean {
  const first = line.indexOf(text);
  return first >= 0 && line.indexOf(text, first + text.length) > 0;
}

// What Tendril itself prints (model/log-record): attributes and resource are maps of their own, and what
// the server gives a record is left out.
function isOwnRecord(map: JsonMap): boolean {
  return isMap(map['resource']) && isMap(map['attributes']) && 'severityNumber' in map;
}

const GIVEN_BY_SERVER: ReadonlySet<string> = new Set(['id', 'patternId', 'observedTimestamp']);

function addOwn(record: StructuredLine, name: string, value: unknown): boolean {
  if (value === '' || GIVEN_BY_SERVER.has(name)) return true;
  if (name === 'original' && typeof value === 'string') {
    record.addAttribute('log.record.original', value);
    return true;
  }
  if (name === 'resource') {
    addNested(value, '', (key, leaf) => record.addResource(key, leaf));
    return true;
  }
  if (name === 'attributes') {
    addNested(value, '', (key, leaf) => record.addAttribute(key, leaf));
    return true;
  }
  return false;
}
