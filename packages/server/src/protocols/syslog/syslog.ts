/**
 * Syslog messages (RFC 5424, and RFC 3164 as senders really write it): the bytes of one message in, a record
 * out. Splitting a stream into messages is `frames.ts`' job. No message is refused: what has no header
 * is its own text.
 */
import type { BatchSink } from '@tendril/columns/batch';
import type { LogBatch } from '@tendril/columns/log-batch';
import { decodeUtf8 } from '@tendril/columns/utf8';
import type { ParsedLine } from '@tendril/intake/format';
import { severityNumberOfSyslog } from '@tendril/intake/formats/severity-word';
import { TEXT } from '@tendril/intake/formats/text';
import { leadingTime, timeOfText } from '@tendril/intake/formats/leading-time';
import { syslogOrigin, type SyslogOrigin } from '@tendril/intake/formats/syslog-origin';
import type { LogWriter } from '@tendril/intake/log-writer';
import type { WriteOutcome } from '@tendril/intake/request-state';
import type { AttributeValue } from '@tendril/model/attribute';
import { EventWriter, nearestContext } from '../events/event-writer.ts';
import { structuredData } from './structured-data.ts';

export interface SyslogMessage {
  /** Without its framing. */
  readonly bytes: Uint8Array;
  /** It was longer than is taken. */
  readonly isCut: boolean;
  /** Address of the sender: its name where the message has none. */
  readonly peer: string;
}

export function decodeSyslog(
  messages: readonly SyslogMessage[],
  writer: LogWriter,
  sink: BatchSink<LogBatch>,
  nowNs: bigint,
): WriteOutcome {
  const events = new EventWriter(writer, sink, nowNs);
  for (const message of messages) {
    const { event, severityText, severityNumber } = syslogEvent(message, nowNs);
    // The priority is often that of the transport; what the message itself says goes before it.
    events.write(event, { severityText, severityNumber });
  }
  return events.outcome();
}

interface SyslogEvent {
  readonly event: ParsedLine;
  /** By the priority. */
  readonly severityText: string;
  readonly severityNumber: number;
}

/** With fields of its own, which more are added to. */
interface OwnLine extends ParsedLine {
  readonly attributes: Map<string, AttributeValue>;
  readonly resource: Map<string, AttributeValue>;
}

const PRIORITY = /^<(\d{1,3})>/;
/** Priority is facility times 8 plus severity; the highest facility is 23. */
const PRIORITY_MAX = 191;
// Without names for its groups, which are an object more for each message (`npm run bench -- receiver-decode`).
const HEADER_5424 = /^<\d{1,3}>1 (\S{1,64}) (\S{1,255}) (\S{1,255}) (\S{1,128}) (\S{1,32}) ?/;
const BYTE_ORDER_MARK = '\uFEFF';

function syslogEvent({ bytes, isCut, peer }: SyslogMessage, nowNs: bigint): SyslogEvent {
  const text = decodeUtf8(bytes, 0, bytes.length);
  const priority = priorityOf(text);
  const line =
    priority === undefined
      ? bareText(text, nowNs)
      : (rfc5424(text, nowNs) ?? rfc3164(text.slice(text.indexOf('>') + 1), nowNs));
  const { attributes, resource } = line;
  if (priority !== undefined) attributes.set('syslog.facility', FACILITIES[priority >> 3] ?? '');
  if (isCut) attributes.set('syslog.truncated', true);
  if (!resource.has('host.name')) resource.set('host.name', peer);
  if (priority === undefined) return { event: line, severityText: '', severityNumber: 0 };
  const severityNumber = severityNumberOfSyslog(priority & 7);
  return { event: line, severityText: SEVERITIES[priority & 7] ?? '', severityNumber };
}

function priorityOf(text: string): number | undefined {
  const [, digits] = PRIORITY.exec(text) ?? [];
  const priority = Number(digits);
  return digits !== undefined && priority <= PRIORITY_MAX ? priority : undefined;
}

