/**
 * Access logs in the common and combined format of Apache, nginx, gunicorn and daphne, with what their
 * users add: a virtual host before it, the forwarded address, a duration or pairs after it. The line stays
 * the message; its parts become attributes under OpenTelemetry's names.
 */
import type { LineContext, LineFormat, ParsedLine } from '../../format.ts';
import { timeOfText } from '../leading-time.ts';
import {
  accessLine,
  addClient,
  addRequest,
  addStatus,
  addText,
  webSocketEventOf,
  type Attributes,
} from './http-request.ts';

const HOST_CHARACTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_.-%';

export const ACCESS_LOG: LineFormat = {
  name: 'access-log',
  title: {
    en: 'Access logs of Apache, nginx, gunicorn and daphne',
    zh: 'Apache、nginx、gunicorn、daphne 访问日志',
  },
  specificity: 'specific',
  gate: { first: `${HOST_CHARACTERS}[:`, contains: ['] "'] },
  parse,
};

const LINE =
  /^(?:(?<host>[\w.-]{1,255}:\d{1,5}) )?(?<client>[\w.:%[\]-]{1,128}) \S{1,128} (?<user>[^[\]"]{1,128}) \[(?<time>[^\]]{1,40})\] "(?<request>(?:[^"\\]|\\.){0,16384})" (?<status>\d{3}|-) (?<size>\d+|-)(?: "(?<referer>(?:[^"\\]|\\.){0,16384})" "(?<agent>(?:[^"\\]|\\.){0,16384})")?(?<tail> [^\n]{1,4096})?/;

function parse(line: string, context: LineContext): ParsedLine | undefined {
  // The cheap look first: all other lines pass here too.
  const quote = line.indexOf('] "');
  if (quote < 0 || quote > 512) return undefined;
  const groups = LINE.exec(line)?.groups;
  if (!groups) return undefined;
  const timeNs = timeOfText(groups['time'] ?? '', context);
  if (timeNs === undefined) return undefined;
  const attributes: Attributes = new Map();
  addClient(groups['client'] ?? '', attributes);
  addText('server.address', groups['host'], attributes);
  addText('user.name', groups['user'], attributes);
  const eventName = addAction(groups['request'] ?? '', attributes);
  addText('http.request.header.referer', groups['referer'], attributes);
  addText('user_agent.original', groups['agent'], attributes);
  const number = addStatus(groups['status'], attributes);
  if (groups['size'] !== '-') attributes.set('http.response.body.size', Number(groups['size']));
  addTail(groups['tail'] ?? '', attributes);
  return accessLine({ timeNs, line, number, attributes, eventName });
}

// Daphne writes what happens to a WebSocket where others write the method.
function addAction(request: string, attributes: Attributes): string {
  const [, action = '', path] = /^WS([A-Z]{4,12}) (\S+)$/.exec(request) ?? [];
  const eventName = webSocketEventOf(action);
  if (eventName === '') addRequest(request, attributes);
  else addText('url.path', path, attributes);
  return eventName;
}

const PAIR = /(?:^|[ ,])([A-Za-z_][\w.-]{0,63})[=:] ?("[^"]{0,1024}"|[^\s",]{1,1024})/g;
const PAIRS_MAX = 32;
/** Names of nginx' `$request_time`, in seconds. */
const TIME_KEYS: ReadonlySet<string> = new Set(['rt', 'request_time', 'req_time']);

function addTail(tail: string, attributes: Attributes): void {
  const forwarded = /^ "([^"]{1,1024})"/.exec(tail)?.[1];
  addText('http.request.header.x_forwarded_for', forwarded, attributes);
  const seconds = / (\d{1,6}\.\d{1,6})(?= |$)/.exec(tail)?.[1];
  if (seconds !== undefined) attributes.set('duration', `${seconds}s`);
  let pairs = 0;
  for (const [, name = '', value = ''] of tail.matchAll(PAIR)) {
    pairs += 1;
    if (pairs > PAIRS_MAX) return;
    const text = value.replaceAll('"', '');
    addText(name, text, attributes);
    if (TIME_KEYS.has(name) && /^\d{1,6}\.\d{1,6}$/.test(text))
      attributes.set('duration', `${text}s`);
  }
}
