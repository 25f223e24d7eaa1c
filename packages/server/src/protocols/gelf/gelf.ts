/** GELF (version 1.1): the bytes of one message, compressed or not, as a record. */
import { gunzipSync, inflateSync } from 'node:zlib';
import type { BatchSink } from '@tendril/columns/batch';
import type { LogBatch } from '@tendril/columns/log-batch';
import { decodeUtf8 } from '@tendril/columns/utf8';
import type { LineContext, ParsedLine } from '@tendril/intake/format';
import { parseJson } from '@tendril/intake/formats/json-text';
import type { LogWriter } from '@tendril/intake/log-writer';
import type { WriteOutcome } from '@tendril/intake/request-state';
import { eventOfFields, EventTooDeep, isFields, type EventFields } from '../events/event-fields.ts';
import { EventWriter, nearestContext } from '../events/event-writer.ts';

/** Of one message, inflated. */
export const MESSAGE_BYTES_MAX: number = 8 * 1024 * 1024;

export interface GelfMessage {
  readonly bytes: Uint8Array;
  /** Address of the sender, for messages without a host. */
  readonly peer: string;
}

export function decodeGelf(
  messages: readonly GelfMessage[],
  writer: LogWriter,
  sink: BatchSink<LogBatch>,
  nowNs: bigint,
): WriteOutcome {
  const events = new EventWriter(writer, sink, nowNs);
  const context = nearestContext(nowNs);
  const depthMax = writer.limits.nestingDepthMax;
  for (const message of messages) {
    try {
      writeMessage(message, events, { context, depthMax });
    } catch (thrown) {
      if (!(thrown instanceof EventTooDeep)) throw thrown;
      events.reject('too_deep', thrown.message);
    }
  }
  return events.outcome();
}

interface WriteOptions {
  readonly context: LineContext;
  readonly depthMax: number;
}

function writeMessage(message: GelfMessage, events: EventWriter, options: WriteOptions): void {
  const bytes = inflated(message.bytes);
  if (bytes === undefined) {
    events.reject('malformed', 'a message is not gzip or zlib, or too long inflated');
    return;
  }
  const text = decodeUtf8(bytes, 0, bytes.length);
  const fields = parseJson(text);
  if (!isFields(fields)) {
    events.reject('malformed', 'a message is not a JSON object');
    return;
  }
  const event = eventOfFields(renamed(fields), { ...options, fallbackBody: text });
  const facility = fields['facility'];
  const { severityText, severityNumber } = event;
  // The level is often that of the stream alone (Docker's driver); what the message says goes before it.
  const unstated = { ...event, severityText: '', severityNumber: 0 };
  events.write(withHost(withFullMessage(unstated, fields), message.peer), {
    service: typeof facility === 'string' ? facility : '',
    severityText,
    severityNumber,
  });
}

/** Undefined when it is not what its first bytes say. */
function inflated(bytes: Uint8Array): Uint8Array | undefined {
  const [first, second = 0] = bytes;
  const options = { maxOutputLength: MESSAGE_BYTES_MAX };
  try {
    if (first === 0x1f && second === 0x8b) return gunzipSync(bytes, options);
    if (first === 0x78 && (first * 256 + second) % 31 === 0) return inflateSync(bytes, options);
  } catch {
    // Damaged or a bomb: the answer is the same.
    return undefined;
  }
  return bytes;
}

/** What a sender adds begins with an underscore; `full_message` has its own rule. */
function* renamed(fields: EventFields): Generator<readonly [string, unknown]> {
  for (const [name, value] of Object.entries(fields)) {
    if (name === 'version' || name === 'full_message') continue;
    yield [NAMES.get(name) ?? (name.startsWith('_') ? name.slice(1) : name), value];
  }
}

const NAMES: ReadonlyMap<string, string> = new Map([
  ['host', 'host.name'],
  ['facility', 'gelf.facility'],
  ['file', 'code.file.path'],
  ['line', 'code.line.number'],
  ['_file', 'code.file.path'],
  ['_line', 'code.line.number'],
  ['_logger', 'logger'],
]);

/** The full message is the message, where it goes on from the short one: a stack trace, a longer text. */
function withFullMessage(event: ParsedLine, fields: EventFields): ParsedLine {
  const full = fields['full_message'];
  if (typeof full !== 'string' || full === '' || full === event.body) return event;
  if (full.startsWith(event.body)) return { ...event, body: full };
  return { ...event, attributes: new Map(event.attributes).set('gelf.full_message', full) };
}

function withHost(event: ParsedLine, peer: string): ParsedLine {
  if (event.resource?.has('host.name') === true) return event;
  return { ...event, resource: new Map(event.resource).set('host.name', peer) };
}
