/**
 * Records of OpenIM 1 and 2: logrus with a nested formatter,
 * `2022-01-11 08:46:31.530 [ERRO] [PID:204] [FilePath:gate/rpc_server.go:119] [OperationID:1641861990651] [message]`.
 * Colours stood before the level and after the last bracket. The message is a printed Go slice.
 */
import type { AttributeValue } from '@tendril/model/attribute';
import type { LineContext, LineFormat, ParsedLine } from '../../format.ts';
import { isoTime } from '../iso-time.ts';
import { openimLine } from './record.ts';

export const OPENIM_V2: LineFormat = {
  name: 'openim-v2',
  title: {
    en: 'OpenIM 1 and 2',
    zh: 'OpenIM 1.x 与 2.x',
  },
  specificity: 'specific',
  serviceHint: 'openim',
  gate: { first: '0123456789', contains: [' [OperationID:'] },
  parse,
};

const LEVEL = / \[([A-Z]{4})\] /y;
/** The formatter prints four letters of logrus' names. */
const LEVEL_NAMES: ReadonlyMap<string, string> = new Map(
  ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL', 'PANIC'].map((name) => [
    name.slice(0, 4),
    name,
  ]),
);
const FIELD = /\[([A-Za-z][\w.-]{0,63}):([^\]\n]{0,1024})\] ?/y;
const FIELDS_MAX = 32;

function parse(line: string, context: LineContext): ParsedLine | undefined {
  const time = isoTime(line, 0, context);
  if (!time) return undefined;
  LEVEL.lastIndex = time.end;
  const level = LEVEL_NAMES.get(LEVEL.exec(line)?.[1] ?? '');
  if (level === undefined) return undefined;
  const { fields, end } = fieldsAt(line, LEVEL.lastIndex);
  const pid = fields.get('PID');
  fields.delete('PID');
  return openimLine({
    timeNs: time.timeNs,
    level,
    message: unbracketed(line.slice(end)),
    fields,
    resource: pid === undefined ? undefined : new Map([['process.pid', Number(pid)]]),
    layer: 'server',
  });
}

interface Fields {
  readonly fields: Map<string, AttributeValue>;
  readonly end: number;
}

function fieldsAt(line: string, start: number): Fields {
  const fields = new Map<string, AttributeValue>();
  const end = addFields(line, start, { fields, last: 'OperationID' });
  // The first versions put what is logged there as well, and the message after it without brackets; in
  // later ones the operation is the last field, and a message in brackets may begin like one.
  const more = new Map(fields);
  const endOfMore = addFields(line, end, { fields: more, last: '' });
  const hasMessage = endOfMore < line.length && line[endOfMore] !== '[';
  return hasMessage ? { fields: more, end: endOfMore } : { fields, end };
}

function addFields(
  line: string,
  start: number,
  { fields, last }: { readonly fields: Map<string, AttributeValue>; readonly last: string },
): number {
  let end = start;
  for (let count = 0; count < FIELDS_MAX; count += 1) {
    FIELD.lastIndex = end;
    const [, name = '', value = ''] = FIELD.exec(line) ?? [];
    if (name === '') break;
    end = FIELD.lastIndex;
    if (name === 'FilePath') fields.set('code.caller', value);
    else if ((name === 'PID' || value !== '') && !fields.has(name)) fields.set(name, value);
    if (name === last) break;
  }
  return end;
}

function unbracketed(message: string): string {
  const text = message.trimEnd();
  return text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
}
