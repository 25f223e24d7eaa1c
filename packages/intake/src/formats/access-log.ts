/**
 * Access logs in the common and combined format of Apache, nginx and daphne. The line stays the message;
 * its parts become attributes under OpenTelemetry's names. Servers log every request alike, so the
 * status is the severity.
 */
import type { AttributeValue } from '@tendril/model/attribute';
import type { LineFormat, ParsedFields, ParsedLine } from '../format.ts';
import { timeOfText } from './leading-time.ts';
import { severityTextOf } from './severity-word.ts';

const LINE =
  /^(?<client>[\w.:%[\]-]{1,128}) \S{1,128} (?<user>[^[\]"]{1,128}) \[(?<time>[^\]]{1,40})\] "(?<request>(?:[^"\\]|\\.){0,16384})" (?<status>\d{3}|-) (?<size>\d+|-)(?: "(?<referer>(?:[^"\\]|\\.){0,16384})" "(?<agent>(?:[^"\\]|\\.){0,16384})")?/;
const REQUEST = /^(?<method>[A-Z]{1,20}) (?<path>\S+)(?: HTTP\/(?<version>[\d.]+))?$/;

export const ACCESS_LOG: LineFormat = {
  name: 'access-log',
  specificity: 'specific',
  gate: { contains: ['] "'] },
  parse(line, context): ParsedLine | undefined {
    // The cheap look first: all other lines pass here too.
    const quote = line.indexOf('] "');
    if (quote < 0 || quote > 512) return undefined;
    const groups = LINE.exec(line)?.groups;
    if (!groups) return undefined;
    const timeNs = timeOfText(groups['time'] ?? '', context);
    if (timeNs === undefined) return undefined;
    const number = severityOfStatus(Number(groups['status']));
    return {
      timeNs,
      severityText: severityTextOf(number),
      severityNumber: number,
      body: line,
      eventName: '',
      scopeName: '',
      attributes: attributesOf(groups),
      resource: undefined,
    };
  },
};

function severityOfStatus(status: number): number {
  if (status >= 500) return 17;
  return status >= 400 ? 13 : 9;
}

function attributesOf(groups: Readonly<Record<string, string | undefined>>): ParsedFields {
  const attributes = new Map<string, AttributeValue>();
  const add = (key: string, value: string | undefined): void => {
    if (value !== undefined && value !== '-' && value !== '') attributes.set(key, value);
  };
  const request = REQUEST.exec(groups['request'] ?? '')?.groups;
  add('client.address', groups['client']);
  add('user.name', groups['user']);
  add('http.request.method', request?.['method']);
  add('url.path', request?.['path'] ?? groups['request']);
  add('network.protocol.version', request?.['version']);
  add('http.request.header.referer', groups['referer']);
  add('user_agent.original', groups['agent']);
  if (groups['status'] !== '-')
    attributes.set('http.response.status_code', Number(groups['status']));
  if (groups['size'] !== '-') attributes.set('http.response.body.size', Number(groups['size']));
  return attributes;
}
