/**
 * The same records by zap's JSON encoder. The head is written by the encoder and its keys come in one
 * order; what follows are fields, which may be named `msg` or `time` as well: each half is read for
 * itself.
 */
import type { AttributeValue } from '@tendril/model/attribute';
import type { LineContext, LineFormat, ParsedFields, ParsedLine } from '../../format.ts';
import { isoTime } from '../iso-time.ts';
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
  gate: { first: '{', contains: [',"PID":'] },
  parse,
};

const HEAD =
  /\{"level":"([A-Z]{4,7})","time":"([^"]{19,32})"(?:,"logger":"((?:[^"\\]|\\.)*)")?(?:,"caller":"((?:[^"\\]|\\.)*)")?,"msg":"((?:[^"\\]|\\.)*)","PID":(-?\d{1,10})(?:,"version":"((?:[^"\\]|\\.)*)")?/y;

function parse(line: string, context: LineContext): ParsedLine | undefined {
  HEAD.lastIndex = 0;
  const head = HEAD.exec(line);
  if (!head) return undefined;
  const [, level = '', time = '', logger = '', caller = '', message = '', pid = '', version = ''] =
    head;
  const timeNs = isoTime(time, 0, context)?.timeNs;
  if (timeNs === undefined || !LEVELS.has(level)) return undefined;
  const fields: ContextFields = new Map<string, AttributeValue>();
  if (caller !== '') fields.set('code.caller', textOf(caller));
  if (pid === '-1') fields.set('log.source', 'wasm');
  if (!addRest(line, HEAD.lastIndex, fields)) return undefined;
  return openimLine({
    timeNs,
    level,
    message: textOf(message).trimEnd(),
    fields,
    resource: resourceOf(logger, pid, version),
    layer: logger === '' ? 'sdk' : 'server',
  });
}

// `,"key":…}` or `}`.
function addRest(line: string, start: number, fields: ContextFields): boolean {
  const rest = `{${line.slice(line[start] === ',' ? start + 1 : start)}`;
  return addContext(rest, { start: 0, end: rest.length }, fields);
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
