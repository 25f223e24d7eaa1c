/**
 * The same records by zap's JSON encoder. The head is written by the encoder and its keys come in one
 * order; what follows are fields, which may be named `msg` or `time` as well: each half is read for
 * itself.
 */
import type { AttributeValue } from '@tendril/model/attribute';
import { DEFAULT_LIMITS } from '@tendril/model/limits';
import type { LineContext, LineFormat, ParsedFields, ParsedLine } from '../../format.ts';
import { LineFields } from '../../line-fields.ts';
import { isoTime } from '../iso-time.ts';
import { addNested, isDeeperThan, isMap } from '../json-fields.ts';
import { parseJson } from '../json-text.ts';
import { addContext, type ContextFields } from './context.ts';
import { LEVELS, openimLine } from './record.ts';

export const OPENIM_JSON: LineFormat = {
  name: 'openim-json',
  title: {
    en: 'OpenIM servers, chat servers and SDKs since 3.0, as JSON',
    zh: 'OpenIM 服务端、chat 服务与 SDK（3.0 起），JSON',
  },
  specificity: 'specific',
  // Servers name their module.
  serviceHint: 'openim-sdk-core',
  gate: { first: '{', contains: ['"PID":', '"msg":'] },
  parse,
};

const HEAD =
  /\{"level":"([A-Z]{4,7})","time":"([^"]{19,32})"(?:,"logger":"((?:[^"\\]|\\.)*)")?(?:,"caller":"((?:[^"\\]|\\.)*)")?,"msg":"((?:[^"\\]|\\.)*)","PID":(-?\d{1,10})(?:,"version":"((?:[^"\\]|\\.)*)")?/y;

function parse(line: string, context: LineContext): ParsedLine | undefined {
  HEAD.lastIndex = 0;
  const head = HEAD.exec(line);
  if (!head) return parseReordered(line, context);
  const [, level = '', time = '', logger = '', caller = '', message = '', pid = '', version = ''] =
    head;
  const timeNs = isoTime(time, 0, context)?.timeNs;
  if (timeNs === undefined || !LEVELS.has(level)) return undefined;
  const fields = new LineFields(line);
  if (caller !== '') fields.set('code.caller', textOf(caller));
  if (pid === '-1') fields.set('log.source', 'wasm');
  if (!addContext(fields, { start: HEAD.lastIndex, end: endOf(line) })) return undefined;
  return openimLine({
    timeNs,
    level,
    message: textOf(message).trimEnd(),
    fields,
    resource: resourceOf(logger, pid, version),
    layer: logger === '' ? 'sdk' : 'server',
  });
}

const RESERVED: ReadonlySet<string> = new Set([
  'level',
  'time',
  'logger',
  'caller',
  'msg',
  'PID',
  'version',
]);

// Whoever carried the line wrote it anew, with its keys in another order.
function parseReordered(line: string, context: LineContext): ParsedLine | undefined {
  const map = parseJson(line);
  if (!isMap(map) || isDeeperThan(map, DEFAULT_LIMITS.nestingDepthMax)) return undefined;
  const { level, time, logger = '', caller = '', msg, PID: pid, version = '' } = map;
  const texts = [level, time, logger, caller, msg, version];
  if (!texts.every(isText) || typeof pid !== 'number' || !CALLER.test(String(caller)))
    return undefined;
  const head = texts.map(String);
  const [levelText = '', timeText = '', loggerText = '', callerText = '', message = ''] = head;
  const timeNs = isoTime(timeText, 0, context)?.timeNs;
  if (timeNs === undefined || !LEVELS.has(levelText)) return undefined;
  const fields: ContextFields = new Map<string, AttributeValue>([['code.caller', callerText]]);
  if (pid === -1) fields.set('log.source', 'wasm');
  for (const [name, value] of Object.entries(map)) {
    if (!RESERVED.has(name)) addNested(value, name, (key, leaf) => fields.set(key, leaf));
  }
  return openimLine({
    timeNs,
    level: levelText,
    message: message.trimEnd(),
    fields,
    resource: resourceOf(quoted(loggerText), String(pid), quoted(head.at(-1) ?? '')),
    layer: loggerText === '' ? 'sdk' : 'server',
  });
}

const CALLER = /\.go:\d{1,7}$/;

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

// As JSON writes it, without the quotes.
function quoted(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

// Without the blanks at its end.
function endOf(line: string): number {
  return line.endsWith('}') ? line.length : line.trimEnd().length;
}

/** Sources have few; hostile ones make up new ones all the time. */
const REMEMBERED_MAX = 512;
const REMEMBERED_LENGTH_MAX = 256;
const remembered = new Map<string, ParsedFields>();

function resourceOf(logger: string, pid: string, version: string): ParsedFields {
  // In JSON there are no line feeds. The joined text is a copy, not a part that keeps the line in memory.
  const key = `${logger}\n${pid}\n${version}`;
  const known = remembered.get(key);
  if (known) return known;
  const resource = new Map<string, AttributeValue>([['process.pid', Number(pid)]]);
  const [service = '', , release = ''] = key.split('\n');
  if (service !== '') resource.set('service.name', textOf(service));
  if (release !== '') resource.set('service.version', textOf(release).trim());
  if (key.length > REMEMBERED_LENGTH_MAX) return resource;
  if (remembered.size >= REMEMBERED_MAX) remembered.clear();
  remembered.set(key, resource);
  return resource;
}

function textOf(escaped: string): string {
  return escaped.includes('\\') ? String(parseJson(`"${escaped}"`)) : escaped;
}
