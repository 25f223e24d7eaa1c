/**
 * The lines of followed origins as records through one writer, and for each origin the place up to which its
 * records are written: a record that may still grow is read again after a restart.
 */
import { LinesToBatch, type LinesSource } from '@tendril/intake/lines-to-batch';
import type { LogWriter } from '@tendril/intake/log-writer';
import type { Origin, OriginLines } from '@tendril/intake/sources/origin-lines';
import type { AgentPlace } from './agent-sources.ts';

export interface OriginStreamsOptions {
  readonly writer: LogWriter;
  readonly sourceOf: (origin: Origin) => LinesSource;
}

/** Origins whose format is remembered while nothing is written to them. */
const STREAMS_MAX = 1_000;

export class OriginStreams {
  private readonly options: OriginStreamsOptions;
  private readonly streams: Map<string, OriginStream> = new Map();

  constructor(options: OriginStreamsOptions) {
    this.options = options;
  }

  push(lines: OriginLines<AgentPlace>, nowMs: number): void {
    const { id } = lines.origin;
    const stream = this.streamOf(lines.origin);
    // The one that was pushed to last is the last of the map.
    this.streams.delete(id);
    this.streams.set(id, stream);
    stream.push(lines, nowMs);
  }

  private streamOf(origin: Origin): OriginStream {
    const known = this.streams.get(origin.id);
    const resource = JSON.stringify(origin.resource);
    if (known?.resource === resource) return known;
    // Started again, or more is known of it by now.
    known?.flush();
    const { sourceOf, writer } = this.options;
    return new OriginStream(writer, sourceOf(origin), resource);
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
  private readonly records: LinesToBatch;
  /** Those that hold lines of records which are not written. */
  private pushed: PushedLines[] = [];
  private lineCount = 0;
  private place: AgentPlace | undefined;

  constructor(writer: LogWriter, source: LinesSource, resource: string) {
    this.resource = resource;
    this.records = new LinesToBatch({ ...source, writer });
  }

  push(lines: OriginLines<AgentPlace>, nowMs: number): void {
    this.pushedAtMs = nowMs;
    this.pushed.push({ from: this.lineCount, lines });
    this.lineCount += lines.lines.length;
    for (const line of lines.lines) this.records.push(line);
    this.movePlace();
  }

  flush(): void {
    this.records.flush();
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
    const writtenTo = Math.min(this.records.openFrom, this.lineCount);
    const at = this.pushed.findLastIndex(({ from }) => from < writtenTo);
    const pushed = this.pushed[at];
    if (!pushed) return;
    this.place = pushed.lines.placeAfter(writtenTo - pushed.from);
    const isWhole = writtenTo - pushed.from >= pushed.lines.lines.length;
    this.pushed = this.pushed.slice(isWhole ? at + 1 : at);
  }
}
