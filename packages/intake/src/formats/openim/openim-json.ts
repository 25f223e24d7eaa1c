/**
 * The same records by zap's JSON encoder. The head is written by the encoder and its keys come in one
 * order; what follows are fields, which may be named `msg` or `time` as well: each half is read for
 * itself.
 */
import type { AttributeValue } from '@tendril/model/attribute';
import type { LineContext, LineFormat, ParsedLine } from '../../format.ts';
import { isoTime } from '../iso-time.ts';
import { parseJson } from '../json-text.ts';
import { addContext, type ContextFields } from './context.ts';
import { LEVELS, openimLine } from './record.ts';

export const OPENIM_JSON: LineFormat = {
  name: 'openim-json',
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
  return addContext(`{${line.slice(line[start] === ',' ? start + 1 : start)}`, fields);
}

function resourceOf(logger: string, pid: string, version: string): Map<string, AttributeValue> {
  const resource = new Map<string, AttributeValue>([['process.pid', Number(pid)]]);
  if (logger !== '') resource.set('service.name', textOf(logger));
  if (version !== '') resource.set('service.version', textOf(version).trim());
  return resource;
}

function textOf(escaped: string): string {
  return escaped.includes('\\') ? String(parseJson(`"${escaped}"`)) : escaped;
}
