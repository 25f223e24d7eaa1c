/**
 * The write-ahead log: segments of frames in one directory. A round of frames is committed as one
 * group with one write and one `fdatasync`; only then may it be acknowledged.
 *
 * A write or sync that failed poisons its segment: nothing is known about the bytes since the last
 * success, so the next round begins a new segment, whose head declares the failed frames void. Frame
 * numbers are never used twice, and a segment is never appended to after a restart.
 *
 * One round at a time: `commit` must not be called again before it settled.
 */
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '@tendril/model/failure';
import type { FeedState } from '../feed/feed-state.ts';
import type { Warn } from '../warn.ts';
import { encodeRound, type EncodedFrame, type WalRound } from './encode-round.ts';
import { encodeFrame } from './frame.ts';
import type { FrameMemory } from './frame-memory.ts';
import type { CommittedRequest, HeadMeta, SourceCounters } from './frame-meta.ts';
import { writeRetiredIds } from './retired-ids.ts';
import { newSegmentName, segmentFileName, type SegmentName } from './segment-name.ts';
import type { SpareSegments } from './spare-segments.ts';
import type { WalFile, WalFiles } from './wal-files.ts';

export interface WalSegment {
  readonly name: SegmentName;
  readonly path: string;
  /** End of what was committed. */
  bytes: number;
  /** Last frame in it; the one before its first while it is empty. */
  lastFrame: number;
  /** Not to be removed: part of it could not be read. */
  keep: boolean;
  /** They outlive the segment until they expire. */
  readonly requests: CommittedRequest[];
}

export interface CommittedFrame extends EncodedFrame {
  readonly segment: WalSegment;
  readonly offset: number;
}

/** Both ends included. */
export type FrameRange = readonly [number, number];

/** Where replay left off. */
export interface WalStart {
  readonly segments: readonly WalSegment[];
  readonly previousFrame: number;
  /** Frames that were ever committed. */
  readonly frameCount: number;
  readonly nextFrame: number;
  readonly voids: readonly FrameRange[];
}

export interface WalOptions {
  readonly directory: string;
  readonly files: WalFiles;
  readonly memory: FrameMemory;
  readonly spares: SpareSegments;
  readonly schemaVersion: number;
  /** A segment that has reached it is closed; large enough that opening one does not count. */
  readonly segmentBytesMax: number;
  /** What the head of a new segment repeats. */
  readonly headState: () => {
    readonly accounts: Readonly<Record<string, SourceCounters>>;
    readonly feed: FeedState;
  };
  readonly warn: Warn;
}

interface OpenSegment {
  readonly segment: WalSegment;
  /** Written before the first round; undefined from then on. */
  head: Buffer | undefined;
  file: WalFile | undefined;
  /** A spare file to be written over, which takes the segment's name when its head is synced. */
  readonly spare: string | undefined;
}

interface HeadPlace {
  readonly atMs: number;
  readonly salt: number;
  readonly isRecycled: boolean;
}

export class Wal {
  readonly #options: WalOptions;
  readonly #closed: WalSegment[];
  #current: OpenSegment | undefined;
  #previousFrame: number;
  #frameCount: number;
  #nextFrame: number;
  #voids: FrameRange[];

  constructor(options: WalOptions, start: WalStart) {
    this.#options = options;
    this.#closed = [...start.segments];
    this.#previousFrame = start.previousFrame;
    this.#frameCount = start.frameCount;
    this.#nextFrame = start.nextFrame;
    this.#voids = [...start.voids];
  }

