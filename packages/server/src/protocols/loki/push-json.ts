/** Loki's push request in JSON: `{"streams":[{"stream":{…},"values":[["NS","LINE",{…}]]}]}`. */
import type { AttributeScalar } from '@tendril/model/attribute';
import { Failure } from '@tendril/model/failure';
import { isFields } from '../events/event-fields.ts';
import { parseJsonDocument } from '../otlp/json-document.ts';
import type { LokiEntry, LokiStream } from './push.ts';

/** Throws a `malformed` Failure. */
export function* jsonStreams(body: Uint8Array, depthMax: number): Generator<LokiStream> {
  const document = parseJsonDocument(body, depthMax);
  const streams = isFields(document) ? document['streams'] : undefined;
  if (!Array.isArray(streams)) throw malformed('it has no list of streams');
  for (const stream of streams as readonly unknown[]) {
    if (!isFields(stream)) throw malformed('a stream is not an object');
    const values = stream['values'] ?? [];
    if (!Array.isArray(values)) throw malformed('the values of a stream are not a list');
    const entries = (values as readonly unknown[]).map(entryOf);
    yield { labels: labelsOf(stream['stream']), entries };
  }
}

function labelsOf(stream: unknown): ReadonlyMap<string, string> {
  if (stream === undefined || stream === null) return new Map();
  if (!isFields(stream)) throw malformed('the labels of a stream are not an object');
  return new Map(Object.entries(stream).map(([name, value]) => [name, textOf(value)]));
}

function entryOf(value: unknown): LokiEntry {
  const parts: readonly unknown[] = Array.isArray(value) ? value : [];
  const [time, line, metadata] = parts;
  const timeNs = timeOf(time);
  if (timeNs === undefined) {
    const reason = 'the time of a value is not nanoseconds';
    return { kind: 'refused', code: 'bad_timestamp', reason };
  }
  if (typeof line !== 'string') {
    return { kind: 'refused', code: 'malformed', reason: 'the line of a value is not a text' };
  }
  return { kind: 'entry', timeNs, line, metadata: metadataOf(metadata) };
}

// Strings by the specification; some senders write numbers.
function timeOf(time: unknown): bigint | undefined {
  if (typeof time === 'bigint') return time;
  const text = typeof time === 'number' ? String(Math.trunc(time)) : time;
  return typeof text === 'string' && /^\d{1,19}$/.test(text) ? BigInt(text) : undefined;
}

function metadataOf(metadata: unknown): ReadonlyMap<string, AttributeScalar> {
  if (!isFields(metadata)) return NO_METADATA;
  return new Map(Object.entries(metadata).map(([name, value]) => [name, scalarOf(value)]));
}

const NO_METADATA: ReadonlyMap<string, AttributeScalar> = new Map();

function scalarOf(value: unknown): AttributeScalar {
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (typeof value === 'boolean' || typeof value === 'bigint') return value;
  return JSON.stringify(value) ?? '';
}

function textOf(value: unknown): string {
  return String(scalarOf(value));
}

function malformed(reason: string): Failure {
  return new Failure({ code: 'malformed', detail: `cannot read the push request: ${reason}` });
}
