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
  /** Its tables will not be read any more. */
  readonly release: () => void;
}

export interface FrameParts {
  readonly frame: number;
  readonly recordCount: number;
  readonly meta: DataMeta;
  readonly blocks: Buffer;
  readonly release?: () => void;
}

export function pendingFrame(parts: FrameParts): PendingFrame {
  const { frame, recordCount, meta, blocks, release = () => undefined } = parts;
  let offset = 0;
  const tables = meta.tables.map(({ table, bytes }) => {
    offset += bytes;
    return { table, bytes: blocks.subarray(offset - bytes, offset) };
  });
  const { records, partitions, atMs } = meta;
  const bytes = blocks.length;
  return { frame, recordCount, records, partitions, tables, bytes, atMs, release };
}

/** Where a frame lies in the WAL, for those that do not stay in memory. */
export type FramePlace = Pick<CommittedFrame, 'segment' | 'offset'>;
