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
  if (header === undefined) return await readRubble(window, offset, salt);
  const item = await readFrame(window, { offset, header, salt });
  if (item.kind === 'frame') return item;
  // Where bytes are missing the next frame begins before this one should end.
  const next = await findNextHeader(window, { from: offset + 1, to: offset + item.bytes, salt });
  return { ...item, bytes: (next ?? offset + item.bytes) - offset };
}

interface FramePlace {
  readonly offset: number;
  readonly header: FrameHeader;
  readonly salt: number;
}

async function readFrame(
  window: ReadWindow,
  place: FramePlace,
): Promise<SoundFrame | DamagedFrame> {
  const { offset, header } = place;
  const bytes = frameBytes(header);
  const available = window.end - offset;
  if (bytes <= available) return checkFrame(await window.view(offset, bytes), place);
  return { kind: 'damaged', reason: 'cut', offset, bytes: available, header, meta: undefined };
}

function checkFrame(
  frame: Buffer,
  { offset, header, salt }: FramePlace,
): SoundFrame | DamagedFrame {
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

async function readRubble(window: ReadWindow, offset: number, salt: number): Promise<Rubble> {
  const next = await findNextHeader(window, { from: offset + 1, to: window.end, salt });
  const end = next ?? window.end;
  const zeros = await isZero(window, offset, end);
  return { kind: 'rubble', offset, bytes: end - offset, zeros };
}

async function findNextHeader(
  window: ReadWindow,
  { from, to, salt }: { readonly from: number; readonly to: number; readonly salt: number },
): Promise<number | undefined> {
  let at = from;
  while (at < to) {
    // A header that begins before `to` may end behind it.
    const chunk = await window.view(at, Math.min(WINDOW_BYTES, to - at) + FRAME_HEADER_BYTES);
    const next = findHeader(chunk, salt);
    if (next !== undefined) return at + next < to ? at + next : undefined;
    at += Math.max(1, chunk.length - FRAME_HEADER_BYTES);
  }
  return undefined;
}

function findHeader(chunk: Buffer, salt: number): number | undefined {
  let at = chunk.indexOf(FRAME_MAGIC);
  while (at >= 0) {
    if (decodeFrameHeader(chunk, at, salt) !== undefined) return at;
    at = chunk.indexOf(FRAME_MAGIC, at + 1);
  }
  return undefined;
}

async function isZero(window: ReadWindow, from: number, to: number): Promise<boolean> {
  for (let at = from; at < to; at += WINDOW_BYTES) {
    const chunk = await window.view(at, Math.min(WINDOW_BYTES, to - at));
    if (chunk.some((byte) => byte !== 0)) return false;
  }
  return true;
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