function rfc5424(text: string, nowNs: bigint): OwnLine | undefined {
  const header = HEADER_5424.exec(text);
  if (!header) return undefined;
  const [whole, time = '-', host = '-', app = '-', pid = '-', id = '-'] = header;
  const data = dataAt(text, whole.length);
  const { attributes } = data;
  if (pid !== '-') attributes.set('process.pid', /^\d{1,10}$/.test(pid) ? Number(pid) : pid);
  if (id !== '-') attributes.set('syslog.msgid', id);
  const resource = new Map<string, AttributeValue>();
  if (host !== '-') resource.set('host.name', host);
  if (app !== '-') resource.set('service.name', app);
  const body = text.slice(text[data.end] === ' ' ? data.end + 1 : data.end);
  return {
    timeNs: time === '-' ? undefined : timeOfText(time, nearestContext(nowNs)),
    severityText: '',
    severityNumber: 0,
    body: body.startsWith(BYTE_ORDER_MARK) ? body.slice(1) : body,
    eventName: '',
    scopeName: '',
    attributes,
    resource,
  };
}

function dataAt(
  text: string,
  start: number,
): { readonly attributes: Map<string, AttributeValue>; readonly end: number } {
  if (text[start] === '[') {
    // What is not closed as it should be is message.
    return structuredData(text, start) ?? { attributes: new Map(), end: start };
  }
  const isNil = text[start] === '-' && (text[start + 1] ?? ' ') === ' ';
  return { attributes: new Map(), end: isNil ? start + 1 : start };
}

const PROGRAM_ALONE = / (?<program>[\w./@-]{1,128})(?:\[(?<pid>\d{1,10})\])?: /y;

/** After the priority: a time, a host and a program, of which each may be missing. */
function rfc3164(text: string, nowNs: bigint): OwnLine {
  const time = leadingTime(text, 0, nearestContext(nowNs));
  const end = time?.end ?? 0;
  const origin = time && (syslogOrigin(text, end, false) ?? programAt(text, end));
  const attributes = new Map<string, AttributeValue>();
  if (origin && origin.pid !== '') attributes.set('process.pid', Number(origin.pid));
  const resource = new Map<string, AttributeValue>();
  if (origin && origin.host !== '') resource.set('host.name', origin.host);
  if (origin && origin.program !== '') resource.set('service.name', origin.program);
  return {
    timeNs: time?.timeNs,
    severityText: '',
    severityNumber: 0,
    body: text.slice(origin?.end ?? end).replace(/^:? /, ''),
    eventName: '',
    scopeName: '',
    attributes,
    resource,
  };
}

function programAt(text: string, at: number): SyslogOrigin | undefined {
  PROGRAM_ALONE.lastIndex = at;
  const groups = PROGRAM_ALONE.exec(text)?.groups;
  if (!groups) return undefined;
  const { program = '', pid = '' } = groups;
  return { host: '', program, pid, end: PROGRAM_ALONE.lastIndex };
}

/** A message without any header. */
function bareText(text: string, nowNs: bigint): OwnLine {
  // Lines of log files that were sent as they are.
  const line = TEXT.parse(text, nearestContext(nowNs));
  if (line === undefined) return rfc3164(text, nowNs);
  return { ...line, attributes: new Map(line.attributes), resource: new Map(line.resource) };
}

/** RFC 5424, section 6.2.1. */
const SEVERITIES = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'] as const;
const FACILITIES = [
  'kern',
  'user',
  'mail',
  'daemon',
  'auth',
  'syslog',
  'lpr',
  'news',
  'uucp',
  'cron',
  'authpriv',
  'ftp',
  'ntp',
  'audit',
  'alert',
  'clock',
  'local0',
  'local1',
  'local2',
  'local3',
  'local4',
  'local5',
  'local6',
  'local7',
] as const;
