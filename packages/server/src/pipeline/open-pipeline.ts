/**
 * Opens the pipeline of a data directory: reads the WAL, then takes requests while what was pending
 * is fed in the background.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Batch } from '@tendril/columns/batch';
import type { LogBatch } from '@tendril/columns/log-batch';
import type { SpanBatch } from '@tendril/columns/span-batch';
import type { LogRecord } from '@tendril/model/log-record';
import { Accounts } from './accounts.ts';
import { Committer } from './committer.ts';
import { DiskSpace, type DiskUse } from './disk-space.ts';
import { FeedJournal, readFeedJournal } from './feed/feed-journal.ts';
import { FeedProgress } from './feed/feed-progress.ts';
import { isFed } from './feed/feed-state.ts';
import { Feeder } from './feed/feeder.ts';
import { FrameQueue } from './feed/frame-queue.ts';
import { Inserter, type InsertTarget } from './feed/inserter.ts';
import {
  commitFailure,
  IngestPipeline,
  type BatchPipeline,
  type BatchRequest,
} from './ingest-pipeline.ts';
import { Lane } from './lane.ts';
import { Lanes } from './lanes.ts';
import { collectGarbage } from './free-memory.ts';
import { PendingTimes, type PendingFrameTimes, type RecordTable } from './pending-times.ts';
import type { PipelineLimits } from './pipeline-limits.ts';
import type { IngestRequest, Pipeline, SpanIngestRequest } from './pipeline.ts';
import { Quarantine } from './quarantine.ts';
import { RequestIds } from './request-ids.ts';
import { TailHub } from './tail/tail-hub.ts';
import { FrameMemory } from './wal/frame-memory.ts';
import { Housekeeping } from './wal/housekeeping.ts';
import { replayWal, type Replay, type ReplayReport } from './wal/replay.ts';
import { Wal } from './wal/wal.ts';
import { SpareSegments } from './wal/spare-segments.ts';
import { nodeWalFiles, type WalFiles } from './wal/wal-files.ts';
import type { Warn } from './warn.ts';

export interface OpenPipelineOptions {
  /** Holds `wal/` and `quarantine/`. One server at a time: the caller has locked it. */
  readonly dataDir: string;
  readonly engine: InsertTarget;
  /** 0 to 255; part of every RecordId. */
  readonly serverId: number;
  /** Of the tables that the batches are written for. */
  readonly schemaVersion: number;
  readonly limits: PipelineLimits;
  readonly nowMs: () => number;
  /** The tables whose rows are the records. */
  readonly recordTables: ReadonlySet<string>;
  /**
   * Blocks that a batch gave out will not be stored: a batch that leaves out what it sent before must
   * send it again.
   */
  readonly onBlocksLost: () => void;
  readonly warn: Warn;
  /** For tests of what a failing disk does. */
  readonly files?: WalFiles;
  readonly measureDisk?: (directory: string) => Promise<DiskUse>;
}

/** One kind of record. */
export interface Signal<B extends Batch> {
  readonly newBatch: () => B;
  /** Where its records go; undefined when that may be anywhere. */
  readonly table?: RecordTable;
  /** The row of an encoded batch, for the live tail; absent for what is not tailed. */
  readonly readRecord?: (batch: B, row: number) => LogRecord;
}

export interface Signals {
  readonly logs: Signal<LogBatch>;
  readonly spans: Signal<SpanBatch>;
}

export type OpenedPipeline = Pipeline & { readonly replayed: ReplayReport };

/** The pipeline for all signals. */
export async function openPipeline(
  options: Omit<OpenPipelineOptions, 'recordTables'>,
  signals: Signals,
): Promise<OpenedPipeline> {
  const recordTables = new Set(['logs', 'traces']);
  const { core, laneOf } = await openCore({ ...options, recordTables });
  const logs = laneOf(signals.logs);
  const spans = laneOf(signals.spans);
  return Object.assign(core, {
    ingestLogs: async (request: IngestRequest) => core.ingestInto(logs, request),
    ingestSpans: async (request: SpanIngestRequest) => core.ingestInto(spans, request),
  });
}

/** The pipeline for batches of any one kind. */
export async function openBatchPipeline<B extends Batch>(
  options: OpenPipelineOptions,
  signal: Signal<B>,
): Promise<BatchPipeline<B>> {
  const { core, laneOf } = await openCore(options);
  const lane = laneOf(signal);
  return Object.assign(core, {
    ingest: async (request: BatchRequest<B>) => core.ingestInto(lane, request),
  });
}

interface Core {
  readonly core: IngestPipeline;
  readonly laneOf: <B extends Batch>(signal: Signal<B>) => Lane<B>;
}

