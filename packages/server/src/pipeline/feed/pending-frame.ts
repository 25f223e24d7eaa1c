/** A committed frame that waits for its insert. */
import type { CommittedFrame } from '../wal/wal.ts';
import type { DataMeta } from '../wal/frame-meta.ts';

export interface PendingTable {
  readonly table: string;
  readonly bytes: Uint8Array;
}

export interface PendingFrame {
  readonly frame: number;
  readonly recordCount: number;
  readonly records: Readonly<Record<string, number>>;
  readonly partitions: readonly number[];
  /** In the order of insertion. */
  readonly tables: readonly PendingTable[];
  /** Memory that it holds. */
  readonly bytes: number;
  readonly atMs: number;
}

export interface FrameParts {
  readonly frame: number;
  readonly recordCount: number;
  readonly meta: DataMeta;
  readonly blocks: Buffer;
}

export function pendingFrame({ frame, recordCount, meta, blocks }: FrameParts): PendingFrame {
  let offset = 0;
  const tables = meta.tables.map(({ table, bytes }) => {
    offset += bytes;
    return { table, bytes: blocks.subarray(offset - bytes, offset) };
  });
  const { records, partitions, atMs } = meta;
  return { frame, recordCount, records, partitions, tables, bytes: blocks.length, atMs };
}

/** Where a frame lies in the WAL, for those that do not stay in memory. */
export type FramePlace = Pick<CommittedFrame, 'segment' | 'offset'>;
