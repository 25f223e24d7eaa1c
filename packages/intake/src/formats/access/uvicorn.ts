/**
 * Uvicorn's access log, `INFO:     127.0.0.1:34567 - "GET /api HTTP/1.1" 200 OK`, and what it says of
 * WebSockets, `127.0.0.1:34567 - "WebSocket /ws/1" [accepted]`. A time may stand before it.
 */
import type { LineContext, LineFormat, ParsedLine } from '../../format.ts';
import { leadingTime } from '../leading-time.ts';
import {
  accessLine,
  addClient,
  addRequest,
  addStatus,
  addText,
  type Attributes,
} from './http-request.ts';

export const UVICORN: LineFormat = {
  name: 'uvicorn',
  title: {
    en: "Uvicorn's access log",
    zh: 'Uvicorn 访问日志',
  },
  specificity: 'specific',
  gate: { first: '0123456789([DIWEC', contains: [' - "'] },
  parse,
};

const LINE =
  /[\s\]|,:-]{0,16}(?:(?:DEBUG|INFO|WARNING|ERROR|CRITICAL):?\s{1,16})?(?<client>\('[^']{1,64}', \d{1,5}\)|[\w.:[\]-]{1,64}) - "(?<request>[^"\n]{1,16384})" (?:(?<status>\d{3})\b|\[(?<outcome>accepted|rejected)\])/y;

function parse(line: string, context: LineContext): ParsedLine | undefined {
  const time = leadingTime(line, line.startsWith('[') ? 1 : 0, context);
  LINE.lastIndex = time?.end ?? 0;
  const groups = LINE.exec(line)?.groups;
  if (!groups) return undefined;
  const { client = '', request = '', status, outcome } = groups;
  const attributes: Attributes = new Map();
  addClient(client, attributes);
  const path = /^WebSocket (\S+)$/.exec(request)?.[1];
  if (path === undefined) addRequest(request, attributes);
  else addText('url.path', path, attributes);
  const number = addStatus(status, attributes);
  const eventName = path === undefined ? '' : eventOf(outcome);
  return accessLine({ timeNs: time?.timeNs, line, number, attributes, eventName });
}

// A WebSocket with a status was refused.
function eventOf(outcome: string | undefined): string {
  return outcome === 'accepted' ? 'websocket.connect' : 'websocket.reject';
}
