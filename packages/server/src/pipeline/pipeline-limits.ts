/** Sizes and times of the pipeline, with the reason for each. */
import { availableParallelism } from 'node:os';
import type { DiskSpaceLimits } from './disk-space.ts';
import type { FeedTiming } from './feed/feeder.ts';
import type { PlanLimits } from './feed/insert-plan.ts';

export interface PipelineLimits {
  /** Pending records on disk while the engine is away; then requests are refused. */
  readonly walBytesMax: number;
  readonly segmentBytesMax: number;
  /** Of one frame. */
  readonly frameBytes: number;
  /** Decoded and not yet written: what a stalled disk makes wait. */
  readonly waitingBytesMax: number;
  /** Frames that wait for their insert in memory; the others are read back from the WAL. */
  readonly feedMemoryBytesMax: number;
  readonly feedMemoryFramesMax: number;
  readonly requestIdsKeepMs: number;
  readonly requestIdsMax: number;
  readonly quarantineBytesMax: number;
  readonly tailSubscribersMax: number;
  readonly tailWaitingMax: number;
  readonly tailBudgetMsPerSecond: number;
  readonly disk: DiskSpaceLimits;
  readonly diskLookEveryMs: number;
  readonly insert: PlanLimits;
  readonly feed: FeedTiming;
  /** Waits between tries of an insert. */
  readonly insertBackOffMs: { readonly first: number; readonly last: number };
}

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

export const DEFAULT_PIPELINE_LIMITS: PipelineLimits = {
  // Some hours at a quiet site, half a minute at full rate and more at what a person's machine sees.
  walBytesMax: 8 * GIB,
  // At full rate one a second: opening one costs two syncs. Small enough that they are soon written over.
  segmentBytesMax: 32 * MIB,
  // 65,536 records of 200 bytes come to 13 MiB.
  frameBytes: 16 * MIB,
  waitingBytesMax: 256 * MIB,
  feedMemoryBytesMax: 256 * MIB,
  feedMemoryFramesMax: 50_000,
  requestIdsKeepMs: 10 * 60_000,
  // 400 requests a second for 10 minutes; about 50 MiB.
  requestIdsMax: 262_144,
  quarantineBytesMax: GIB,
  tailSubscribersMax: 200,
  // A screen shows some dozen; a browser asks again within a second.
  tailWaitingMax: 1000,
  tailBudgetMsPerSecond: 100,
  // The engine needs room to merge what is stored already.
  disk: { usedFractionMax: 0.92, freeBytesMin: GIB },
  diskLookEveryMs: 1000,
  insert: {
    // Smaller inserts are merged more, larger ones take more memory: the engine 1.5 KB a record, and two run at once
    // (docs/adr/0001-logs-storage.md, Memory).
    recordsMax: 150_000,
    // The engine takes up to 256 MiB as one block.
    bytesMax: 96 * MIB,
    partitionsMax: 50,
    framesMax: 5000,
  },
  feed: {
    waitMs: 1000,
    forcedEveryMs: 250,
    insertsMax: Math.min(2, availableParallelism()),
    retryMs: 1000,
  },
  insertBackOffMs: { first: 100, last: 5000 },
};
