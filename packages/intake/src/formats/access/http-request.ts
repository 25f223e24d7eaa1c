/** What access logs of all servers have in common: a request line, a status that is the severity, a client. */
import type { AttributeValue } from '@tendril/model/attribute';
import type { ParsedLine } from '../../format.ts';
import { severityTextOf } from '../severity-word.ts';

const INFO = 9;
const WARN = 13;
const ERROR = 17;

export type Attributes = Map<string, AttributeValue>;

const REQUEST = /^(?<method>[A-Z]{1,20}) (?<path>\S+)(?: HTTP\/(?<version>[\d.]+))?$/;

/** `GET /path HTTP/1.1`; what is no request (a TLS hello, garbage) is kept as the path. */
export function addRequest(request: string, attributes: Attributes): void {
  const { method, path, version } = REQUEST.exec(request)?.groups ?? {};
  addText('http.request.method', method, attributes);
  addText('url.path', path ?? request, attributes);
  addText('network.protocol.version', version, attributes);
}

/** Servers log every request alike, so the status is the severity. */
export function addStatus(status: string | undefined, attributes: Attributes): number {
  const code = Number(status ?? '-');
  if (Number.isNaN(code)) return INFO;
  attributes.set('http.response.status_code', code);
  if (code >= 500) return ERROR;
  return code >= 400 ? WARN : INFO;
}

/** `10.0.0.1`, `10.0.0.1:34567`, `[::1]:34567`, `('10.0.0.1', 34567)`. */
export function addClient(client: string, attributes: Attributes): void {
  const tuple = /^\('([^']{1,64})', (\d{1,5})\)$/.exec(client);
  const pair = tuple ?? /^(\[[^\]]{1,64}\]|[^:]{1,128}):(\d{1,5})$/.exec(client);
  const [, address = client, port] = pair ?? [];
  addText('client.address', address.replace(/^\[(.*)\]$/, '$1'), attributes);
  if (port !== undefined) attributes.set('client.port', Number(port));
}

/** `-` stands for nothing. */
export function addText(key: string, value: string | undefined, attributes: Attributes): void {
  if (value !== undefined && value !== '-' && value !== '') attributes.set(key, value);
}

/** What daphne and runserver call what happens to a WebSocket, as event names. */
const WEBSOCKET_EVENTS: ReadonlyMap<string, string> = new Map([
  ['HANDSHAKING', 'websocket.handshaking'],
  ['CONNECTING', 'websocket.handshaking'],
  ['CONNECT', 'websocket.connect'],
  ['DISCONNECT', 'websocket.disconnect'],
  ['REJECT', 'websocket.reject'],
]);

/** Empty when it is none of them. */
export function webSocketEventOf(action: string): string {
  return WEBSOCKET_EVENTS.get(action) ?? '';
}

export interface AccessRecord {
  readonly timeNs: bigint | undefined;
  readonly line: string;
  readonly number: number;
  readonly attributes: Attributes;
  readonly eventName?: string;
}

/** The line stays the message. A refused WebSocket is worth a warning. */
export function accessLine(record: AccessRecord): ParsedLine {
  const { timeNs, line, attributes, eventName = '' } = record;
  const number = eventName === 'websocket.reject' ? Math.max(record.number, WARN) : record.number;
  return {
    timeNs,
    severityText: severityTextOf(number),
    severityNumber: number,
    body: line,
    eventName,
    scopeName: '',
    attributes,
    resource: undefined,
  };
}
