/** Chunks of UTF-16 in, whole lines out, with places in the bytes as they were written: `LineSplitter`'s twin. */
import { encodingOf, type TextEncoding } from '../text-encoding.ts';
import { LINE_BYTES_MAX, LineSplitter, type SplitLines } from './line-splitter.ts';

export type Splitter = Pick<LineSplitter, 'push' | 'finish' | 'offset' | 'cutLines'>;

/** For content that begins like this, from `offset` on, where a line begins. */
export function splitterOf(head: Uint8Array, offset: number): Splitter {
  const encoding = encodingOf(head);
  return encoding === 'utf-8' ? new LineSplitter(offset) : new Utf16Splitter(encoding, offset);
}

/** Where in `bytes`, which begin at an even place, the line after the last whole one begins; 0 when none ends here. */
export function afterLastLine(bytes: Buffer, encoding: TextEncoding): number {
  if (encoding === 'utf-8') return bytes.lastIndexOf(LINE_FEED) + 1;
  return lineEnds(bytes, encoding).at(-1) ?? 0;
}

const LINE_FEED = 0x0a;
const UNIT_BYTES = 2;
/** A unit has at most three bytes in UTF-8. */
const LINE_UNITS_MAX: number = Math.floor(LINE_BYTES_MAX / 3);

class Utf16Splitter implements Splitter {
  offset: number;
  cutLines = 0;
  private readonly encoding: TextEncoding;
  private kept: Buffer = Buffer.alloc(0);
  /** The end of a line that was too long: dropped until its line feed. */
  private isDropping = false;

  constructor(encoding: TextEncoding, offset: number) {
    this.encoding = encoding;
    this.offset = offset;
  }

  push(chunk: Buffer): SplitLines {
    const bytes = Buffer.concat([this.kept, chunk]);
    const start = this.offset;
    const lines: string[] = [];
    const ends: number[] = [];
    let at = 0;
    for (const end of lineEnds(bytes, this.encoding)) {
      const line = bytes.subarray(at, end - UNIT_BYTES);
      at = end;
      if (!this.isDropping) {
        lines.push(this.textOf(line, start === 0 && lines.length === 0));
        ends.push(end);
      }
      this.isDropping = false;
    }
    this.kept = bytes.subarray(at);
    this.offset = start + at;
    if (this.keptTooLong(start, lines)) ends.push(this.offset - start);
    return { lines, offsetAfter: (count) => start + (ends[count - 1] ?? 0) };
  }

  finish(): SplitLines {
    const { isDropping, kept } = this;
    const start = this.offset;
    this.kept = Buffer.alloc(0);
    this.offset += kept.length;
    const lines = kept.length === 0 || isDropping ? [] : [this.textOf(kept, start === 0)];
    return { lines, offsetAfter: (count) => (count === 0 ? start : this.offset) };
  }

  /** True when the beginning of a line that has become too long came out as a line. */
  private keptTooLong(start: number, lines: string[]): boolean {
    const { kept } = this;
    if (kept.length < (LINE_UNITS_MAX + 1) * UNIT_BYTES) return false;
    const wholeBytes = kept.length - (kept.length % UNIT_BYTES);
    const isFirst = !this.isDropping;
    if (isFirst) lines.push(this.textOf(kept, start === 0 && lines.length === 0));
    this.isDropping = true;
    this.kept = kept.subarray(wholeBytes);
    this.offset += wholeBytes;
    return isFirst;
  }

  private textOf(bytes: Buffer, isFirst: boolean): string {
    const units = Math.floor(bytes.length / UNIT_BYTES);
    if (units > LINE_UNITS_MAX) this.cutLines += 1;
    const used = bytes.subarray(0, Math.min(units, LINE_UNITS_MAX) * UNIT_BYTES);
    const littleEndian = this.encoding === 'utf-16be' ? Buffer.from(used).swap16() : used;
    const text = littleEndian.toString('utf16le').toWellFormed();
    const line = isFirst && text.startsWith('\uFEFF') ? text.slice(1) : text;
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  }
}

/** Where each line feed's unit ends. */
function lineEnds(bytes: Buffer, encoding: TextEncoding): number[] {
  const feedAt = encoding === 'utf-16be' ? 1 : 0;
  const ends: number[] = [];
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) {
    if (at % UNIT_BYTES !== feedAt) continue;
    const unit = at - feedAt;
    // The other half of a line feed is zero; U+010A and its like have one that is not.
    if (unit + UNIT_BYTES <= bytes.length && bytes[unit + 1 - feedAt] === 0) {
      ends.push(unit + UNIT_BYTES);
    }
  }
  return ends;
}
