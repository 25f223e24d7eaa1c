/**
 * Django's runserver, with and without channels: `[02/Jun/2026 09:14:03] "GET / HTTP/1.1" 200 1234`,
 * `HTTP GET / 200 [0.05, 127.0.0.1:34567]`, `WebSocket CONNECT /ws/robot/1/ [127.0.0.1:34567]`. A level
 * and a time may stand before it.
 */
import type { LineContext, LineFormat, ParsedLine } from '../../format.ts';
import { leadingTime } from '../leading-time.ts';
import {
  accessLine,
  addClient,
  addRequest,
  addStatus,
  addText,
  webSocketEventOf,
  type Attributes,
} from './http-request.ts';

export const DJANGO_SERVER: LineFormat = {
  name: 'django-server',
  title: {
    en: "Django's runserver, with and without channels",
    zh: 'Django runserver（含 Channels）',
  },
  specificity: 'specific',
  gate: { first: '0123456789[DIWECH', containsAny: ['WebSocket ', 'HTTP ', '] "'] },
  parse,
};

const LEVEL = /(?:DEBUG|INFO|WARNING|ERROR|CRITICAL):? {1,5}/y;
/** What formatters put between the time and the message: a level, the name of the logger. */
const BETWEEN =
  /[\s\]|,:-]{0,16}(?:(?:DEBUG|INFO|WARNING|ERROR|CRITICAL):? {1,5})?(?:[\w.]{1,64}:? )?/y;
const WEBSOCKET =
  /WebSocket (HANDSHAKING|CONNECT|DISCONNECT|REJECT) (\S{1,4096}) \[([^\]\n]{1,128})\]$/y;
const HTTP = /HTTP ([A-Z]{1,20}) (\S{1,16384}) (\d{3}) \[(\d{1,6}\.\d{1,6}), ([^\]\n]{1,128})\]$/y;
const PLAIN = /"([^"\n]{1,16384})" (\d{3}) (\d{1,15}|-)$/y;

function parse(line: string, context: LineContext): ParsedLine | undefined {
  LEVEL.lastIndex = 0;
  const levelEnd = LEVEL.test(line) ? LEVEL.lastIndex : 0;
  const start = line.startsWith('[', levelEnd) ? levelEnd + 1 : levelEnd;
  const time = leadingTime(line, start, context);
  const end = contentStart(line, time?.end ?? levelEnd);
  const found = webSocketAt(line, end) ?? httpAt(line, end) ?? (time && plainAt(line, end));
  return found && accessLine({ ...found, timeNs: time?.timeNs, line });
}

function contentStart(line: string, start: number): number {
  if (line.startsWith('WebSocket ', start) || line.startsWith('HTTP ', start)) return start;
  BETWEEN.lastIndex = start;
  BETWEEN.test(line);
  const end = BETWEEN.lastIndex;
  // The logger's name may have been the content's first word.
  const word = line.slice(start, end).search(/(?:WebSocket|HTTP) $/);
  return word < 0 ? end : start + word;
}

interface Found {
  readonly number: number;
  readonly attributes: Attributes;
  readonly eventName?: string;
}

const INFO = 9;

function webSocketAt(line: string, start: number): Found | undefined {
  WEBSOCKET.lastIndex = start;
  const [, action, path, client] = WEBSOCKET.exec(line) ?? [];
  if (action === undefined) return undefined;
  const attributes: Attributes = new Map();
  addText('url.path', path, attributes);
  addClient(client ?? '', attributes);
  return { number: INFO, attributes, eventName: webSocketEventOf(action) };
}

function httpAt(line: string, start: number): Found | undefined {
  HTTP.lastIndex = start;
  const [, method, path, status, seconds, client] = HTTP.exec(line) ?? [];
  if (method === undefined) return undefined;
  const attributes: Attributes = new Map();
  addText('http.request.method', method, attributes);
  addText('url.path', path, attributes);
  addText('duration', `${seconds ?? ''}s`, attributes);
  addClient(client ?? '', attributes);
  return { number: addStatus(status, attributes), attributes };
}

function plainAt(line: string, start: number): Found | undefined {
  PLAIN.lastIndex = start;
  const [, request, status, size] = PLAIN.exec(line) ?? [];
  if (request === undefined) return undefined;
  const attributes: Attributes = new Map();
  addRequest(request, attributes);
  const number = addStatus(status, attributes);
  if (size !== '-') attributes.set('http.response.body.size', Number(size));
  return { number, attributes };
}
