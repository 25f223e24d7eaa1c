/**
 * A stream of lines that each begin with a time, read over any number of connections as one: what a
 * connection brings again is left out, by `RecentLines`.
 */
import { LineSplitter } from '../line-splitter.ts';
import { rfc3339At } from '../../transport/rfc3339.ts';
import {
  hashOf,
  parseRecent,
  printRecent,
  RecentLines,
  recentOf,
  type TimedLine,
} from './recent-lines.ts';

export interface TimedLines {
  readonly lines: readonly string[];
  readonly cursorAfter: (count: number) => string;
  readonly cutLines: number;
}

/** The stream goes on behind a gap: lines between were lost, or it is another stream. */
export class MissingOverlap extends Error {}

export class TimedReader {
  /** When lines came last, or something else did; a stream that is silent for long is asked about. */
  heardAtMs: number = Date.now();
  /** Whoever takes the lines is busy: silence is not the stream's. */
  isWaiting = false;
  /** Text that was no line of the log, as kubelet writes it into the stream when it cannot read on. */
  remark = '';
  private recent: readonly TimedLine[];

  constructor(cursor = '') {
    this.recent = parseRecent(cursor);
  }

  get cursor(): string {
    return printRecent(this.recent);
  }

  /** The second to ask for when the stream is opened, RFC 3339; undefined before the first line. */
  get sinceTime(): string | undefined {
    const [first] = this.recent;
    if (!first) return undefined;
    const oldest = this.recent.reduce(
      (time, line) => (line.time < time ? line.time : time),
      first.time,
    );
    return `${oldest.slice(0, 19)}Z`;
  }

  /** Of the newest line that came out; empty before. */
  get newestTime(): string {
    return this.recent.reduce((newest, { time }) => (time > newest ? time : newest), '');
  }

  /** The next stream is another one: nothing of it was read. */
  forget(): void {
    this.recent = [];
  }

  /**
   * The new lines of one connection, until it ends. Throws `MissingOverlap`, where `expectOverlap` is given, before a
   * first line that does not follow what was read. A last line without a line feed is left for the next time, but where `isLast`.
   */
  async *read(
    chunks: AsyncIterable<Buffer>,
    options: ReadTimedOptions,
  ): AsyncGenerator<TimedLines> {
    const session = new Session(this.recent, options);
    for await (const chunk of chunks) {
      this.heardAtMs = Date.now();
      yield* this.taken(session.push(chunk));
      this.heardAtMs = Date.now();
    }
    if (options.isLast()) yield* this.taken(session.finish());
  }

  private *taken(came: CameLines): Generator<TimedLines> {
    if (came.remark !== '') this.remark = came.remark;
    const { cutLines, lines, timed } = came;
    if (lines.length === 0) return;
    const before = this.recent;
    this.recent = recentOf(before, timed);
    this.isWaiting = true;
    yield {
      lines,
      cursorAfter: (count) => printRecent(recentOf(before, timed.slice(0, count))),
      cutLines,
    };
    this.isWaiting = false;
  }
}

export interface ReadTimedOptions {
  readonly expectOverlap: boolean;
  readonly isLast: () => boolean;
}

interface CameLines {
  readonly lines: readonly string[];
  readonly timed: readonly TimedLine[];
  readonly cutLines: number;
  readonly remark: string;
}

class Session {
  private readonly splitter = new LineSplitter();
  private readonly known: RecentLines;
  private readonly options: ReadTimedOptions;

  constructor(recent: readonly TimedLine[], options: ReadTimedOptions) {
    this.known = new RecentLines(recent);
    this.options = options;
  }

  push(chunk: Buffer): CameLines {
    const cutBefore = this.splitter.cutLines;
    const { lines } = this.splitter.push(chunk);
    return this.newOf(lines, this.splitter.cutLines - cutBefore);
  }

  finish(): CameLines {
    return this.newOf(this.splitter.finish().lines, 0);
  }

  private newOf(came: readonly string[], cutLines: number): CameLines {
    const lines: string[] = [];
    const timed: TimedLine[] = [];
    let remark = '';
    for (const line of came) {
      const time = timeOf(line);
      if (time === undefined) {
        remark = line;
        continue;
      }
      const own = { time, hash: hashOf(line) };
      if (this.known.take(own)) continue;
      if (this.options.expectOverlap && !this.known.hasMatched) throw new MissingOverlap();
      lines.push(line);
      timed.push(own);
    }
    return { lines, timed, cutLines, remark };
  }
}

const USUAL_LENGTH = 30;

/** In UTC, with nine digits and without the zone; undefined when the line does not begin with a time. */
export function timeOf(line: string): string | undefined {
  if (line[USUAL_LENGTH - 1] === 'Z' && line[19] === '.' && line[10] === 'T') {
    return line.slice(0, USUAL_LENGTH - 1);
  }
  const time = rfc3339At(line, 0);
  if (!time) return undefined;
  const seconds = new Date(Number(time.timeNs / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(time.timeNs % 1_000_000_000n).padStart(9, '0')}`;
}
