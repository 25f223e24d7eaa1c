/**
 * Messages of Fluent's forward protocol (version 1): Message, Forward, PackedForward and its compressed form.
 * The bytes of one message in, its entries out.
 */
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { BatchSink } from '@tendril/columns/batch';
import { ByteSource } from '@tendril/columns/byte-store';
import type { LogBatch } from '@tendril/columns/log-batch';
import type { LogWriter } from '@tendril/intake/log-writer';
import type { WriteOutcome } from '@tendril/intake/request-state';
import { Failure } from '@tendril/model/failure';
import { NS_PER_SECOND } from '@tendril/model/time-range';
import { EventReader, EventTooDeep, isFields } from '../events/event-fields.ts';
import { EventWriter, nearestContext } from '../events/event-writer.ts';
import { ECS_NAMES } from '../events/field-names.ts';
import { MessagePackEventReader } from '../events/messagepack-event-reader.ts';
import {
  plainEventsOf,
  type AddedAttribute,
  type PlainEvents,
  type PlainEventsRequest,
} from '../events/plain-events.ts';
import { decodeMessagePack, EVENT_TIME, EventTime, textOf, ValueScanner } from './messagepack.ts';

export interface ForwardMessage {
  readonly tag: string;
  readonly entries: ForwardEntries;
  /** To be answered once stored; empty when the sender does not ask. */
  readonly chunk: string;
}

/** Values of `[time, record]`: those of an array, the one of a single event, or bytes of many of them. */
type ForwardEntries =
  | { readonly kind: 'listed'; readonly list: readonly ForwardEntry[] }
  | { readonly kind: 'packed'; readonly bytes: Uint8Array };

interface ForwardEntry {
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
    const list = second.map(entryOf);
    return {
      tag: textOf(tag),
      entries: { kind: 'listed', list },
      chunk: optionOf(third, 'chunk'),
    };
  }
  if (second instanceof Uint8Array) {
    const packed = unpacked(second, optionOf(third, 'compressed'), limits);
    return {
      tag: textOf(tag),
      entries: { kind: 'packed', bytes: packed },
      chunk: optionOf(third, 'chunk'),
    };
  }
  const list = [{ time: second, record: third }];
  return { tag: textOf(tag), entries: { kind: 'listed', list }, chunk: optionOf(fourth, 'chunk') };
}

export function decodeForward(
  messages: readonly ForwardMessage[],
  writer: LogWriter,
  sink: BatchSink<LogBatch>,
  nowNs: bigint,
): WriteOutcome {
  const events = new EventWriter(writer, sink, nowNs);
  const entries = new EntryWriter(events, writer, nowNs);
  for (const message of messages) entries.write(message);
  return events.outcome();
}

class EntryWriter {
  private readonly events: EventWriter;
  private readonly reader: EventReader;
  private readonly plainReader: MessagePackEventReader;
  private readonly plain: PlainEvents;
  private readonly request: PlainEventsRequest;
  private readonly depthMax: number;

  constructor(events: EventWriter, writer: LogWriter, nowNs: bigint) {
    const context = nearestContext(nowNs);
    this.events = events;
    this.depthMax = writer.limits.nestingDepthMax;
    this.reader = new EventReader({ context, depthMax: this.depthMax });
    this.plain = plainEventsOf(writer);
    this.plainReader = new MessagePackEventReader(ECS_NAMES, this.plain.leaves);
    this.request = { events, names: ECS_NAMES, context };
  }

  write({ entries, tag }: ForwardMessage): void {
    const added = [[TAG_KEY, tag]] as const;
    const origin = { tag, added, fallback: { service: serviceOfTag(tag) } };
    if (entries.kind === 'packed') this.writePacked(entries.bytes, origin);
    else for (const entry of entries.list) this.writeEntry(entry, origin);
  }

  private writePacked(bytes: Uint8Array, origin: EntryOrigin): void {
    const source = new ByteSource(bytes);
    const scanner = new ValueScanner(this.depthMax);
    let start = 0;
    while (start < bytes.length) {
      const plainEnd = this.writePlain(source, start, origin);
      if (plainEnd > start) {
        start = plainEnd;
        continue;
      }
      const rest = bytes.subarray(start);
      const end = scanner.end(rest);
      if (end === undefined) throw malformed('packed entries end in the middle of one');
      this.writeEntry(entryOf(decodeMessagePack(rest.subarray(0, end))), origin);
      start += end;
    }
  }

  // Where the entry ends that was written; 0 when it is not a plain one, and was not.
  private writePlain(source: ByteSource, start: number, origin: EntryOrigin): number {
    const { bytes } = source;
    if (bytes[start] !== ENTRY) return 0;
    const timeEnd = plainTimeEnd(bytes, start + 1);
    if (timeEnd === 0) return 0;
    const end = this.plainReader.read(source, timeEnd, bytes.length, this.depthMax - ENTRY_LEVELS);
    if (end < 0) return 0;
    const { added, fallback } = origin;
    const isWritten = this.plain.write(this.request, {
      added,
      service: fallback.service,
      timeNs: plainTime(source, start + 1),
      bodyStart: 0,
      bodyEnd: 0,
      isLine: false,
    });
    return isWritten ? end : 0;
  }

  private writeEntry({ time, record }: ForwardEntry, { tag, fallback }: EntryOrigin): void {
    const { events, reader } = this;
    if (!isFields(record)) {
      events.reject('malformed', 'a record is not a map');
      return;
    }
    try {
      reader.begin();
      reader.addAll(record);
      reader.add(TAG_KEY, tag);
      const event = reader.finish('');
      const isTimed = event.timeNs !== undefined;
      events.write(isTimed ? event : { ...event, timeNs: timeOf(time) }, fallback);
    } catch (thrown) {
      if (!(thrown instanceof EventTooDeep)) throw thrown;
      events.reject('too_deep', thrown.message);
    }
  }
}

interface EntryOrigin {
  readonly tag: string;
  readonly added: readonly AddedAttribute[];
  readonly fallback: { readonly service: string };
}

/** The entry itself, and its record. */
const ENTRY_LEVELS = 2;
/** An array of two. */
const ENTRY = 0x92;
const UINT32 = 0xce;
const FIXED_EXTENSION_8 = 0xd7;

// Seconds or nanoseconds as most write them; 0 for anything else.
function plainTimeEnd(bytes: Uint8Array, at: number): number {
  if (bytes[at] === UINT32) return at + 5;
  return bytes[at] === FIXED_EXTENSION_8 && bytes[at + 1] === EVENT_TIME ? at + 10 : 0;
}

// Only where it is whole: a record follows.
function plainTime({ bytes, view }: ByteSource, at: number): bigint {
  if (bytes[at] === UINT32) return BigInt(view.getUint32(at + 1)) * NS_PER_SECOND;
  return BigInt(view.getUint32(at + 2)) * NS_PER_SECOND + BigInt(view.getUint32(at + 6));
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

function entryOf(entry: unknown): ForwardEntry {
  const [time, record]: readonly unknown[] = Array.isArray(entry) ? entry : [];
  return { time, record };
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
