/** Events of Beats and Logstash (JSON) or logstash-forwarder (pairs of texts), as records. */
import type { BatchSink } from '@tendril/columns/batch';
import type { LogBatch } from '@tendril/columns/log-batch';
import { decodeUtf8 } from '@tendril/columns/utf8';
import { parseJson } from '@tendril/intake/formats/json-text';
import type { LogWriter } from '@tendril/intake/log-writer';
import type { WriteOutcome } from '@tendril/intake/request-state';
import {
  eventOfFields,
  EventTooDeep,
  isFields,
  type EventOptions,
} from '../events/event-fields.ts';
import { EventWriter, nearestContext } from '../events/event-writer.ts';

export type BeatsEvent =
  | { readonly kind: 'json'; readonly bytes: Uint8Array }
  | { readonly kind: 'pairs'; readonly pairs: readonly (readonly [Uint8Array, Uint8Array])[] };

/** An event that cannot be read is refused alone: sent again it would not be better. */
export function decodeBeatsEvents(
  beatsEvents: readonly BeatsEvent[],
  writer: LogWriter,
  sink: BatchSink<LogBatch>,
  nowNs: bigint,
): WriteOutcome {
  const events = new EventWriter(writer, sink, nowNs);
  const options = {
    context: nearestContext(nowNs),
    depthMax: writer.limits.nestingDepthMax,
    fallbackBody: '',
  };
  for (const event of beatsEvents) writeEvent(event, events, options);
  return events.outcome();
}

function writeEvent(beatsEvent: BeatsEvent, events: EventWriter, options: EventOptions): void {
  const fallbackBody = beatsEvent.kind === 'json' ? textOf(beatsEvent.bytes) : '';
  const fields = fieldsOf(beatsEvent, fallbackBody);
  if (fields === undefined) {
    events.reject('malformed', 'an event is not a JSON object');
    return;
  }
  try {
    events.write(eventOfFields(fields, { ...options, fallbackBody }));
  } catch (thrown) {
    if (!(thrown instanceof EventTooDeep)) throw thrown;
    events.reject('too_deep', thrown.message);
  }
}

function fieldsOf(
  event: BeatsEvent,
  json: string,
): Iterable<readonly [string, unknown]> | undefined {
  if (event.kind === 'pairs') {
    return event.pairs.map(([key, value]) => [
      FORWARDER_NAMES.get(textOf(key)) ?? textOf(key),
      textOf(value),
    ]);
  }
  const document = parseJson(json);
  return isFields(document) ? Object.entries(document) : undefined;
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
