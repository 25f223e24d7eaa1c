/**
 * What the JavaScript side of OpenIM's WASM SDK prints to a browser's console: calls into Go, calls from
 * Go into the database, events. `%c` and the styles that a collector appends are left out of the message.
 * All is printed as information; an error in it makes the record one.
 */
import type { AttributeValue } from '@tendril/model/attribute';
import type { LineFormat, ParsedLine } from '../../format.ts';
import { jsonEnd } from '../json-fragment.ts';
import { isMap } from '../json-fields.ts';
import { parseJson } from '../json-text.ts';
import { severityTextOf } from '../severity-word.ts';
import { withoutConsole } from './console-prefix.ts';
import { errorKindOf } from './error-codes.ts';

export const OPENIM_JS_SDK: LineFormat = {
  name: 'openim-js-sdk',
  title: {
    en: "OpenIM's WASM SDK in a browser's console, its JavaScript side",
    zh: 'OpenIM WASM SDK 浏览器控制台，JavaScript 一侧',
  },
  specificity: 'specific',
  serviceHint: 'openim-web-sdk',
  gate: {
    first: '%SE=e[wi@',
    containsAny: ['SDK =>', '=> (invoked by ', 'exit code: ', 'Go program '],
  },
  parse,
};

const BEGINNING =
  /^(?:(?:%c)?SDK =>|=> \(invoked by |exit code: -?\d{1,10}$|Error: Go program has already exited)/;
const STYLE = ' font-size:';
/** Stored of what the line began with. */
const PREFIX_LENGTH = 40;

const INFO = 9;
const WARN = 13;
const ERROR = 17;

function parse(line: string): ParsedLine | undefined {
  const bare = withoutConsole(line);
  if (!BEGINNING.test(bare)) return undefined;
  const message = messageOf(bare);
  const attributes = new Map<string, AttributeValue>([
    ['log.source', 'js-sdk'],
    ['raw_prefix', line.slice(0, PREFIX_LENGTH)],
  ]);
  addCall(message, attributes);
  const eventName = addPayload(message, attributes);
  const number = severityOf(message, attributes);
  return {
    timeNs: undefined,
    severityText: severityTextOf(number),
    severityNumber: number,
    body: message,
    eventName,
    scopeName: '',
    attributes,
    resource: undefined,
  };
}

// Styles come last, so that text of people is never taken for one.
function messageOf(line: string): string {
  if (!line.startsWith('%c')) return line.trimEnd();
  const style = line.lastIndexOf(STYLE);
  const text = style < 0 ? line : line.slice(0, style);
  return text
    .replace(/^%c/, '')
    .replace(/^SDK =>%c/, 'SDK =>')
    .replace(/^(SDK => received event )%c/, '$1')
    .replace(/%c\s*$/, '')
    .trimEnd();
}

const OPERATION = /\[OperationID:([^\]]{1,256})\]/;
const CALL =
  /\(invoked by (js|go wasm)\) run ([\w$]{1,128})\s{1,4}(?:method )?with (args|response(?: before processor)?|error)/;

function addCall(message: string, attributes: Map<string, AttributeValue>): void {
  const operation = OPERATION.exec(message.slice(0, 512))?.[1];
  if (operation !== undefined) attributes.set('operationID', operation);
  const call = CALL.exec(message.slice(0, 1024));
  if (!call) return;
  const [, caller = '', name = '', stage = ''] = call;
  attributes.set('code.function.name', name);
  attributes.set('call.from', caller);
  attributes.set('call.stage', stage);
}

const PAYLOAD =
  /(?:received event|with (?:args|response before processor|response|error)) {1,2}(?=\{)/g;

// The name of the event, when it is one. Arguments are JSON too, but not of the SDK's making.
function addPayload(message: string, attributes: Map<string, AttributeValue>): string {
  PAYLOAD.lastIndex = 0;
  if (!PAYLOAD.test(message)) return '';
  const start = PAYLOAD.lastIndex;
  const end = jsonEnd(message, start);
  const payload = end < 0 ? undefined : parseJson(message.slice(start, end));
  if (!isMap(payload)) return '';
  const { errCode, errMsg, operationID, event } = payload;
  if (typeof errCode === 'number' && errCode !== 0) attributes.set('errCode', errCode);
  if (typeof errMsg === 'string' && errMsg !== '') attributes.set('errMsg', errMsg);
  const isOperation = typeof operationID === 'string' && operationID !== '';
  if (isOperation && !attributes.has('operationID')) attributes.set('operationID', operationID);
  return typeof event === 'string' && message.startsWith('SDK => received event') ? event : '';
}

function severityOf(message: string, attributes: Map<string, AttributeValue>): number {
  const code = attributes.get('errCode');
  if (typeof code === 'number') {
    const kind = errorKindOf(code, 'sdk');
    if (kind) attributes.set('error.kind', kind);
    if (kind === 'fault') return ERROR;
    // Looking for what is not there is how databases are used.
    return attributes.get('call.stage') === 'response' ? INFO : WARN;
  }
  const isOver =
    /^exit code: (?!0$)/.test(message) ||
    message.startsWith('Error: ') ||
    attributes.get('call.stage') === 'error' ||
    message.startsWith('SDK => wasm with error');
  if (isOver) attributes.set('error.kind', 'fault');
  return isOver ? ERROR : INFO;
}
