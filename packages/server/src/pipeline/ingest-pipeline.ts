/** The pipeline, whatever the signals; `open-pipeline.ts` puts its parts together. */
import type { Batch, BatchSink } from '@tendril/columns/batch';
import { Failure, messageOf } from '@tendril/model/failure';
import { AccountChanges, type Accounts } from './accounts.ts';
import type { Committer } from './committer.ts';
import type { DiskSpace } from './disk-space.ts';
import type { FeedJournal } from './feed/feed-journal.ts';
import type { FeedProgress } from './feed/feed-progress.ts';
import type { Feeder } from './feed/feeder.ts';
import type { FrameQueue } from './feed/frame-queue.ts';
import type { PendingTimes, RecordTable } from './pending-times.ts';
import type { TimeRange } from '@tendril/model/time-range';
import type { Lane } from './lane.ts';
import type { Lanes } from './lanes.ts';
import type {
  DecodeOutcome,
  IngestOutcome,
  IngestRequest,
  Pipeline,
  PipelineStatus,
  SourceAccount,
  TailEvent,
  TailSubscription,
} from './pipeline.ts';
import { requestKey, type RequestIds } from './request-ids.ts';
import type { TailHub } from './tail/tail-hub.ts';
import type { Housekeeping } from './wal/housekeeping.ts';
import type { ReplayReport } from './wal/replay.ts';
import type { Wal } from './wal/wal.ts';

/** An `IngestRequest` for any kind of batch. */
export interface BatchRequest<B extends Batch> extends Omit<IngestRequest, 'decode'> {
  decode(sink: BatchSink<B>): DecodeOutcome;
}

/** A `Pipeline` without its signals. */
export interface PipelineCore extends Omit<Pipeline, 'ingestLogs' | 'ingestSpans'> {
  /** What was found when the WAL was opened. */
  readonly replayed: ReplayReport;
}

/** A `Pipeline` for one kind of batch. */
export interface BatchPipeline<B extends Batch> extends PipelineCore {
  ingest(request: BatchRequest<B>): Promise<IngestOutcome>;
}

export interface PipelineParts {
  readonly accounts: Accounts;
  readonly committer: Committer;
  readonly disk: DiskSpace;
  readonly feeder: Feeder;
  readonly feeding: Promise<void>;
  readonly housekeeping: Housekeeping;
  readonly journal: FeedJournal;
  readonly lanes: Lanes;
  readonly pendingTimes: PendingTimes;
  readonly progress: FeedProgress;
  readonly queue: FrameQueue;
  readonly requestIds: RequestIds;
  readonly stop: AbortController;
  readonly tail: TailHub;
  readonly wal: Wal;
  readonly replayed: ReplayReport;
  readonly nowMs: () => number;
  readonly walBytesMax: number;
  readonly waitingBytesMax: number;
  /** Frames that were quarantined since the start. */
  readonly quarantinedFrames: () => number;
}

/** A sender reads it in a log; more is noise, and it is kept for every request. */
const MESSAGE_LENGTH_MAX = 256;
/** A receiver that counts these could not make its sender wait. */
const SHED_REASONS: ReadonlySet<string> = new Set(['overloaded', 'disk_full', 'stopping']);

export class IngestPipeline implements PipelineCore {
  readonly replayed: ReplayReport;
  readonly #parts: PipelineParts;
  /** Requests with an id that are being written, by key. */
  readonly #underWay = new Map<string, Promise<DecodeOutcome>>();
  #isClosing = false;

  constructor(parts: PipelineParts) {
    this.#parts = parts;
    this.replayed = parts.replayed;
  }