async function openCore(options: OpenPipelineOptions): Promise<Core> {
  const storage = await openStorage(options);
  const feeding = startFeeding(options, storage);
  const { limits, nowMs } = options;
  const accounts = storage.accounts;
  const tail = createTail(limits);
  const pendingTimes = new PendingTimes(feeding.queue.newestFrame);
  const lanes = new Lanes();
  giveMemoryBack({ lanes, memory: storage.memory, signal: feeding.stop.signal });
  const requestIds = createRequestIds(options, storage.replay);
  const committer = new Committer({
    accounts,
    lanes,
    requestIds,
    nowMs,
    wal: storage.wal,
    onCommitted: (frames) => {
      for (const frame of frames) {
        feeding.queue.push(frame);
        storage.disk.noteWritten(frame.bytes.length);
      }
      feeding.feeder.noteFrames();
    },
    onFailed: options.onBlocksLost,
    failureOf: commitFailure,
  });
  const core = new IngestPipeline({
    ...storage,
    ...feeding,
    accounts,
    committer,
    lanes,
    nowMs,
    pendingTimes,
    requestIds,
    tail,
    replayed: storage.replay.report,
    walBytesMax: limits.walBytesMax,
    waitingBytesMax: limits.waitingBytesMax,
  });
  const { progress } = storage;
  const noteTimes = (times: PendingFrameTimes): void =>
    pendingTimes.add(times, progress.state.fedThrough);
  const laneOf = <B extends Batch>(signal: Signal<B>): Lane<B> => {
    const lane = createLane(options, signal, { tail, noteTimes });
    lanes.add(lane);
    return lane;
  };
  return { core, laneOf };
}

interface Storage {
  readonly accounts: Accounts;
  readonly disk: DiskSpace;
  readonly journal: FeedJournal;
  readonly memory: FrameMemory;
  readonly progress: FeedProgress;
  readonly quarantine: Quarantine;
  readonly replay: Replay;
  readonly wal: Wal;
  readonly housekeeping: Housekeeping;
}

/** One is opened while the engine still reads what the one before held. */
const SPARE_SEGMENTS_MAX = 2;

async function openStorage(options: OpenPipelineOptions): Promise<Storage> {
  const { dataDir, files = nodeWalFiles, limits, nowMs, warn } = options;
  const directory = join(dataDir, 'wal');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const quarantine = await Quarantine.open({
    directory: join(dataDir, 'quarantine'),
    bytesMax: limits.quarantineBytesMax,
    warn,
  });
  const replay = await replayWal({
    directory,
    feed: await readFeedJournal(directory),
    idsSinceMs: nowMs() - limits.requestIdsKeepMs,
    quarantine,
    nowMs: nowMs(),
  });
  const accounts = new Accounts(replay.accounts);
  const progress = new FeedProgress(replay.feed);
  const memory = new FrameMemory();
  const spares = await SpareSegments.open({ directory, files, countMax: SPARE_SEGMENTS_MAX });
  const wal = createWal({ options, directory, files, memory, replay, accounts, progress, spares });
  // On a full disk the server starts all the same; the first round tries again.
  await wal.begin(nowMs()).catch(() => undefined);
  return {
    accounts,
    disk: await watchDisk(options, directory),
    housekeeping: new Housekeeping({ directory, limits, nowMs, wal, warn }),
    journal: await FeedJournal.open({ directory, files, warn }),
    memory,
    progress,
    quarantine,
    replay,
    wal,
  };
}

function createWal(input: {
  readonly options: OpenPipelineOptions;
  readonly directory: string;
  readonly files: WalFiles;
  readonly memory: FrameMemory;
  readonly replay: Replay;
  readonly accounts: Accounts;
  readonly progress: FeedProgress;
  readonly spares: SpareSegments;
}): Wal {
  const { options, directory, files, memory, replay, accounts, progress, spares } = input;
  const { limits, nowMs, schemaVersion, warn } = options;
  const nextFrame = Math.max(replay.wal.nextFrame, frameOfTime(nowMs()));
  return new Wal(
    {
      directory,
      files,
      memory,
      spares,
      schemaVersion,
      segmentBytesMax: limits.segmentBytesMax,
      headState: () => ({ accounts: accounts.totals(), feed: progress.state }),
      warn,
    },
    { ...replay.wal, nextFrame },
  );
}

async function watchDisk(
  { limits, measureDisk, warn }: OpenPipelineOptions,
  directory: string,
): Promise<DiskSpace> {
  return await DiskSpace.watch({
    directory,
    limits: limits.disk,
    sampleEveryMs: limits.diskLookEveryMs,
    warn,
    ...(measureDisk === undefined ? {} : { measure: measureDisk }),
  });
}

