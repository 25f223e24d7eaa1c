/**
 * The batches of one signal on their way to the WAL: requests write into the newest one, a commit
 * round takes them all. A batch is encoded into its frame and then filled again.
 */
import assert from 'node:assert/strict';
import type { Batch, BatchMark, BatchSink } from '@tendril/columns/batch';
import { FRAME_ROWS_MAX } from '@tendril/model/record-id';
import { addCounts } from './feed/feed-state.ts';
import type { FrameBody, FrameBuilder } from './wal/encode-round.ts';

export interface LaneOptions<B extends Batch> {
  readonly newBatch: () => B;
  readonly serverId: number;
  /** Of one frame; the record that crosses it is its last. */
  readonly frameBytes: number;
  /** Of one frame, because each is a part in the engine. */
  readonly partitionsMax: number;
  /** Called with each batch after it was encoded; what it returns is called after the commit. */
  readonly onEncoded: (batch: B, frame: number) => (() => void) | undefined;
}

interface Filling<B extends Batch> {
  readonly batch: B;
  records: Readonly<Record<string, number>>;
}

export interface LaneMark {
  readonly batches: number;
  readonly newest: BatchMark | undefined;
}

/** What a commit round takes. */
export interface LaneRound {
  readonly frames: readonly FrameBuilder[];
  readonly afterCommit: Iterable<() => void>;
}

/** Batches that are kept for reuse: their memory has grown to what is needed. */
const IDLE_BATCHES_MAX = 4;

export class Lane<B extends Batch> implements BatchSink<B> {
  readonly #options: LaneOptions<B>;
  readonly #idle: B[] = [];
  #filling: Filling<B>[] = [];

  constructor(options: LaneOptions<B>) {
    this.#options = options;
  }

  /** Waiting for a round. */
  get byteLength(): number {
    return this.#filling.reduce((sum, { batch }) => sum + batch.byteLength, 0);
  }

  batchForNextRecord(): B {
    const newest = this.#filling.at(-1)?.batch;
    if (newest !== undefined && !this.#isFull(newest)) return newest;
    const batch = this.#idle.pop() ?? this.#options.newBatch();
    this.#filling.push({ batch, records: {} });
    return batch;
  }

  mark(): LaneMark {
    return { batches: this.#filling.length, newest: this.#filling.at(-1)?.batch.mark() };
  }

  /** As if nothing had been written since the mark. */
  rollback({ batches, newest }: LaneMark): void {
    for (const { batch } of this.#filling.splice(batches)) this.#giveBack(batch);
    if (newest !== undefined) this.#filling.at(-1)?.batch.rollback(newest);
  }

  /** Puts what was written since the mark to the source's account. */
  credit(source: string, mark: LaneMark, accepted: number): void {
    const first = Math.max(0, mark.batches - 1);
    const touched = this.#filling.slice(first).map((filling, index) => {
      const before = index === 0 && mark.batches > 0 ? (mark.newest?.rowCount ?? 0) : 0;
      return { filling, rows: filling.batch.rowCount - before };
    });
    const rows = touched.reduce((sum, part) => sum + part.rows, 0);
    assert.equal(rows, accepted, 'a request says how many records it wrote');
    for (const { filling, rows: count } of touched) {
      if (count > 0) filling.records = addCounts(filling.records, { [source]: count });
    }
  }

  /** The round must be committed or given up before the next one is encoded. */
  take(): LaneRound {
    const afterCommit: (() => void)[] = [];
    const frames = this.#filling
      .filter(({ batch }) => batch.rowCount > 0)
      .map(
        (filling): FrameBuilder =>
          (frame) =>
            this.#encode(filling, frame, afterCommit),
      );
    this.#filling = [];
    return { frames, afterCommit };
  }

  giveBackIdle(): void {
    this.#idle.length = 0;
  }

  #isFull(batch: B): boolean {
    const { frameBytes, partitionsMax } = this.#options;
    return (
      batch.rowCount >= FRAME_ROWS_MAX ||
      batch.byteLength >= frameBytes ||
      batch.partitions.size >= partitionsMax
    );
  }

  #encode({ batch, records }: Filling<B>, frame: number, afterCommit: (() => void)[]): FrameBody {
    const { onEncoded, serverId } = this.#options;
    const blocks = batch.encode({ server: serverId, frame, row: 0 });
    const notify = onEncoded(batch, frame);
    if (notify !== undefined) afterCommit.push(notify);
    return {
      records,
      recordCount: batch.rowCount,
      partitions: [...batch.partitions],
      blocks,
      release: () => this.#giveBack(batch),
    };
  }

  #giveBack(batch: B): void {
    batch.reset();
    if (this.#idle.length < IDLE_BATCHES_MAX) this.#idle.push(batch);
  }
}
