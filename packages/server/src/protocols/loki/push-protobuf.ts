/** Loki's `logproto.PushRequest` (after snappy), read in place. */
import { decodeUtf8 } from '@tendril/columns/utf8';
import { ProtobufCursor, WIRE } from '../otlp/protobuf-cursor.ts';
import { parseLabels } from './labels.ts';
import type { LokiEntry, LokiStream } from './push.ts';

// Tags: field number times 8 plus wire type.
const STREAM = 10;
const LABELS = 10;
const ENTRY = 18;
const ENTRY_TIME = 10;
const ENTRY_LINE = 18;
const ENTRY_METADATA = 26;
const SECONDS = 8;
const NANOSECONDS = 16;
const NAME = 10;
const VALUE = 18;

/** Throws a `malformed` Failure, in the middle too. */
export function* protobufStreams(body: Uint8Array): Generator<LokiStream> {
  yield* new Reader(body).streams(body.length);
}

class Reader {
  private readonly cursor: ProtobufCursor;

  constructor(body: Uint8Array) {
    this.cursor = new ProtobufCursor(body);
  }

  *streams(end: number): Generator<LokiStream> {
    for (const { tag, end: streamEnd } of this.fields(end)) {
      if (tag === STREAM) yield this.stream(streamEnd);
    }
  }

  private stream(end: number): LokiStream {
    const entries: (readonly [start: number, end: number])[] = [];
    let labels = '{}';
    for (const field of this.fields(end)) {
      // Labels may follow entries.
      if (field.tag === LABELS) labels = this.text(field.end);
      if (field.tag === ENTRY) entries.push([this.cursor.position, field.end]);
    }
    return { labels: parseLabels(labels), entries: this.entries(entries) };
  }

  private *entries(ranges: readonly (readonly [number, number])[]): Generator<LokiEntry> {
    const after = this.cursor.position;
    for (const [start, end] of ranges) {
      this.cursor.position = start;
      yield this.entry(end);
    }
    this.cursor.position = after;
  }

  private entry(end: number): LokiEntry {
    let timeNs = 0n;
    let line = '';
    const metadata = new Map<string, string>();
    for (const field of this.fields(end)) {
      if (field.tag === ENTRY_TIME) timeNs = this.time(field.end);
      else if (field.tag === ENTRY_LINE) line = this.text(field.end);
      else if (field.tag === ENTRY_METADATA) this.addPair(metadata, field.end);
    }
    return { kind: 'entry', timeNs, line, metadata };
  }

  private addPair(metadata: Map<string, string>, end: number): void {
    let name = '';
    let value = '';
    for (const field of this.fields(end)) {
      if (field.tag === NAME) name = this.text(field.end);
      if (field.tag === VALUE) value = this.text(field.end);
    }
    metadata.set(name, value);
  }

  private time(end: number): bigint {
    const { cursor } = this;
    let seconds = 0n;
    let nanoseconds = 0n;
    while (cursor.position < end) {
      const tag = cursor.tag();
      if (tag === SECONDS) {
        cursor.varint64();
        seconds = (BigInt(cursor.high >>> 0) << 32n) | BigInt(cursor.low >>> 0);
      } else if (tag === NANOSECONDS) nanoseconds = BigInt(cursor.varint32());
      else cursor.skip(tag, end);
    }
    cursor.expectEnd(end);
    return BigInt.asIntN(64, seconds) * 1_000_000_000n + nanoseconds;
  }

  /**
   * The length-delimited fields up to `end`: the cursor is at the first byte of each, and moved behind its
   * last when the next is asked for. Scalars of these messages say nothing that is kept.
   */
  private *fields(end: number): Generator<{ readonly tag: number; readonly end: number }> {
    const { cursor } = this;
    while (cursor.position < end) {
      const tag = cursor.tag();
      if ((tag & 7) !== WIRE.bytes) {
        cursor.skip(tag, end);
        continue;
      }
      const fieldEnd = cursor.fieldEnd(end);
      yield { tag, end: fieldEnd };
      cursor.position = fieldEnd;
    }
    cursor.expectEnd(end);
  }

  private text(end: number): string {
    return decodeUtf8(this.cursor.bytes, this.cursor.position, end);
  }
}
