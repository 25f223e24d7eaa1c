/**
 * The lines of followed origins as records of one request after the other, and for each origin the place up to which
 * its records are in them: a record that may still grow is read again after a restart.
 */
import { RecordAssembler, type AssembledRecord } from '@tendril/intake/record-assembler';
import type { Origin, OriginLines } from '@tendril/intake/sources/origin-lines';
import type { AgentPlace } from './agent-sources.ts';
import type { RecordStream, RequestRecords, ShippedSource } from './request-records.ts';

export interface OriginStreamsOptions {
  readonly records: RequestRecords;
  readonly sourceOf: (origin: Origin) => ShippedSource;
}

/** Origins whose format is remembered while nothing is written to them. */
const STREAMS_MAX = 1_000;

export class OriginStreams {
  private readonly options: OriginStreamsOptions;
  private readonly streams: Map<string, OriginStream> = new Map();

  constructor(options: OriginStreamsOptions) {
    this.options = options;
  }

  /** Returns when the newest record that came out of them was written; undefined when none did. */
  push(lines: OriginLines<AgentPlace>, nowMs: number): bigint | undefined {
    const { id } = lines.origin;
    const stream = this.streamOf(lines.origin);
    // The one that was pushed to last is the last of the map.
    this.streams.delete(id);
    this.streams.set(id, stream);
    return stream.push(lines, nowMs);
  }

  private streamOf(origin: Origin): OriginStream {
    const known = this.streams.get(origin.id);
    const resource = JSON.stringify(origin.resource);
    if (known?.resource === resource) return known;
    // Started again, or more is known of it by now.
    known?.flush();
    const { records, sourceOf } = this.options;
    return new OriginStream(records, sourceOf(origin), resource);
  }

  /** What no line came to for so long is complete. */
  flushQuiet(quietSinceMs: number): void {
    for (const [id, stream] of this.streams) {
      if (stream.pushedAtMs > quietSinceMs) return;
      stream.flush();
      if (this.streams.size > STREAMS_MAX && !stream.hasPlace) this.streams.delete(id);
    }
  }

  /** Where the records of the batch end in each origin that they are from. */
  takePlaces(): readonly AgentPlace[] {
    return [...this.streams.values()].flatMap((stream) => stream.takePlace() ?? []);
  }
}

interface PushedLines {
  /** The number of its first line in the stream. */
  readonly from: number;
  readonly lines: OriginLines<AgentPlace>;
}

class OriginStream {
  pushedAtMs = 0;
  /** As text, to be compared. */
  readonly resource: string;
  private readonly assembler: RecordAssembler;
  private readonly stream: RecordStream;
  private newest: AssembledRecord | undefined;
  /** Those that hold lines of records which are not written. */
  private pushed: PushedLines[] = [];
  private lineCount = 0;
  private place: AgentPlace | undefined;

  constructor(records: RequestRecords, source: ShippedSource, resource: string) {
    this.resource = resource;
    this.stream = records.stream(source);
    this.assembler = new RecordAssembler((record) => {
      this.newest = record;
      records.put(record, this.stream);
    });
  }

  push(lines: OriginLines<AgentPlace>, nowMs: number): bigint | undefined {
    this.pushedAtMs = nowMs;
    this.pushed.push({ from: this.lineCount, lines });
    this.lineCount += lines.lines.length;
    this.newest = undefined;
    for (const line of lines.lines) this.assembler.push(line);
    this.movePlace();
    return this.newest && this.stream.reader.timeNsOf(this.newest);
  }

  flush(): void {
    this.assembler.flush();
    this.movePlace();
  }

  get hasPlace(): boolean {
    return this.place !== undefined;
  }

  /** Undefined when nothing was written since it was taken last. */
  takePlace(): AgentPlace | undefined {
    const { place } = this;
    this.place = undefined;
    return place;
  }

  private movePlace(): void {
    const writtenTo = Math.min(this.assembler.openFrom, this.lineCount);
    const at = this.pushed.findLastIndex(({ from }) => from < writtenTo);
    const pushed = this.pushed[at];
    if (!pushed) return;
    this.place = pushed.lines.placeAfter(writtenTo - pushed.from);
    const isWhole = writtenTo - pushed.from >= pushed.lines.lines.length;
    this.pushed = this.pushed.slice(isWhole ? at + 1 : at);
  }
}
