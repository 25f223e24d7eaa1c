/** Chunks of bytes in, whole lines out. Keeps the beginning of a line until its end arrives. */
import { LineDecoder } from '../text-encoding.ts';

/** Longest line; the rest is dropped and counted. The limit of a record's message is the same. */
export const LINE_BYTES_MAX: number = 2 * 1024 * 1024;

const LINE_FEED = 0x0a;
const BYTE_ORDER_MARK = '\uFEFF';

export interface SplitLines {
  readonly lines: string[];
  /** Where in the source the line after the first `count` begins. */
  readonly offsetAfter: (count: number) => number;
}

export class LineSplitter {
  /** Bytes up to the end of the last line that came out. */
  offset: number;
  /** Lines that lost their end since the start. */
  cutLines = 0;
  private readonly decoder = new LineDecoder();
  private readonly kept: Buffer[] = [];
  private keptBytes = 0;
  // The end of a line that was too long: dropped until its line feed.
  private isDropping = false;

  /** `offset` is where in the source the first chunk begins. */
  constructor(offset = 0) {
    this.offset = offset;
  }

  push(chunk: Buffer): SplitLines {
    const end = chunk.lastIndexOf(LINE_FEED);
    if (end < 0) return this.only(this.keep(chunk));
    const split = this.split(chunk.subarray(0, end + 1));
    const cut = this.keep(chunk.subarray(end + 1));
    if (cut === undefined) return split;
    const lines = [...split.lines, cut];
    const { offset } = this;
    return {
      lines,
      offsetAfter: (count) => (count === lines.length ? offset : split.offsetAfter(count)),
    };
  }

  /** The last line, when no line feed ended it. */
  finish(): SplitLines {
    if (this.keptBytes === 0) return this.only(undefined);
    const rest = Buffer.concat(this.kept);
    this.forget();
    this.offset += rest.length;
    return this.only(this.isDropping ? undefined : this.lineOf(rest));
  }

  private only(line: string | undefined): SplitLines {
    const { offset } = this;
    return { lines: line === undefined ? [] : [line], offsetAfter: () => offset };
  }

  // `chunk` ends with a line feed.
  private split(chunk: Buffer): SplitLines {
    const isFirst = this.offset === 0 && !this.isDropping;
    const whole = this.keptBytes === 0 ? chunk : Buffer.concat([...this.kept, chunk]);
    this.forget();
    const start = this.offset;
    this.offset += whole.length;
    const from = this.isDropping ? whole.indexOf(LINE_FEED) + 1 : 0;
    this.isDropping = false;
    if (from === whole.length) return this.only(undefined);
    const lines = this.decoder.lines(whole, from, whole.length - 1);
    const [first = ''] = lines;
    if (isFirst && first.startsWith(BYTE_ORDER_MARK)) lines[0] = first.slice(1);
    return {
      lines: lines.map((line) => this.shortened(line)),
      offsetAfter: (count) => start + afterLines(whole, from, count),
    };
  }

  // Returns the beginning of a line that has become too long.
  private keep(rest: Buffer): string | undefined {
    if (rest.length === 0) return undefined;
    // A copy: the chunk's memory is its reader's.
    this.kept.push(Buffer.from(rest));
    this.keptBytes += rest.length;
    if (this.isDropping) {
      this.offset += this.keptBytes;
      this.forget();
      return undefined;
    }
    if (this.keptBytes <= LINE_BYTES_MAX) return undefined;
    const line = Buffer.concat(this.kept);
    this.offset += line.length;
    this.forget();
    this.isDropping = true;
    return this.lineOf(line);
  }

  private lineOf(bytes: Buffer): string {
    const end = Math.min(bytes.length, LINE_BYTES_MAX + 1);
    const [text = ''] = this.decoder.lines(bytes, 0, end);
    return this.shortened(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text);
  }

  private shortened(line: string): string {
    // A UTF-16 unit is at least a byte: only lines that may be too long are measured.
    if (line.length * 3 > LINE_BYTES_MAX && Buffer.byteLength(line) > LINE_BYTES_MAX) {
      this.cutLines += 1;
      return cutToBytes(line);
    }
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  }

  private forget(): void {
    this.kept.length = 0;
    this.keptBytes = 0;
  }
}

function afterLines(bytes: Buffer, from: number, count: number): number {
  let at = from;
  for (let line = 0; line < count; line += 1) at = bytes.indexOf(LINE_FEED, at) + 1;
  return at;
}

// Decoding a cut sequence ends in a replacement character; what it stood for is gone anyway.
function cutToBytes(line: string): string {
  const text = Buffer.from(line).toString('utf8', 0, LINE_BYTES_MAX);
  return text.endsWith('\uFFFD') ? text.slice(0, -1) : text;
}