interface Feeding {
  readonly feeder: Feeder;
  readonly feeding: Promise<void>;
  readonly queue: FrameQueue;
  readonly stop: AbortController;
  readonly quarantinedFrames: () => number;
}

/** Some inserts at full rate: what none of them needed is not needed. */
const MEMORY_TRIM_MS = 5_000;

function giveMemoryBack({
  lanes,
  memory,
  signal,
}: {
  readonly lanes: Lanes;
  readonly memory: FrameMemory;
  readonly signal: AbortSignal;
}): void {
  const trimming = setInterval(() => {
    if (!memory.trim()) return;
    lanes.giveBackIdle();
    collectGarbage();
  }, MEMORY_TRIM_MS);
  trimming.unref();
  signal.addEventListener('abort', () => clearInterval(trimming), { once: true });
}

function startFeeding(
  options: OpenPipelineOptions,
  { housekeeping, journal, progress, quarantine, replay, wal }: Storage,
): Feeding {
  const { engine, limits, nowMs, onBlocksLost, recordTables, warn } = options;
  const stop = new AbortController();
  const { signal } = stop;
  const queue = createQueue(options, { progress, replay, wal });
  const inserter = new Inserter({ engine, signal, backOffMs: limits.insertBackOffMs, warn });
  let quarantinedFrames = 0;
  const feeder = new Feeder({
    queue,
    journal,
    inserter,
    quarantine,
    progress,
    recordTables,
    limits: limits.insert,
    timing: limits.feed,
    nowMs,
    signal,
    onSaved: ({ fedThrough }) => housekeeping.retire(fedThrough),
    onQuarantined: () => {
      quarantinedFrames += 1;
      onBlocksLost();
    },
    warn,
  });
  return { feeder, feeding: feeder.run(), queue, stop, quarantinedFrames: () => quarantinedFrames };
}

function createQueue(
  { limits, warn }: OpenPipelineOptions,
  { progress, replay, wal }: Pick<Storage, 'progress' | 'replay' | 'wal'>,
): FrameQueue {
  const { pendingStart, report } = replay;
  const left = pendingStart && {
    ...pendingStart,
    records: report.pendingRecords,
    lastFrame: replay.lastPendingFrame,
  };
  return new FrameQueue(
    {
      memoryBytesMax: limits.feedMemoryBytesMax,
      memoryFramesMax: limits.feedMemoryFramesMax,
      segments: () => wal.segments(),
      isSkipped: (frame) => replay.skip.has(frame) || isFed(progress.state, frame),
      warn,
    },
    left,
  );
}

function createTail(limits: PipelineLimits): TailHub {
  return new TailHub({
    subscribersMax: limits.tailSubscribersMax,
    waitingMax: limits.tailWaitingMax,
    budgetMsPerSecond: limits.tailBudgetMsPerSecond,
    monotonicMs: () => performance.now(),
  });
}

interface LaneListeners {
  readonly tail: TailHub;
  readonly noteTimes: (times: PendingFrameTimes) => void;
}

function createLane<B extends Batch>(
  { limits, serverId }: OpenPipelineOptions,
  { newBatch, table, readRecord }: Signal<B>,
  { tail, noteTimes }: LaneListeners,
): Lane<B> {
  return new Lane({
    newBatch,
    serverId,
    frameBytes: limits.frameBytes,
    partitionsMax: limits.insert.partitionsMax,
    onEncoded: (batch, frame) => {
      const { rowCount, timeRange } = batch;
      const notify =
        readRecord !== undefined && tail.isWatched
          ? tail.prepare({ rowCount, record: (row) => readRecord(batch, row) })
          : undefined;
      return () => {
        noteTimes({ frame, table, ...timeRange });
        notify?.();
      };
    },
  });
}

function createRequestIds(
  { limits, nowMs }: OpenPipelineOptions,
  { requests }: Replay,
): RequestIds {
  const { requestIdsKeepMs: keepMs, requestIdsMax: idsMax } = limits;
  return new RequestIds({ keepMs, idsMax, nowMs }, requests);
}

/** 2025-01-01. */
const FIRST_SECOND = 1_735_689_600;
/** Frames a second that may be written over the years without a number being used twice. */
const FRAMES_PER_SECOND = 512;
const FRAME_MAX = 2 ** 40;

/**
 * The number a start begins with if the WAL names no higher one: so numbers, and with them RecordIds,
 * are not used again even when the WAL was deleted. A clock that is far off is ignored.
 */
function frameOfTime(nowMs: number): number {
  const frame = Math.floor(nowMs / 1000 - FIRST_SECOND) * FRAMES_PER_SECOND;
  return frame > 0 && frame < FRAME_MAX / 2 ? frame : 0;
}
