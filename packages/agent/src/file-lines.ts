/**
 * The lines of followed files as records through one writer, and for each file the place up to which its
 * records are written: a record that may still grow is read again after a restart.
 */
import { LinesToBatch, type LinesSource } from '@tendril/intake/lines-to-batch';
import type { LogWriter } from '@tendril/intake/log-writer';
import type { FilePlace } from '@tendril/intake/sources/files/follow/file-place';
import type { FollowedLines } from '@tendril/intake/sources/files/follow/follow-files';

export interface FileLinesOptions {
  readonly writer: LogWriter;
  readonly sourceOf: (path: string) => LinesSource;
}

/** Files whose format is remembered while nothing is written to them. */
const STREAMS_MAX = 1_000;

export class FileStreams {
  private readonly options: FileLinesOptions;
  private readonly streams: Map<string, FileStream> = new Map();

  constructor(options: FileLinesOptions) {
    this.options = options;
  }

  push(lines: FollowedLines, nowMs: number): void {
    const { id } = lines.placeAfter(lines.lines.length);
    const { sourceOf, writer } = this.options;
    const stream = this.streams.get(id) ?? new FileStream(writer, sourceOf(lines.path));
    // The one that was pushed to last is the last of the map.
    this.streams.delete(id);
    this.streams.set(id, stream);
    stream.push(lines, nowMs);
  }

  /** What no line came to for so long is complete. */
  flushQuiet(quietSinceMs: number): void {
    for (const [id, stream] of this.streams) {
      if (stream.pushedAtMs > quietSinceMs) return;
      stream.flush();
      if (this.streams.size > STREAMS_MAX && !stream.hasPlace) this.streams.delete(id);
    }
  }

  /** Where the records of the batch end in each file that they are from. */
  takePlaces(): readonly FilePlace[] {
    return [...this.streams.values()].flatMap((stream) => stream.takePlace() ?? []);
  }
}

interface PushedLines {
  /** The number of its first line in the stream. */
  readonly from: number;
  readonly lines: FollowedLines;
}

class FileStream {
  pushedAtMs = 0;
  private readonly records: LinesToBatch;
  /** Those that hold lines of records which are not written. */
  private pushed: PushedLines[] = [];
  private lineCount = 0;
  private place: FilePlace | undefined;

  constructor(writer: LogWriter, source: LinesSource) {
    this.records = new LinesToBatch({ ...source, writer });
  }

  push(lines: FollowedLines, nowMs: number): void {
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
  takePlace(): FilePlace | undefined {
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
