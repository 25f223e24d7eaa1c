/**
 * What a frame says beside its blocks. A meta is read only after its checksum and version were found
 * right, so it was written by this code and is not checked field by field.
 */
import type { FeedState } from '../feed/feed-state.ts';

/** Numbers of one source since the data directory was created. */
export interface SourceCounters {
  readonly received: number;
  /** Committed to the WAL. Stored, pending and quarantined add up to it. */
  readonly accepted: number;
  readonly rejected: Readonly<Record<string, number>>;
  readonly shed: number;
  readonly dropped: number;
  readonly duplicate: number;
}

/** How a request was answered, for its repetitions. */
export interface CommittedRequest {
  readonly key: string;
  readonly accepted: number;
  readonly rejected: Readonly<Record<string, number>>;
  readonly message: string;
  /** Wall clock of its commit. */
  readonly atMs: number;
}

export interface FrameTable {
  readonly table: string;
  readonly rows: number;
  readonly bytes: number;
}

export interface DataMeta {
  readonly atMs: number;
  /** Records of this frame by source. */
  readonly records: Readonly<Record<string, number>>;
  readonly partitions: readonly number[];
  /** In the order their blocks follow each other, which is the order of insertion. */
  readonly tables: readonly FrameTable[];
  /** Of the whole group, in its last frame. */
  readonly requests: readonly CommittedRequest[];
  /**
   * Totals, not differences, of the sources that this group touched, in its last frame: so the next
   * sound frame also tells what a damaged one held.
   */
  readonly accounts: Readonly<Record<string, SourceCounters>>;
}

/** First frame of a segment. */
export interface HeadMeta {
  readonly atMs: number;
  /** The last frame that was committed before this segment. */
  readonly previousFrame: number;
  /** Frames that were ever committed before this segment: more than were read is a loss. */
  readonly frameCount: number;
  /** Ranges of frames, both ends included, that were written but never acknowledged: not to be fed. */
  readonly voids: readonly (readonly [number, number])[];
  readonly accounts: Readonly<Record<string, SourceCounters>>;
  /** A second copy of the feed journal's state. */
  readonly feed: FeedState;
  /** The file held another segment before: behind the last frame there may be remains of it. */
  readonly isRecycled?: boolean;
}

export interface RetiredIdsMeta {
  readonly requests: readonly CommittedRequest[];
}

export function parseDataMeta(bytes: Buffer): DataMeta {
  return JSON.parse(bytes.toString()) as DataMeta;
}

export function parseHeadMeta(bytes: Buffer): HeadMeta {
  return JSON.parse(bytes.toString()) as HeadMeta;
}

export function parseRetiredIds(bytes: Buffer): RetiredIdsMeta {
  return JSON.parse(bytes.toString()) as RetiredIdsMeta;
}
