/** Events of Beats and Logstash (JSON) or logstash-forwarder (pairs of texts), as records. */
import type { BatchSink } from '@tendril/columns/batch';
import type { LogBatch } from '@tendril/columns/log-batch';
import { decodeUtf8 } from '@tendril/columns/utf8';
import { parseJson } from '@tendril/intake/formats/json-text';
import type { LogWriter } from '@tendril/intake/log-writer';
import type { WriteOutcome } from '@tendril/intake/request-state';
import { EventReader, EventTooDeep, isFields } from '../events/event-fields.ts';
import { EventWriter, nearestContext } from '../events/event-writer.ts';
import { ECS_NAMES } from '../events/field-names.ts';
import { PlainJson, type PlainJsonFallback } from '../events/plain-json.ts';

export type BeatsEvent =
  | { readonly kind: 'json'; readonly bytes: Buffer }
  | { readonly kind: 'pairs'; readonly pairs: readonly (readonly [Uint8Array, Uint8Array])[] };

/** An event that cannot be read is refused alone: sent again it would not be better. */
export function decodeBeatsEvents(
  beatsEvents: readonly BeatsEvent[],
  writer: LogWriter,
  sink: BatchSink<LogBatch>,
  nowNs: bigint,
): WriteOutcome {
  const events = new EventWriter(writer, sink, nowNs);
  const depthMax = writer.limits.nestingDepthMax;
  const reader = new EventReader({ context: nearestContext(nowNs), depthMax });
  const plain = new PlainJson({ events, writer, names: ECS_NAMES, nowNs });
  for (const event of beatsEvents) {
    const isWritten = event.kind === 'json' && plain.writeSlice(event.bytes, NO_FALLBACK);
    if (!isWritten) writeEvent(event, events, reader);
  }
  return events.outcome();
}

const NO_FALLBACK: PlainJsonFallback = {};

function writeEvent(beatsEvent: BeatsEvent, events: EventWriter, reader: EventReader): void {
  reader.begin();
  try {
    const body = beatsEvent.kind === 'json' ? addJson(beatsEvent.bytes, reader) : '';
    if (beatsEvent.kind === 'pairs') addPairs(beatsEvent.pairs, reader);
    if (body === undefined) events.reject('malformed', 'an event is not a JSON object');
    else events.write(reader.finish(body));
  } catch (thrown) {
    if (!(thrown instanceof EventTooDeep)) throw thrown;
    events.reject('too_deep', thrown.message);
  }
}

// Its text; undefined when it is no object.
function addJson(bytes: Uint8Array, reader: EventReader): string | undefined {
  const json = textOf(bytes);
  const document = parseJson(json);
  if (!isFields(document)) return undefined;
  reader.addAll(document);
  return json;
}

function addPairs(
  pairs: Extract<BeatsEvent, { kind: 'pairs' }>['pairs'],
  reader: EventReader,
): void {
  for (const [key, value] of pairs) {
    const name = textOf(key);
    reader.add(FORWARDER_NAMES.get(name) ?? name, textOf(value));
  }
}

/** What logstash-forwarder calls them. */
const FORWARDER_NAMES: ReadonlyMap<string, string> = new Map([
  ['line', 'message'],
  ['file', 'log.file.path'],
  ['offset', 'log.offset'],
]);

function textOf(bytes: Uint8Array): string {
  return decodeUtf8(bytes, 0, bytes.length);
}