  /** Resolves when the records of the request, which went into `lane`, are on stable storage. */
  async ingestInto<B extends Batch>(
    lane: Lane<B>,
    request: BatchRequest<B>,
  ): Promise<IngestOutcome> {
    this.#refuse();
    const source = this.#parts.accounts.sourceName(request.source);
    if (request.requestId === undefined) {
      return {
        ...(await this.#commit(lane, request, { source, key: undefined })),
        duplicate: false,
      };
    }
    const key = requestKey(source, request.requestId);
    const first = this.#parts.requestIds.find(key) ?? this.#underWay.get(key);
    if (first !== undefined) return await this.#answerAgain(source, await first);
    const committed = this.#commit(lane, request, { source, key });
    this.#underWay.set(key, committed);
    try {
      return { ...(await committed), duplicate: false };
    } finally {
      this.#underWay.delete(key);
    }
  }

  countRejected(source: string, reason: string, records: number): void {
    const changes = new AccountChanges();
    const change = SHED_REASONS.has(reason)
      ? { shed: records }
      : { rejected: { [reason]: records } };
    changes.add(this.#parts.accounts.sourceName(source), change);
    this.#parts.committer.count(changes);
  }

  async flush(signal?: AbortSignal, range?: TimeRange, table?: RecordTable): Promise<void> {
    const { feeder, pendingTimes, progress, queue } = this.#parts;
    const { fedThrough } = progress.state;
    const frame = range ? pendingTimes.newestIn(range, fedThrough, table) : queue.newestFrame;
    if (frame > fedThrough) await feeder.flush(frame, signal);
  }

  tail(subscription: TailSubscription): AsyncIterable<TailEvent> {
    return this.#parts.tail.subscribe(subscription);
  }

  accounts(): readonly SourceAccount[] {
    const { accounts, nowMs, progress } = this.#parts;
    return accounts.list(progress.state, nowMs());
  }

  status(): PipelineStatus {
    const { disk, feeder, nowMs, quarantinedFrames, replayed, wal, walBytesMax } = this.#parts;
    const oldestAtMs = feeder.oldestAtMs();
    return {
      walBytes: wal.bytes,
      walBytesMax,
      pendingRecords: this.accounts().reduce((sum, { pending }) => sum + pending, 0),
      lagMs: oldestAtMs === undefined ? 0 : Math.max(0, nowMs() - oldestAtMs),
      diskFreeBytes: disk.freeBytes,
      refusing: this.#refusing(),
      quarantinedFrames: replayed.quarantinedFrames + quarantinedFrames(),
    };
  }

  async close(drainMs: number): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    const { committer, disk, feeding, housekeeping, journal, stop, tail, wal } = this.#parts;
    await committer.settle();
    // What is not fed by then is in the WAL.
    await this.flush(AbortSignal.timeout(drainMs)).catch(() => undefined);
    stop.abort();
    await feeding;
    tail.close();
    disk.close();
    await housekeeping.settle();
    await journal.close();
    await wal.close();
  }

  // Synchronous up to the join: a batch must not be taken between decoding and joining.
  async #commit<B extends Batch>(
    lane: Lane<B>,
    request: BatchRequest<B>,
    { source, key }: { readonly source: string; readonly key: string | undefined },
  ): Promise<DecodeOutcome> {
    const outcome = decode(lane, source, request);
    const { accepted, rejected, message } = outcome;
    const changes = new AccountChanges();
    changes.add(source, { accepted, rejected });
    const answer = { accepted, rejected, message: message.slice(0, MESSAGE_LENGTH_MAX) };
    await this.#parts.committer.join({
      changes,
      request: key === undefined ? undefined : { key, ...answer },
    });
    return outcome;
  }

  async #answerAgain(source: string, first: DecodeOutcome): Promise<IngestOutcome> {
    const { accepted, rejected, message } = first;
    const refused = Object.values(rejected).reduce((sum, count) => sum + count, 0);
    const changes = new AccountChanges();
    changes.add(source, { duplicate: accepted + refused });
    await this.#parts.committer.join({ changes, request: undefined });
    return { accepted, rejected, message, duplicate: true };
  }

  #refuse(): void {
    if (this.#isClosing) throw refusal('stopping', 'the server is stopping', 1);
    const reason = this.#refusing();
    if (reason === 'disk_full') throw refusal('disk_full', 'the disk is full', 10);
    if (reason === 'wal_full') {
      throw refusal('overloaded', 'the engine has been away or behind for too long', 5);
    }
    if (this.#parts.lanes.byteLength > this.#parts.waitingBytesMax) {
      throw refusal('overloaded', 'the disk is too slow for what arrives', 1);
    }
  }

  #refusing(): PipelineStatus['refusing'] {
    const { disk, lanes, wal, walBytesMax } = this.#parts;
    const waitingBytes = lanes.byteLength;
    if (!disk.hasRoomFor(waitingBytes)) return 'disk_full';
    return wal.bytes + waitingBytes >= walBytesMax ? 'wal_full' : undefined;
  }
}

function decode<B extends Batch>(
  lane: Lane<B>,
  source: string,
  request: BatchRequest<B>,
): DecodeOutcome {
  const mark = lane.mark();
  try {
    const outcome = request.decode(lane);
    lane.credit(source, mark, outcome.accepted);
    return outcome;
  } catch (error) {
    lane.rollback(mark);
    throw error;
  }
}

function refusal(code: string, why: string, retryAfterSeconds: number): Failure {
  return new Failure({
    code,
    detail: `cannot take records: ${why}`,
    params: { retryAfterSeconds },
  });
}

/** What the requests of a round are told that could not be written. */
export function commitFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const detail = `cannot store records: ${messageOf(error)}`;
  if (isErrorWithCode(error) && ['ENOSPC', 'EDQUOT'].includes(error.code)) {
    const params = { retryAfterSeconds: 10 };
    return new Failure({ code: 'disk_full', detail, params, cause: error });
  }
  const params = { retryAfterSeconds: 1 };
  return new Failure({ code: 'write_failed', detail, params, cause: error });
}

function isErrorWithCode(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}
