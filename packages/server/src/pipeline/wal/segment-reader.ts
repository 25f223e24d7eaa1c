/**
 * Reads one segment from an offset on: sound frames, damaged frames and stretches of rubble, in order.
 * What they mean (lost, torn, repeated) is decided by the caller. Never throws for what the bytes hold;
 * only for a file that cannot be read.
 */
import { open, type FileHandle } from 'node:fs/promises';
import {
  decodeFrameHeader,
  frameBytes,
  FRAME_HEADER_BYTES,
  FRAME_MAGIC,
  FRAME_VERSION,
  isSound,
  type FrameHeader,
} from './frame.ts';

export type SegmentItem = SoundFrame | DamagedFrame | Rubble;

/** The header is sound, so its length and counts can be trusted; the rest is not. */
export interface DamagedFrame {
  readonly kind: 'damaged';
  readonly reason: 'checksum' | 'unsupported_version' | 'cut';
  readonly offset: number;
  readonly bytes: number;
  readonly header: FrameHeader;
  /** Undefined when it is damaged too. */
  readonly meta: Buffer | undefined;
}

/** Here no header can be trusted. */
export interface Rubble {
  readonly kind: 'rubble';
  readonly offset: number;
  readonly bytes: number;
  /** Nothing but zero bytes, as a power loss leaves them. */
  readonly zeros: boolean;
}

export interface SoundFrame {
  readonly kind: 'frame';
  readonly offset: number;
  readonly bytes: number;
  readonly header: FrameHeader;
  readonly meta: Buffer;
  /** A view that may be kept; it holds on to a read window of some MiB. */
  readonly blocks: Buffer;
}

export interface ReadSegmentOptions {
  readonly path: string;
  readonly salt: number;
  readonly fromOffset?: number;
  /** Where to stop: the end of what was committed. The end of the file when absent. */
  readonly toOffset?: number;
}

/** Large enough that small frames cost no read of their own. */
const WINDOW_BYTES = 4 * 1024 * 1024;

export async function* readSegment(options: ReadSegmentOptions): AsyncGenerator<SegmentItem> {
  const handle = await open(options.path, 'r');
  try {
    const { size } = await handle.stat();
    const window = new ReadWindow(handle, Math.min(options.toOffset ?? size, size));
    let offset = options.fromOffset ?? 0;
    while (offset < window.end) {
      const item = await readItem(window, offset, options.salt);
      yield item;
      offset += item.bytes;
    }
  } finally {
    await handle.close();
  }
}

async function readItem(window: ReadWindow, offset: number, salt: number): Promise<SegmentItem> {
  const head = await window.view(offset, FRAME_HEADER_BYTES);
  const header = decodeFrameHeader(head, 0, salt);
  if (header === undefined) return readRubble(window, offset, salt);
  const available = window.end - offset;
  const bytes = frameBytes(header);
  if (bytes > available) {
    return { kind: 'damaged', reason: 'cut', offset, bytes: available, header, meta: undefined };
  }
  return checkFrame(await window.view(offset, bytes), { offset, header, salt });
}

function checkFrame(
  frame: Buffer,
  { offset, header, salt }: { offset: number; header: FrameHeader; salt: number },
): SegmentItem {
  const bytes = frame.length;
  const metaEnd = FRAME_HEADER_BYTES + header.metaBytes;
  const meta = frame.subarray(FRAME_HEADER_BYTES, metaEnd);
  const blocks = frame.subarray(metaEnd);
  if (header.version !== FRAME_VERSION || header.kind === undefined) {
    const reason = 'unsupported_version';
    return { kind: 'damaged', reason, offset, bytes, header, meta: undefined };
  }
  const metaIsSound = isSound(meta, header.metaCrc, salt);
  if (metaIsSound && isSound(blocks, header.blockCrc, salt)) {
    return { kind: 'frame', offset, bytes, header, meta, blocks };
  }
  const soundMeta = metaIsSound ? meta : undefined;
  return { kind: 'damaged', reason: 'checksum', offset, bytes, header, meta: soundMeta };
}

async function readRubble(window: ReadWindow, offset: number, salt: number): Promise<SegmentItem> {
  let zeros = true;
  let at = offset;
  while (at < window.end) {
    const chunk = await window.view(at, Math.min(WINDOW_BYTES, window.end - at));
    // A frame cannot begin where this rubble does: that was tried.
    const next = findHeader(chunk, at === offset ? 1 : 0, salt);
    zeros &&= isZero(chunk.subarray(0, next));
    if (next !== undefined) return { kind: 'rubble', offset, bytes: at + next - offset, zeros };
    if (at + chunk.length >= window.end) break;
    // A header may lie across the end of this chunk.
    at += Math.max(1, chunk.length - FRAME_HEADER_BYTES + 1);
  }
  return { kind: 'rubble', offset, bytes: window.end - offset, zeros };
}

function findHeader(chunk: Buffer, from: number, salt: number): number | undefined {
  let at = chunk.indexOf(FRAME_MAGIC, from);
  while (at >= 0) {
    if (decodeFrameHeader(chunk, at, salt) !== undefined) return at;
    at = chunk.indexOf(FRAME_MAGIC, at + 1);
  }
  return undefined;
}

function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}

/** A stretch of the file in memory, read ahead. */
class ReadWindow {
  readonly end: number;
  readonly #handle: FileHandle;
  #start = 0;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(handle: FileHandle, end: number) {
    this.#handle = handle;
    this.end = end;
  }

  /** At most `length` bytes: fewer at the end of the file. */
  async view(offset: number, length: number): Promise<Buffer> {
    const wanted = Math.min(length, this.end - offset);
    if (offset < this.#start || offset + wanted > this.#start + this.#bytes.length) {
      await this.#fill(offset, Math.min(Math.max(wanted, WINDOW_BYTES), this.end - offset));
    }
    return this.#bytes.subarray(offset - this.#start, offset - this.#start + wanted);
  }

  async #fill(offset: number, length: number): Promise<void> {
    const bytes = Buffer.allocUnsafeSlow(length);
    let done = 0;
    while (done < length) {
      const { bytesRead } = await this.#handle.read(bytes, done, length - done, offset + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    // A file that shrank under the reader: the rest reads as zeros, which no checksum accepts.
    bytes.fill(0, done);
    this.#start = offset;
    this.#bytes = bytes;
  }
}
