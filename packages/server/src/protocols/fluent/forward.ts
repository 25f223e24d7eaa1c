/**
 * Messages of Fluent's forward protocol (version 1): Message, Forward, PackedForward and its compressed form.
 * The bytes of one message in, its entries out.
 */
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { BatchSink } from '@tendril/columns/batch';
import type { LogBatch } from '@tendril/columns/log-batch';
import type { LogWriter } from '@tendril/intake/log-writer';
import type { WriteOutcome } from '@tendril/intake/request-state';
import { Failure } from '@tendril/model/failure';
import { EventReader, EventTooDeep, isFields } from '../events/event-fields.ts';
import { EventWriter, nearestContext } from '../events/event-writer.ts';
import { decodeMessagePack, EventTime, textOf, ValueScanner } from './messagepack.ts';

export interface ForwardMessage {
  readonly tag: string;
  /** Values of `[time, record]`, or the one of a single event. */
  readonly entries: Iterable<ForwardEntry>;
  /** To be answered once stored; empty when the sender does not ask. */
  readonly chunk: string;
}

export interface ForwardEntry {
  readonly time: unknown;
  readonly record: unknown;
}

export interface ForwardLimits {
  /** Of entries, decompressed. */
  readonly bytesMax: number;
  readonly depthMax: number;
}

/** Undefined for a heartbeat. Throws a `malformed` or `too_large` Failure. */
export function readForwardMessage(
  bytes: Uint8Array,
  limits: ForwardLimits,
): ForwardMessage | undefined {
  const message = decodeMessagePack(bytes);
  if (message === null) return undefined;
  if (!Array.isArray(message)) throw malformed('a message is not an array');
  const [tag, second, third, fourth]: readonly unknown[] = message;
  if (Array.isArray(second) && !isTimeWithMetadata(second)) {
    return { tag: textOf(tag), entries: listedEntries(second), chunk: optionOf(third, 'chunk') };
  }
  if (second instanceof Uint8Array) {
    const packed = unpacked(second, optionOf(third, 'compressed'), limits);
    const entries = packedEntries(packed, limits.depthMax);
    return { tag: textOf(tag), entries, chunk: optionOf(third, 'chunk') };
  }
  const entries = [{ time: second, record: third }];
  return { tag: textOf(tag), entries, chunk: optionOf(fourth, 'chunk') };
}

export function decodeForward(
  messages: readonly ForwardMessage[],
  writer: LogWriter,
  sink: BatchSink<LogBatch>,
  nowNs: bigint,
): WriteOutcome {
  const events = new EventWriter(writer, sink, nowNs);
  const depthMax = writer.limits.nestingDepthMax;
  const reader = new EventReader({ context: nearestContext(nowNs), depthMax });
  for (const message of messages) writeEntries(message, events, reader);
  return events.outcome();
}

function writeEntries(
  { tag, entries }: ForwardMessage,
  events: EventWriter,
  reader: EventReader,
): void {
  const fallback = { service: serviceOfTag(tag) };
  for (const { time, record } of entries) {
    if (!isFields(record)) {
      events.reject('malformed', 'a record is not a map');
      continue;
    }
    try {
      reader.begin();
      reader.addAll(record);
      reader.add(TAG_KEY, tag);
      const event = reader.finish('');
      events.write(
        event.timeNs === undefined ? { ...event, timeNs: timeOf(time) } : event,
        fallback,
      );
    } catch (thrown) {
      if (!(thrown instanceof EventTooDeep)) throw thrown;
      events.reject('too_deep', thrown.message);
    }
  }
}

const TAG_KEY = 'fluent.tag';

/** Tags of agents name a place (`kube.var.log.…`), those of programs the program (`myapp.access`). */
function serviceOfTag(tag: string): string {
  const [first = ''] = tag.split('.');
  return PLACES.has(first) ? '' : first;
}

const PLACES: ReadonlySet<string> = new Set([
  'kube',
  'kubernetes',
  'docker',
  'host',
  'var',
  'tail',
]);

// Fluent Bit from 2 on: `[time, {metadata}]`.
function isTimeWithMetadata(value: readonly unknown[]): boolean {
  return value.length === 2 && !Array.isArray(value[0]) && isFields(value[1]) && isTime(value[0]);
}

function isTime(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof EventTime;
}

function timeOf(time: unknown): bigint | undefined {
  const value: unknown = Array.isArray(time) ? time[0] : time;
  if (value instanceof EventTime) return value.ns;
  if (value instanceof Date) return BigInt(value.getTime()) * 1_000_000n;
  if (typeof value === 'bigint') return value * 1_000_000_000n;
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  return BigInt(Math.trunc(value * 1e6)) * 1_000n;
}

function* listedEntries(list: readonly unknown[]): Generator<ForwardEntry> {
  for (const entry of list) yield entryOf(entry);
}

function entryOf(entry: unknown): ForwardEntry {
  const [time, record]: readonly unknown[] = Array.isArray(entry) ? entry : [];
  return { time, record };
}

function* packedEntries(bytes: Uint8Array, depthMax: number): Generator<ForwardEntry> {
  const scanner = new ValueScanner(depthMax);
  let start = 0;
  while (start < bytes.length) {
    const rest = bytes.subarray(start);
    const end = scanner.end(rest);
    if (end === undefined) throw malformed('packed entries end in the middle of one');
    yield entryOf(decodeMessagePack(rest.subarray(0, end)));
    start += end;
  }
}

function unpacked(bytes: Uint8Array, compressed: string, { bytesMax }: ForwardLimits): Uint8Array {
  if (compressed === '' || compressed === 'text') return bytes;
  const inflate = INFLATERS.get(compressed);
  if (!inflate) throw malformed(`there is no compression "${compressed.slice(0, 20)}"`);
  try {
    return inflate(bytes, { maxOutputLength: bytesMax });
  } catch (cause) {
    throw malformed(`entries are not ${compressed}, or more than ${bytesMax} bytes`, cause);
  }
}

type Inflater = (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Uint8Array;

const INFLATERS: ReadonlyMap<string, Inflater> = new Map<string, Inflater>([
  ['gzip', gunzipSync],
  ['zstd', zstdDecompressSync],
]);

function optionOf(option: unknown, name: string): string {
  return isFields(option) ? textOf(option[name]) : '';
}

function malformed(reason: string, cause?: unknown): Failure {
  return new Failure({ code: 'malformed', detail: `cannot read Fluent forward: ${reason}`, cause });
}
