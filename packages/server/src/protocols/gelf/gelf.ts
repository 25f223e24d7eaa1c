/** GELF (version 1.1): the bytes of one message, compressed or not, as a record. */
import { gunzipSync, inflateSync } from 'node:zlib';
import type { BatchSink } from '@tendril/columns/batch';
import type { LogBatch } from '@tendril/columns/log-batch';
import { decodeUtf8 } from '@tendril/columns/utf8';
import type { ParsedLine } from '@tendril/intake/format';
import { parseJson } from '@tendril/intake/formats/json-text';
import type { LogWriter } from '@tendril/intake/log-writer';
import type { WriteOutcome } from '@tendril/intake/request-state';
import { EventReader, EventTooDeep, isFields, type EventFields } from '../events/event-fields.ts';
import { EventWriter, nearestContext } from '../events/event-writer.ts';
import { FieldNames, METADATA } from '../events/field-names.ts';
import { PlainJson, type PlainJsonFallback } from '../events/plain-json.ts';

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
  const depthMax = writer.limits.nestingDepthMax;
  const context = nearestContext(nowNs);
  const reader = new EventReader({ context, depthMax, names: GELF_NAMES });
  const plain = new PlainJson({ events, writer, names: GELF_NAMES, nowNs });
  for (const message of messages) {
    if (message.bytes[0] === OPEN_BRACE && plain.writeSlice(message.bytes, LINE)) continue;
    try {
      writeMessage(message, events, reader);
    } catch (thrown) {
      if (!(thrown instanceof EventTooDeep)) throw thrown;
      events.reject('too_deep', thrown.message);
    }
  }
  return events.outcome();
}

const OPEN_BRACE = 0x7b;
/** The level is often that of the stream alone (Docker's driver); what the message says goes before it. */
const LINE: PlainJsonFallback = { isLine: true };

function writeMessage(message: GelfMessage, events: EventWriter, reader: EventReader): void {
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
  reader.begin();
  reader.addAll(fields);
  const event = reader.finish(text);
  const facility = fields['facility'];
  const { severityText, severityNumber } = event;
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

const NAMES: ReadonlyMap<string, string> = new Map([
  // Not of the event: of the protocol, and what has a rule of its own.
  ['version', `${METADATA}version`],
  ['full_message', `${METADATA}full_message`],
  ['host', 'host.name'],
  ['facility', 'gelf.facility'],
  ['file', 'code.file.path'],
  ['line', 'code.line.number'],
  ['_file', 'code.file.path'],
  ['_line', 'code.line.number'],
  ['_logger', 'logger'],
]);

/** What a sender adds begins with an underscore. */
const GELF_NAMES: FieldNames = new FieldNames(
  (name) => NAMES.get(name) ?? (name.startsWith('_') ? name.slice(1) : name),
  [`${METADATA}full_message`, 'gelf.facility'],
);

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