  /** Of all segments. */
  get bytes(): number {
    const closedBytes = this.#closed.reduce((sum, segment) => sum + segment.bytes, 0);
    return closedBytes + (this.#current?.segment.bytes ?? 0);
  }

  /** The newest committed frame. */
  get lastFrame(): number {
    return this.#previousFrame;
  }

  /** Oldest first. */
  segments(): readonly WalSegment[] {
    return this.#current === undefined ? this.#closed : [...this.#closed, this.#current.segment];
  }

  /** Makes the state that replay found last, whatever becomes of the segments it was found in. */
  async begin(atMs: number): Promise<void> {
    const open = this.#prepareSegment(atMs);
    try {
      await this.#write(open, []);
    } catch (error) {
      await this.#poison(open, this.#nextFrame - 1, error);
      throw error;
    }
    open.segment.bytes = open.head?.length ?? 0;
    open.head = undefined;
    this.#current = open;
  }

  /** Resolves when the round is on stable storage. When it throws, nothing of it will be fed. */
  async commit(round: WalRound): Promise<readonly CommittedFrame[]> {
    const open = this.#current ?? this.#prepareSegment(round.atMs);
    const { salt } = open.segment.name;
    const { memory, schemaVersion } = this.#options;
    const firstFrame = this.#nextFrame;
    const frames = await encodeRound(round, { firstFrame, salt, schemaVersion, memory });
    const last = this.#nextFrame + frames.length - 1;
    try {
      await this.#write(open, frames);
    } catch (error) {
      await this.#poison(open, last, error);
      throw error;
    }
    return await this.#advance(open, frames, round);
  }

  /**
   * Removes the segments whose frames are all fed, and keeps their request ids. The newest one stays:
   * it holds the accounts.
   */
  async retire(fedThrough: number, idsSinceMs: number): Promise<void> {
    for (;;) {
      const segment = this.#closed[0];
      const isLast = this.segments().length === 1;
      if (segment === undefined || isLast || segment.lastFrame > fedThrough) break;
      const requests = segment.requests.filter(({ atMs }) => atMs >= idsSinceMs);
      const { directory, files } = this.#options;
      await writeRetiredIds({ directory, files, name: segment.name, requests });
      if (!segment.keep) await this.#remove(segment);
      this.#closed.shift();
    }
    const oldest = this.segments()[0]?.name.firstFrame ?? 0;
    this.#voids = this.#voids.filter(([, last]) => last >= oldest);
  }

  async close(): Promise<void> {
    if (this.#current !== undefined) await this.#closeSegment(this.#current);
  }

  #prepareSegment(atMs: number): OpenSegment {
    const name = newSegmentName(this.#nextFrame);
    const path = join(this.#options.directory, segmentFileName(name));
    const lastFrame = this.#nextFrame - 1;
    const segment: WalSegment = { name, path, bytes: 0, lastFrame, keep: false, requests: [] };
    const spare = this.#options.spares.take();
    const head = this.#encodeHead({ atMs, salt: name.salt, isRecycled: spare !== undefined });
    return { segment, head, file: undefined, spare };
  }

  #encodeHead({ atMs, isRecycled, salt }: HeadPlace): Buffer {
    const { headState, schemaVersion } = this.#options;
    const meta: HeadMeta = {
      atMs,
      previousFrame: this.#previousFrame,
      frameCount: this.#frameCount,
      voids: this.#voids,
      ...headState(),
      isRecycled,
    };
    const frame = this.#nextFrame;
    const numbers = { frame, groupFirst: frame, records: 0, commits: true };
    const text = JSON.stringify(meta);
    const content = { kind: 'head', schemaVersion, ...numbers, meta: text, blocks: [] } as const;
    const head = encodeFrame(content, salt);
    // Twice: when the segments before it are gone, it is all that is known of quiet sources.
    return Buffer.concat([head, head]);
  }

  async #write(open: OpenSegment, frames: readonly EncodedFrame[]): Promise<void> {
    const { directory, files } = this.#options;
    const isNew = open.file === undefined;
    const { spare } = open;
    open.file ??=
      spare === undefined ? await files.create(open.segment.path) : await files.reopen(spare);
    const buffers = frames.map(({ bytes }) => bytes);
    const all = open.head === undefined ? buffers : [open.head, ...buffers];
    await open.file.write(all, open.segment.bytes);
    await open.file.sync();
    if (!isNew) return;
    if (spare !== undefined) await files.rename(spare, open.segment.path);
    await files.syncDirectory(directory);
  }

  async #advance(
    open: OpenSegment,
    frames: readonly EncodedFrame[],
    round: WalRound,
  ): Promise<readonly CommittedFrame[]> {
    const { segment } = open;
    segment.bytes += open.head?.length ?? 0;
    open.head = undefined;
    const committed = frames.map((frame) => {
      const offset = segment.bytes;
      segment.bytes += frame.bytes.length;
      return { ...frame, segment, offset };
    });
    segment.requests.push(...round.requests);
    segment.lastFrame = this.#nextFrame + frames.length - 1;
    this.#frameCount += frames.length;
    this.#previousFrame = segment.lastFrame;
    this.#nextFrame = segment.lastFrame + 1;
    this.#current = open;
    if (segment.bytes >= this.#options.segmentBytesMax) await this.#closeSegment(open);
    return committed;
  }

  async #closeSegment(open: OpenSegment): Promise<void> {
    this.#closed.push(open.segment);
    this.#current = undefined;
    // All of it is synced, so there is nothing left that closing could lose.
    await open.file?.close().catch((error: unknown) => this.#warnOf('close', open.segment, error));
  }

  async #poison(open: OpenSegment, last: number, error: unknown): Promise<void> {
    const { file, segment, spare } = open;
    this.#warnOf('write', segment, error);
    // The disk may be full.
    await this.#options.spares.discard();
    if (last >= this.#nextFrame) this.#addVoid([this.#nextFrame, last]);
    // Also when nothing was written: no two segments may begin with the same number.
    this.#nextFrame = Math.max(last, this.#nextFrame) + 1;
    this.#current = undefined;
    if (segment.bytes > 0) this.#closed.push(segment);
    // Only to free the space: what keeps these frames out is the void range in the next head.
    await file?.truncate(segment.bytes).catch(() => undefined);
    await file?.close().catch(() => undefined);
    if (segment.bytes > 0) return;
    for (const path of [segment.path, spare]) {
      if (path !== undefined) await unlink(path).catch(() => undefined);
    }
  }

  // Adjacent ranges are one: a disk that fails for hours must not make the heads grow.
  #addVoid([first, last]: FrameRange): void {
    const newest = this.#voids.at(-1);
    if (newest !== undefined && newest[1] + 1 === first) {
      this.#voids.splice(-1, 1, [newest[0], last]);
    } else {
      this.#voids.push([first, last]);
    }
  }

  async #remove(segment: WalSegment): Promise<void> {
    // Should it stay, the next start finds that all of it is fed.
    if (await this.#isSpared(segment)) return;
    await unlink(segment.path).catch((error: unknown) => this.#warnOf('remove', segment, error));
  }

  // Small ones would have to grow, which is what spares are to avoid.
  async #isSpared({ bytes, path }: WalSegment): Promise<boolean> {
    const { segmentBytesMax, spares } = this.#options;
    if (bytes < segmentBytesMax) return false;
    return await spares.give(path).catch(() => false);
  }

  #warnOf(action: string, segment: WalSegment, error: unknown): void {
    const details = { segment: segment.path, error: messageOf(error) };
    this.#options.warn(`cannot ${action} a WAL segment`, details);
  }
}
