/**
 * Lines of SDKs with debug output added to the WASM bridge, in the shapes their guides show:
 * `2026-02-02 11:17:42.808 DEBUG [operationID:e8a1…] asyncCallWithCallback argIndex=0 paramIndex=1` and
 * `ERROR asyncCallWithCallback index out of range operationID=e8a1… argIndex=1`. Time and level may be
 * missing.
 */
import type { AttributeValue } from '@tendril/model/attribute';
import type { LineContext, LineFormat, ParsedLine } from '../../format.ts';
import { isoTime } from '../iso-time.ts';
import { wordPairs } from '../word-pairs.ts';
import { LEVELS, openimLine } from './record.ts';

export const OPENIM_SDK_DEBUG: LineFormat = {
  name: 'openim-sdk-debug',
  title: {
    en: "OpenIM's WASM SDK with debug output in its bridge",
    zh: 'OpenIM WASM SDK，桥接层带调试输出',
  },
  specificity: 'specific',
  serviceHint: 'openim-sdk-core',
  gate: { first: '0123456789[TDIWEFPSas', containsAny: ['[operationID:', ' operationID='] },
  parse,
};

const LEVEL = /[ \t]*\[?([A-Z]{4,7})\]?:?[ \t]+/y;
const OPERATION = /\[operationID: ?([^\],\s]{1,256})\][ \t]*/y;
const BRIDGE = /(?:async|sync)Call|SyncCall|ErrHandle|ERR\b|STRINGERR\b/y;

function parse(line: string, context: LineContext): ParsedLine | undefined {
  const time = isoTime(line, 0, context);
  const level = levelAt(line, time?.end ?? 0);
  OPERATION.lastIndex = level.end;
  const operation = OPERATION.exec(line)?.[1];
  const start = operation === undefined ? level.end : OPERATION.lastIndex;
  if (operation === undefined && !beginsLikeBridge(line, start)) return undefined;
  if (time === undefined && level.text === '' && operation === undefined && start > 0)
    return undefined;
  const { message, pairs } = wordPairs(line.slice(start));
  const fields = new Map<string, AttributeValue>([['log.source', 'wasm']]);
  if (operation !== undefined) fields.set('operationID', operation);
  for (const [name, value] of pairs) if (!fields.has(name)) fields.set(name, value);
  const isFault = message.includes('index out of range');
  if (isFault) fields.set('error.kind', 'fault');
  return openimLine({
    timeNs: time?.timeNs,
    level: level.text === '' && isFault ? 'ERROR' : level.text,
    message,
    fields,
    resource: undefined,
    layer: 'sdk',
  });
}

function levelAt(line: string, start: number): { readonly text: string; readonly end: number } {
  LEVEL.lastIndex = start;
  const text = LEVEL.exec(line)?.[1] ?? '';
  if (LEVELS.has(text)) return { text, end: LEVEL.lastIndex };
  const blanks = line.slice(start, start + 8).search(/\S/);
  return { text: '', end: start + Math.max(blanks, 0) };
}

function beginsLikeBridge(line: string, start: number): boolean {
  BRIDGE.lastIndex = start;
  return BRIDGE.test(line);
}
