/**
 * What is inserted together: which frames make a plan, and the order of its tables. Pure.
 */
import type { PendingFrame } from './pending-frame.ts';

export interface PlanLimits {
  /** The size of an insert decides its speed; larger ones gain little and search waits for them. */
  readonly recordsMax: number;
  /** Below what the engine takes as one block, so that an insert of a table is one step. */
  readonly bytesMax: number;
  /** Of the engine: `max_partitions_per_insert_block` is 100, and each partition is a part to write. */
  readonly partitionsMax: number;
  /** Frames of a few records, by the thousand: each is a block to parse. */
  readonly framesMax: number;
}

/** How many of the oldest frames go into one insert; at least one if there are any. */
export function planLength(frames: readonly PendingFrame[], limits: PlanLimits): number {
  const partitions = new Set<number>();
  let records = 0;
  let bytes = 0;
  for (const [index, frame] of frames.entries()) {
    records += frame.recordCount;
    bytes += frame.bytes;
    for (const partition of frame.partitions) partitions.add(partition);
    const isOver =
      records > limits.recordsMax ||
      bytes > limits.bytesMax ||
      partitions.size > limits.partitionsMax ||
      index >= limits.framesMax;
    if (isOver) return Math.max(index, 1);
  }
  return frames.length;
}

/** Every table of the frames, in an order that keeps the order inside each frame. */
export function tablesInOrder(frames: readonly PendingFrame[]): readonly string[] {
  const order: string[] = [];
  for (const { tables } of frames) {
    let behind = order.length;
    for (const { table } of tables.toReversed()) {
      const at = order.indexOf(table);
      if (at < 0) order.splice(behind, 0, table);
      else behind = at;
    }
  }
  return order;
}

/** The blocks of one table, in the order of the frames. */
export function blocksOf(frames: readonly PendingFrame[], table: string): readonly Uint8Array[] {
  return frames.flatMap(({ tables }) =>
    tables.filter((block) => block.table === table).map(({ bytes }) => bytes),
  );
}
