/**
 * Reads the whole WAL when the server starts: every checksum of every segment. What comes out is what
 * is still to be fed, the accounts, the request ids, and what was found damaged. Damage never stops it:
 * what is lost is copied to quarantine and counted.
 *
 * Rounds follow each other, so a group that a later round or segment follows was acknowledged, and
 * what is damaged in it is a loss. Only the last group can have been cut short by a crash: unless it is
 * whole it was never acknowledged, becomes void and is cut off.
 */
import { stat, truncate, unlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { messageOf } from '@tendril/model/failure';
import { addCounts, isFed, newestFeedState, type FeedState } from '../feed/feed-state.ts';
import type { Quarantine } from '../quarantine.ts';
import { findSegments, type FoundSegment } from './found-segments.ts';
import {
  parseDataMeta,
  parseHeadMeta,
  type CommittedRequest,
  type DataMeta,
  type SourceCounters,
} from './frame-meta.ts';
import { reconcile } from './reconcile.ts';
import { readRetiredIds } from './retired-ids.ts';
import { readSegment, type DamagedFrame, type Rubble, type SoundFrame } from './segment-reader.ts';
import { SkipList } from './skip-list.ts';
import type { WalSegment, WalStart } from './wal.ts';

export interface ReplayOptions {
  readonly directory: string;
  /** What the feed journal holds; a segment's head that is newer wins. */
  readonly feed: FeedState;
  /** Request ids older than this are dropped. */
  readonly idsSinceMs: number;
  readonly quarantine: Quarantine;
  readonly nowMs: number;
}

/** What was found when the WAL was opened. */
export interface ReplayReport {
  readonly segments: number;
  readonly pendingFrames: number;
  readonly pendingRecords: number;
  /** Acknowledged frames that are lost. */
  readonly quarantinedFrames: number;
  /** Records in them, of those whose count could be read. */
  readonly quarantinedRecords: number;
  /** Frames among them of which nothing but the number is known, and files that cannot be read. */
  readonly unknown: number;
  /** Bytes at the end that a crash cut short; they had not been acknowledged. */
  readonly tornBytes: number;
}

/** Where feeding goes on. */
export interface PendingStart {
  readonly segment: WalSegment;
  readonly offset: number;
  /** When the first pending frame was committed. */
  readonly atMs: number;
}

export interface Replay {
  readonly wal: WalStart;
  readonly feed: FeedState;
  readonly accounts: Readonly<Record<string, SourceCounters>>;
  /** Oldest first. */
  readonly requests: readonly CommittedRequest[];
  /** Undefined when all is fed. */
  readonly pendingStart: PendingStart | undefined;
  /** 0 when all is fed. */
  readonly lastPendingFrame: number;
  readonly skip: SkipList;
  readonly report: ReplayReport;
}

export async function replayWal(options: ReplayOptions): Promise<Replay> {
  const { segments, unreadable } = await findSegments(options);
  const replayer = new Replayer(options, segments);
  for (const segment of segments) await replayer.read(segment);
  await replayer.finish();
  const retired = await readRetiredIds(options.directory, options.idsSinceMs);
  return replayer.result(retired, unreadable);
}

interface GroupFrame {
  readonly segment: FoundSegment;
  readonly item: SoundFrame | DamagedFrame;
}

/**
 * Left out after damage at the end, where numbers may have been used that cannot be seen: more frames
 * than a segment can hold.
 */
const FRAMES_LEFT_OUT = 2 ** 22;

class Replayer {
  readonly #options: ReplayOptions;
  readonly #segments: readonly FoundSegment[];
  readonly #feed: FeedState;
  readonly #skip: SkipList;
  readonly #accounts = new Map<string, SourceCounters>();
  readonly #requests: CommittedRequest[] = [];
  #pending: Record<string, number> = {};
  /** The newest group, until something behind it shows that it was acknowledged. */
  #group: GroupFrame[] = [];
  /** Since the last sound header: a loss if numbers are missing behind it, else a torn tail. */
  #rubble: { readonly segment: FoundSegment; readonly item: Rubble }[] = [];
  /** Frames committed up to here, as the heads count them; what the oldest head counts is behind. */
  #frameCount: number;
  /** The newest data frame that was seen or declared. */
  #lastSeen: number;
  /** No number up to this one may be used again. */
  #highest: number;
  #pendingStart: PendingStart | undefined;
  #lastPendingFrame = 0;
  readonly #report = {
    pendingFrames: 0,
    pendingRecords: 0,
    quarantinedFrames: 0,
    quarantinedRecords: 0,
    unknown: 0,
    tornBytes: 0,
  };

  constructor(options: ReplayOptions, segments: readonly FoundSegment[]) {
    this.#options = options;
    this.#segments = segments;
    const heads = segments.flatMap(({ head }) => (head === undefined ? [] : [head]));
    this.#feed = newestFeedState([options.feed, ...heads.map(({ feed }) => feed)]);
    this.#skip = new SkipList(heads.flatMap(({ voids }) => voids));
    this.#frameCount = this.#feed.fedFrames;
    this.#lastSeen = Math.min(this.#feed.fedThrough, (segments[0]?.firstFrame ?? 1) - 1);
    this.#highest = [
      ...this.#skip.voids().map(([, last]) => last),
      // Also of a segment without frames: no two may begin with the same number.
      ...segments.map(({ firstFrame }) => firstFrame),
    ].reduce((highest, frame) => Math.max(highest, frame), highestOf(this.#feed));
  }

  async read(segment: FoundSegment): Promise<void> {
    let expected = segment.firstFrame;
    try {
      for await (const item of readSegment({ path: segment.path, salt: segment.name.salt })) {
        if (item.kind === 'rubble') {
          this.#rubble.push({ segment, item });
        } else if (item.header.kind === 'head') {
          await this.#readHead(segment, item);
        } else {
          await this.#readFrame(segment, item, expected);
          expected = item.header.frame + 1;
        }
      }
    } catch (error) {
      // What could be read stays in use; the file stays where it is.
      segment.keep = true;
      await this.#noteUnreadable(segment, error);
    }
  }

  async finish(): Promise<void> {
    for (const { segment, item } of this.#rubble) await this.#dropTail(segment, item);
    if (this.#rubble.length > 0) this.#highest += FRAMES_LEFT_OUT;
    const wasFed = this.#group.some(({ item }) => item.header.frame <= highestOf(this.#feed));
    if (isWhole(this.#group) || wasFed) await this.#accept();
    else await this.#cutOff();
    await this.#dropEmpty();
  }

  /** Segments in which nothing is sound. */
  async #dropEmpty(): Promise<void> {
    for (const { path } of this.#segments.filter(isEmpty)) {
      const size = await stat(path).then(
        (stats) => stats.size,
        () => 0,
      );
      const entry = { name: basename(path), reason: 'no sound frame', records: undefined };
      if (size > 0) {
        await this.#options.quarantine.keepFile({ ...entry, atMs: this.#options.nowMs }, path);
      } else {
        await unlink(path).catch(() => undefined);
      }
    }
  }

  result(retired: readonly CommittedRequest[], unreadable: number): Replay {
    const pending = this.#pending;
    const { accounts, feed } = reconcile({ accounts: this.#accounts, feed: this.#feed, pending });
    if (unreadable > 0) this.#highest += FRAMES_LEFT_OUT;
    const report = { ...this.#report, unknown: this.#report.unknown + unreadable };
    return {
      wal: {
        segments: this.#segments.filter((segment) => !isEmpty(segment)),
        previousFrame: this.#lastSeen,
        frameCount: this.#frameCount,
        nextFrame: this.#highest + 1,
        voids: this.#skip.voids(),
      },
      feed,
      accounts,
      requests: [...retired, ...this.#requests],
      pendingStart: this.#pendingStart,
      lastPendingFrame: this.#lastPendingFrame,
      skip: this.#skip,
      report: { ...report, segments: this.#segments.length },
    };
  }

  async #readHead(segment: FoundSegment, item: SoundFrame | DamagedFrame): Promise<void> {
    if (item.kind === 'damaged') return;
    segment.bytes = Math.max(segment.bytes, item.offset + item.bytes);
    const head = parseHeadMeta(item.meta);
    await this.#accept();
    // Numbers are left out on purpose between segments, so frames are counted.
    const isBehind = head.previousFrame <= this.#feed.fedThrough;
    await this.#noteHole(isBehind ? 0 : head.frameCount - this.#frameCount);
    this.#frameCount = Math.max(this.#frameCount, head.frameCount);
    this.#lastSeen = Math.max(this.#lastSeen, head.previousFrame);
    for (const [source, counters] of Object.entries(head.accounts)) {
      this.#accounts.set(source, counters);
    }
  }

  async #readFrame(
    segment: FoundSegment,
    item: SoundFrame | DamagedFrame,
    expected: number,
  ): Promise<void> {
    const { frame, groupFirst } = item.header;
    this.#highest = Math.max(this.#highest, frame);
    // A second copy of a segment, or a frame that was written but not acknowledged.
    if (frame <= this.#lastSeen || this.#skip.isVoid(frame)) return;
    if (this.#group[0] !== undefined && this.#group[0].item.header.groupFirst !== groupFirst) {
      await this.#accept();
    }
    const missing = this.#countUnfed(Math.max(expected, this.#lastSeen + 1), frame);
    await this.#noteHole(missing);
    this.#frameCount += missing + 1;
    this.#lastSeen = frame;
    this.#group.push({ segment, item });
  }

  #countUnfed(first: number, end: number): number {
    const from = Math.max(first, this.#feed.fedThrough + 1);
    // No segment holds more; a wider hole means that the file was named anew.
    const to = Math.min(end, from + FRAMES_LEFT_OUT);
    let count = 0;
    for (let frame = from; frame < to; frame += 1) {
      if (!isFed(this.#feed, frame) && !this.#skip.isVoid(frame)) count += 1;
    }
    return count;
  }

  /** So many frames should be in front of this place and are not. */
  async #noteHole(missing: number): Promise<void> {
    const rubble = this.#rubble;
    this.#rubble = [];
    if (missing <= 0) return;
    this.#report.quarantinedFrames += missing;
    this.#report.unknown += missing;
    for (const { segment, item } of rubble) await this.#keep(segment, item, 'no sound header');
  }

  async #accept(): Promise<void> {
    const group = this.#group;
    this.#group = [];
    for (const { segment, item } of group) {
      const { frame } = item.header;
      const meta = item.meta === undefined ? undefined : parseDataMeta(item.meta);
      if (meta !== undefined) this.#takeMeta(segment, meta);
      segment.lastFrame = frame;
      segment.bytes = item.offset + item.bytes;
      if (isFed(this.#feed, frame)) continue;
      if (item.kind === 'frame' && meta !== undefined) this.#addPending(segment, item, meta);
      else if (item.kind === 'damaged') await this.#noteLost(segment, item);
    }
  }

  #takeMeta(segment: FoundSegment, meta: DataMeta): void {
    for (const [source, counters] of Object.entries(meta.accounts)) {
      this.#accounts.set(source, counters);
    }
    for (const request of meta.requests) {
      segment.requests.push(request);
      if (request.atMs >= this.#options.idsSinceMs) this.#requests.push(request);
    }
  }

  #addPending(segment: FoundSegment, item: SoundFrame, meta: DataMeta): void {
    this.#lastPendingFrame = item.header.frame;
    this.#pendingStart ??= { segment, offset: item.offset, atMs: meta.atMs };
    this.#pending = addCounts(this.#pending, meta.records);
    this.#report.pendingFrames += 1;
    this.#report.pendingRecords += item.header.records;
  }

  async #noteLost(segment: FoundSegment, item: DamagedFrame): Promise<void> {
    this.#skip.addLost(item.header.frame);
    this.#report.quarantinedFrames += 1;
    this.#report.quarantinedRecords += item.header.records;
    await this.#keep(segment, item, item.reason);
  }

  /** The last group was not acknowledged. */
  async #cutOff(): Promise<void> {
    const [first] = this.#group;
    if (first === undefined) return;
    this.#skip.addVoid([first.item.header.groupFirst, this.#lastSeen]);
    for (const { segment, item } of this.#group) {
      this.#report.tornBytes += item.bytes;
      await this.#keep(segment, item, 'torn');
    }
    this.#lastSeen = first.item.header.groupFirst - 1;
    this.#group = [];
    await truncate(first.segment.path, first.item.offset).catch(() => undefined);
  }

  async #dropTail(segment: FoundSegment, item: Rubble): Promise<void> {
    // What a recycled file held before was fed long ago.
    if (!item.zeros && segment.head?.isRecycled !== true) {
      this.#report.tornBytes += item.bytes;
      await this.#keep(segment, item, 'torn');
    }
    if (segment.bytes <= item.offset) {
      await truncate(segment.path, item.offset).catch(() => undefined);
    }
  }

  async #keep(
    segment: FoundSegment,
    item: Rubble | DamagedFrame | SoundFrame,
    reason: string,
  ): Promise<void> {
    const name = `${basename(segment.path)}-${item.offset}`;
    const records = item.kind === 'rubble' ? undefined : item.header.records;
    const range = { path: segment.path, offset: item.offset, bytes: item.bytes };
    await this.#options.quarantine.keepRange(
      { name, reason, records, atMs: this.#options.nowMs },
      range,
    );
  }

  async #noteUnreadable(segment: FoundSegment, error: unknown): Promise<void> {
    this.#report.unknown += 1;
    this.#highest += FRAMES_LEFT_OUT;
    await this.#options.quarantine.note({
      name: basename(segment.path),
      reason: `cannot be read to its end: ${messageOf(error)}`,
      records: undefined,
      atMs: this.#options.nowMs,
    });
  }
}

function isEmpty({ bytes, keep }: WalSegment): boolean {
  return bytes === 0 && !keep;
}

function isWhole(group: readonly GroupFrame[]): boolean {
  const last = group.at(-1)?.item.header;
  if (last === undefined || !last.commits) return false;
  const isComplete = group.length === last.frame - last.groupFirst + 1;
  return isComplete && group.every(({ item }) => item.kind === 'frame');
}

/** The newest frame that feeding ever began with, so one that was acknowledged. */
function highestOf(feed: FeedState): number {
  const planned = feed.plans.map(({ last }) => last);
  return Math.max(feed.fedThrough, ...planned, ...feed.done.map(([, last]) => last));
}
