/**
 * Syslog over a stream (RFC 6587): chunks in, the bytes of one message each out. Senders mix octet counts
 * and line ends on one connection, so each message is looked at anew. A message over the limit is cut
 * there and its rest skipped.
 */
import { FrameBuffer } from '../frame-buffer.ts';

/** RFC 5424 asks for 2 KiB at least; stack traces and JSON need far more. */
export const MESSAGE_BYTES_MAX: number = 1024 * 1024;

export interface SyslogFrame {
  readonly bytes: Uint8Array;
  readonly isCut: boolean;
}

/** Digits, a blank and the `<` of the priority: without it a message that begins with a number is meant. */
const COUNT_BYTES_MAX = 10;
const FEED = 0x0a;
const RETURN = 0x0d;
const BLANK = 0x20;
const LESS_THAN = 0x3c;

export class SyslogFrames {
  private readonly buffer: FrameBuffer = new FrameBuffer();
  /** Of a counted message that was cut: so many bytes more. */
  private countedToSkip = 0;
  /** Of a line that was cut: up to its end. */
  private skipsLine = false;
  /** Bytes at the start of the buffer in which there is no line end. */
  private searched = 0;

  /** Bytes of a message that has begun and not ended. */
  get heldBytes(): number {
    return this.buffer.length;
  }

  /** Frames are valid until the next `push`. */
  *push(chunk: Uint8Array): Generator<SyslogFrame> {
    this.buffer.append(chunk);
    while (this.skip()) {
      const frame = this.next(false);
      if (frame === undefined) return;
      if (frame.bytes.length > 0) yield frame;
    }
  }

  /** The sender closed: what it left is a message. */
  *finish(): Generator<SyslogFrame> {
    if (!this.skip() || this.buffer.length === 0) return;
    const frame = this.next(true);
    if (frame && frame.bytes.length > 0) yield frame;
  }

  // False when all there is belongs to a message that was cut.
  private skip(): boolean {
    const skipped = Math.min(this.countedToSkip, this.buffer.length);
    this.consume(skipped);
    this.countedToSkip -= skipped;
    if (this.skipsLine) {
      const end = lineEnd(this.buffer.bytes(), 0);
      this.consume(end < 0 ? this.buffer.length : end + 1);
      this.skipsLine = end < 0;
    }
    return this.countedToSkip === 0 && !this.skipsLine;
  }

  private next(isLast: boolean): SyslogFrame | undefined {
    const bytes = this.buffer.bytes();
    const count = octetCount(bytes);
    if (count === 'unknown' && !isLast) return undefined;
    return typeof count === 'object'
      ? this.counted(bytes, count, isLast)
      : this.line(bytes, isLast);
  }

  private counted(
    bytes: Uint8Array,
    { start, length }: OctetCount,
    isLast: boolean,
  ): SyslogFrame | undefined {
    const kept = Math.min(length, MESSAGE_BYTES_MAX);
    if (bytes.length < start + kept && !isLast) return undefined;
    const frame = bytes.subarray(start, start + kept);
    this.consume(start + kept);
    this.countedToSkip = length - kept;
    return { bytes: trimmed(frame), isCut: kept < length };
  }

  private line(bytes: Uint8Array, isLast: boolean): SyslogFrame | undefined {
    const end = lineEnd(bytes, this.searched);
    if (end >= 0 && end <= MESSAGE_BYTES_MAX) {
      this.consume(end + 1);
      return { bytes: trimmed(bytes.subarray(0, end)), isCut: false };
    }
    if (bytes.length <= MESSAGE_BYTES_MAX && !isLast) {
      this.searched = bytes.length;
      return undefined;
    }
    const kept = Math.min(bytes.length, MESSAGE_BYTES_MAX);
    this.consume(kept);
    this.skipsLine = kept === MESSAGE_BYTES_MAX;
    return { bytes: trimmed(bytes.subarray(0, kept)), isCut: this.skipsLine };
  }

  private consume(count: number): void {
    this.buffer.consume(count);
    this.searched = 0;
  }
}

interface OctetCount {
  /** Where the message begins. */
  readonly start: number;
  readonly length: number;
}

/** `unknown` when more bytes are needed to tell. */
function octetCount(bytes: Uint8Array): OctetCount | 'unknown' | undefined {
  let length = 0;
  for (let at = 0; at < COUNT_BYTES_MAX; at += 1) {
    const byte = bytes[at];
    if (byte === undefined) return 'unknown';
    if (byte === BLANK && at > 0) {
      const after = bytes[at + 1];
      if (after === undefined) return 'unknown';
      return after === LESS_THAN ? { start: at + 1, length } : undefined;
    }
    if (byte < 0x30 || byte > 0x39 || (at === 0 && byte === 0x30)) return undefined;
    length = length * 10 + byte - 0x30;
  }
  return undefined;
}

/** A line feed, or the NUL that some senders end messages with. */
function lineEnd(bytes: Uint8Array, from: number): number {
  const feed = bytes.indexOf(FEED, from);
  const nul = bytes.subarray(0, feed < 0 ? bytes.length : feed).indexOf(0, from);
  return nul < 0 ? feed : nul;
}

/** Some senders count a line end, or write one after a counted message. */
export function trimmed(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  let start = 0;
  while (end > 0 && isLineEnd(bytes[end - 1])) end -= 1;
  while (start < end && isLineEnd(bytes[start])) start += 1;
  return bytes.subarray(start, end);
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === FEED || byte === RETURN || byte === 0;
}
