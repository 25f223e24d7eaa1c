/**
 * Committed frames in order, waiting to be fed. The oldest are held in memory up to a limit; those
 * behind it are left in the WAL and read back when their turn comes. After a restart everything that
 * is pending is left in the WAL.
 */
import { parseDataMeta } from '../wal/frame-meta.ts';
import { readSegment, type SoundFrame } from '../wal/segment-reader.ts';
import type { CommittedFrame, WalSegment } from '../wal/wal.ts';
import type { Warn } from '../warn.ts';
import { pendingFrame, type PendingFrame } from './pending-frame.ts';

export interface FrameQueueOptions {
  /** Of frames that wait in memory. */
  readonly memoryBytesMax: number;
  /** Frames too small to count by bytes. */
  readonly memoryFramesMax: number;
  /** Oldest first, with what is committed of each. */
  readonly segments: () => readonly WalSegment[];
  /** Frames that must not be fed, and those that are fed. */
  readonly isSkipped: (frame: number) => boolean;
  readonly warn: Warn;
}

/** A stretch of the WAL that is not in memory. */
export interface LeftInWal {
  segment: WalSegment;
  offset: number;
  atMs: number;
  records: number;
  /** The newest frame in it. */
  lastFrame: number;
}

/** Of one read from the WAL: enough for an insert, little enough to hold. */
const READ_BYTES = 64 * 1024 * 1024;

export class FrameQueue {
  readonly #options: FrameQueueOptions;
  #frames: PendingFrame[] = [];
  #bytes = 0;
  #records = 0;
  /** A copied segment must not be fed twice. */
  #lastRead = 0;
  #left: LeftInWal | undefined;

  constructor(options: FrameQueueOptions, left: LeftInWal | undefined) {
    this.#options = options;
    this.#left = left;
  }

  get isEmpty(): boolean {
    return this.#frames.length === 0 && this.#left === undefined;
  }

  /** Some frames are not in memory: feeding is behind. */
  get isLeftInWal(): boolean {
    return this.#left !== undefined;
  }

  /** The newest frame that was pushed or left; 0 when there never was one. */
  get newestFrame(): number {
    return this.#left?.lastFrame ?? this.#lastRead;
  }

  /** The oldest frame in memory. */
  get oldestFrame(): number {
    return this.#frames[0]?.frame ?? Number.POSITIVE_INFINITY;
  }

  /** In memory. */
  get bytes(): number {
    return this.#bytes;
  }

  get records(): number {
    return this.#records + (this.#left?.records ?? 0);
  }

  /** When the oldest frame was committed; undefined when nothing waits. */
  get oldestAtMs(): number | undefined {
    return this.#frames[0]?.atMs ?? this.#left?.atMs;
  }

  /** Frames must come in order. */
  push(committed: CommittedFrame): void {
    const { frame, recordCount, meta, segment, offset } = committed;
    if (this.#left !== undefined) {
      this.#left.records += recordCount;
      this.#left.lastFrame = frame;
      committed.release();
    } else if (this.#isFull(committed.blocks.length)) {
      const { atMs } = meta;
      this.#left = { segment, offset, atMs, records: recordCount, lastFrame: frame };
      committed.release();
    } else {
      this.#lastRead = frame;
      this.#add(pendingFrame(committed));
    }
  }

  /** The oldest frames, up to what is in memory; reads some back when there are none. */
  async peek(): Promise<readonly PendingFrame[]> {
    if (this.#frames.length === 0 && this.#left !== undefined) await this.#readBack(this.#left);
    return this.#frames;
  }

  /** As `peek`, but up to this frame, however much that is. */
  async peekThrough(frame: number): Promise<readonly PendingFrame[]> {
    while (this.#left !== undefined && (this.#frames.at(-1)?.frame ?? 0) < frame) {
      await this.#readBack(this.#left);
    }
    return this.#frames;
  }

  /** Takes the first `count` frames. */
  take(count: number): readonly PendingFrame[] {
    const taken = this.#frames.slice(0, count);
    this.#frames = this.#frames.slice(count);
    for (const frame of taken) {
      this.#bytes -= frame.bytes;
      this.#records -= frame.recordCount;
    }
    return taken;
  }

  #isFull(more: number): boolean {
    const { memoryBytesMax, memoryFramesMax } = this.#options;
    return this.#bytes + more > memoryBytesMax || this.#frames.length >= memoryFramesMax;
  }

  #add(frame: PendingFrame): void {
    this.#frames.push(frame);
    this.#bytes += frame.bytes;
    this.#records += frame.recordCount;
  }

  // Commits go on meanwhile: they push the end of what is left further out, or, when its end was
  // reached, fill the memory again and begin another stretch.
  async #readBack(left: LeftInWal): Promise<void> {
    const bytesBefore = this.#bytes;
    while (this.#left === left && this.#bytes - bytesBefore < READ_BYTES) {
      const segment = left.segment;
      const isRead = await this.#readSegment(left, READ_BYTES - (this.#bytes - bytesBefore));
      if (!isRead || left.offset < segment.bytes) continue;
      const next = this.#segmentAfter(segment);
      if (next === undefined) this.#giveUp(left);
      else Object.assign(left, { segment: next, offset: 0 });
    }
  }

  /** False when it stopped for the size. */
  async #readSegment(left: LeftInWal, bytesMax: number): Promise<boolean> {
    const { segment, offset } = left;
    const range = { fromOffset: offset, toOffset: segment.bytes };
    let bytes = 0;
    for await (const item of readSegment({
      path: segment.path,
      salt: segment.name.salt,
      ...range,
    })) {
      left.offset = item.offset + item.bytes;
      if (item.kind === 'frame' && item.header.kind === 'data') bytes += this.#takeBack(left, item);
      if (this.#left !== left || bytes >= bytesMax) return false;
    }
    left.offset = Math.max(left.offset, range.toOffset);
    return true;
  }

  #takeBack(left: LeftInWal, { header, meta, blocks }: SoundFrame): number {
    const { frame } = header;
    if (frame > left.lastFrame) {
      // It was committed just now and is about to be pushed.
      this.#left = undefined;
      return 0;
    }
    if (frame <= this.#lastRead || this.#options.isSkipped(frame)) return 0;
    this.#lastRead = frame;
    const parsed = parseDataMeta(meta);
    this.#add(pendingFrame({ frame, recordCount: header.records, meta: parsed, blocks }));
    left.records -= header.records;
    left.atMs = parsed.atMs;
    if (frame === left.lastFrame) this.#left = undefined;
    return blocks.length;
  }

  // Damaged since the WAL was opened: pending until the next start, which accounts for them.
  #giveUp({ records }: LeftInWal): void {
    this.#left = undefined;
    if (records > 0) this.#options.warn('frames in the WAL can no longer be read', { records });
  }

  #segmentAfter(segment: WalSegment): WalSegment | undefined {
    const segments = this.#options.segments();
    return segments[segments.indexOf(segment) + 1];
  }
}
