/**
 * Gin: its access log, `[GIN] 2026/06/02 - 09:14:03 | 200 |  1.2ms |  10.0.0.1 | GET  "/api"`, what it says in
 * debug mode, and the panics that its recovery reports.
 */
import type { LineContext, LineFormat, ParsedLine } from '../../format.ts';
import { leadingTime } from '../leading-time.ts';
import { accessLine, addStatus, addText, type Attributes } from './http-request.ts';

export const GIN: LineFormat = {
  name: 'gin',
  title: {
    en: 'Gin: requests, debug output, recovered panics',
    zh: 'Gin：请求、调试输出、恢复的 panic',
  },
  specificity: 'specific',
  gate: { first: '[0123456789', containsAny: ['[GIN', '[Recovery] '] },
  parse(line, context) {
    if (line.startsWith('[GIN] ')) return parseAccess(line, context);
    if (line.startsWith('[GIN-debug] ')) return parseDebug(line);
    return parseRecovery(line, context);
  },
};

const DEBUG = 5;
const WARN = 13;
const ERROR = 17;

const ACCESS =
  / ?\|\s{0,8}(\d{3}) \|\s{0,16}([\d.a-zµμ]{2,32}) \|\s{0,40}([^\s|]{1,64}) \|\s?([A-Z]{1,20})\s{1,12}("?)([^\n]{0,16384})/y;

function parseAccess(line: string, context: LineContext): ParsedLine | undefined {
  const time = leadingTime(line, '[GIN] '.length, context);
  if (!time) return undefined;
  ACCESS.lastIndex = time.end;
  const access = ACCESS.exec(line);
  if (!access) return undefined;
  const [, status, duration, client, method, quote, path = ''] = access;
  const attributes: Attributes = new Map();
  addText('client.address', client, attributes);
  addText('http.request.method', method, attributes);
  addText('url.path', quote === '' ? path.trim() : path.replace(/"[^"]*$/, ''), attributes);
  addText('duration', duration, attributes);
  const number = addStatus(status, attributes);
  const error = /\nError #\d{2,3}: ([^\n]{1,4096})/.exec(line)?.[1];
  addText('error', error, attributes);
  return accessLine({ timeNs: time.timeNs, line, number, attributes });
}

function parseDebug(line: string): ParsedLine {
  const mark = /^\[GIN-debug\] \[(WARNING|ERROR)\]/.exec(line)?.[1];
  const number = mark === 'ERROR' ? ERROR : mark === 'WARNING' ? WARN : DEBUG;
  return accessLine({ timeNs: undefined, line, number, attributes: new Map() });
}

const RECOVERY = / \[Recovery\] (?:\S{1,32} - \S{1,32} )?panic recovered:\n?/y;
const FRAMES_MAX = 64;

function parseRecovery(line: string, context: LineContext): ParsedLine | undefined {
  const time = leadingTime(line, 0, context);
  if (!time) return undefined;
  RECOVERY.lastIndex = time.end;
  if (!RECOVERY.test(line)) return undefined;
  const lines = line.slice(RECOVERY.lastIndex).split('\n', FRAMES_MAX);
  const frame = lines.findIndex((text) => /^\S{1,512}:\d{1,7} \(0x/.test(text));
  const before = frame < 0 ? lines : lines.slice(0, frame);
  // The request's headers come before the panic's text.
  const message = before.findLast((text) => text.trim() !== '');
  const place = lines.find((text) => /^\S{1,512}\.go:\d{1,7} \(0x/.test(text) && !isRuntime(text));
  const attributes: Attributes = new Map([['exception.type', 'panic']]);
  addText('exception.message', message?.trim(), attributes);
  addText('code.caller', place?.split(' (0x', 1)[0], attributes);
  return accessLine({ timeNs: time.timeNs, line, number: ERROR, attributes });
}

function isRuntime(frame: string): boolean {
  return frame.includes('/src/runtime/');
}
