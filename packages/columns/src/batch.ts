/**
 * What the pipeline needs of a batch, whatever the signal. A batch is filled by one writer, encoded
 * once, and reused after `reset`.
 */
import type { RecordIdParts } from '@tendril/model/record-id';
import type { TimeRange } from '@tendril/model/time-range';

/** One ClickHouse Native block, bound for one table. */
export interface TableBlock {
  readonly table: string;
  readonly rowCount: number;
  /** Concatenated they are the block. Views into the batch's memory: valid until `reset`. */
  readonly bytes: readonly Uint8Array[];
}

/** A place to return to, so that a request refused in the middle leaves nothing behind. */
export type BatchMark = { readonly rowCount: number };

export interface Batch {
  readonly rowCount: number;
  /** About how many bytes `encode` would give; cheap enough to ask for each record. */
  readonly byteLength: number;
  /** Partitions (days since 1970, UTC) that the rows fall into. */
  readonly partitions: ReadonlySet<number>;
  /** The times of all rows lie in it; it may be a little wider. Not asked of an empty batch. */
  readonly timeRange: TimeRange;
  mark(): BatchMark;
  rollback(mark: BatchMark): void;
  /**
   * Blocks in the order they must be inserted (resources before their records). `ids.row` is 0; row
   * i gets RecordId (server, frame, i). At most FRAME_ROWS_MAX rows.
   */
  encode(ids: RecordIdParts): readonly TableBlock[];
  reset(): void;
}

/** Where a writer gets the batch for its next record: a new one when the last is full. */
export interface BatchSink<B extends Batch> {
  /** Call once before each record; the same batch stays valid until the next call. */
  batchForNextRecord(): B;
}
