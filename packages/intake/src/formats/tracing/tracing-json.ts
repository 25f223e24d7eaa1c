/**
 * Events of Rust's `tracing` by tracing-subscriber's JSON formatter: what was logged is under `fields`, or
 * at the top with `flatten_event`; the span it was logged in and all spans around that come after it.
 */
import type { AttributeValue } from '@tendril/model/attribute';
import { DEFAULT_LIMITS } from '@tendril/model/limits';
import type { LineContext, LineFormat, ParsedLine } from '../../format.ts';
import { isoTime } from '../iso-time.ts';
import { addNested, isDeeperThan, isMap, type JsonMap } from '../json-fields.ts';
import { jsonText, parseJson } from '../json-text.ts';
import { severityNumberOf } from '../severity-word.ts';
import { addTraceFields, inherit } from './trace-fields.ts';

export const TRACING_JSON: LineFormat = {
  name: 'tracing-json',
  title: {
    en: 'Rust tracing (RustIM), as JSON',
    zh: 'Rust tracing（RustIM），JSON',
  },
  specificity: 'specific',
  gate: { first: '{', contains: ['"target":"', '"timestamp":"'] },
  parse,
};

const LEVELS: ReadonlySet<unknown> = new Set(['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR']);

function parse(line: string, context: LineContext): ParsedLine | undefined {
  const map = parseJson(line);
  if (!isMap(map) || isDeeperThan(map, DEFAULT_LIMITS.nestingDepthMax)) return undefined;
  const { timestamp, level, fields, target } = map;
  if (typeof timestamp !== 'string' || typeof level !== 'string' || !LEVELS.has(level))
    return undefined;
  // Filebeat's events hold those of tracing, and more.
  if (typeof target !== 'string' || '@timestamp' in map) return undefined;
  const timeNs = isoTime(timestamp, 0, context)?.timeNs;
  if (timeNs === undefined) return undefined;
  const attributes = new Map<string, AttributeValue>([['code.namespace', target]]);
  addPlace(map, attributes);
  const logged = isMap(fields) ? fields : flattened(map);
  const message = addLogged(logged, attributes);
  addJsonSpans(map, attributes);
  addTraceFields(attributes);
  return {
    timeNs,
    severityText: level,
    severityNumber: severityNumberOf(level),
    body: message || line,
    eventName: '',
    scopeName: '',
    attributes,
    resource: undefined,
  };
}

const HEAD_NAMES: Readonly<Record<string, string>> = {
  filename: 'code.file.path',
  line_number: 'code.line.number',
  threadName: 'thread.name',
  threadId: 'thread.id',
};
const NOT_LOGGED: ReadonlySet<string> = new Set([
  ...Object.keys(HEAD_NAMES),
  'timestamp',
  'level',
  'target',
  'span',
  'spans',
  'fields',
]);

function addPlace(map: JsonMap, attributes: Map<string, AttributeValue>): void {
  for (const [name, attribute] of Object.entries(HEAD_NAMES)) {
    const value = map[name];
    if (typeof value === 'string' || typeof value === 'number') attributes.set(attribute, value);
  }
}

function flattened(map: JsonMap): JsonMap {
  return Object.fromEntries(Object.entries(map).filter(([name]) => !NOT_LOGGED.has(name)));
}

function addLogged(fields: JsonMap, attributes: Map<string, AttributeValue>): string {
  for (const [name, value] of Object.entries(fields)) {
    if (name === 'message' && typeof value === 'string') continue;
    addNested(value, name, (key, leaf) => attributes.set(key, leaf));
  }
  const { message } = fields;
  return typeof message === 'string' ? message.trimEnd() : '';
}

function addJsonSpans({ span, spans }: JsonMap, attributes: Map<string, AttributeValue>): void {
  if (isMap(span)) addNested(span, 'span', (key, leaf) => attributes.set(key, leaf));
  const around: readonly unknown[] = Array.isArray(spans) ? spans : [];
  if (around.length > 0) attributes.set('spans', jsonText(around));
  for (const outer of [span, ...around.toReversed()]) {
    if (isMap(outer)) addNested(outer, '', (key, leaf) => inherit([[key, leaf]], attributes));
  }
}
