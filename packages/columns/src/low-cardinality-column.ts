/**
 * LowCardinality(String): a dictionary of the block's distinct values and one index a row
 * (ClickHouse, SerializationLowCardinality: keys version 1, then flags, keys and indexes).
 */
import { ByteSource, ByteStore } from './byte-store.ts';
import { ByteTable } from './byte-table.ts';
import type { Column, SavedPositions } from './column.ts';
import { IndexColumn, bytesOf } from './fixed-columns.ts';
import { ScratchMemory } from './scratch-memory.ts';
import { isValidUtf8, repairUtf8 } from './utf8.ts';

const KEYS_VERSION = 1;
const HAS_ADDITIONAL_KEYS = 1 << 9;
const NEEDS_UPDATE = 1 << 10;
const INDEX_UINT8 = 0;
const INDEX_UINT16 = 1;
/** Up to so many keys indexes have one byte. */
const NARROW_KEYS_MAX = 0x100;
const NOTHING: ByteSource = new ByteSource(new Uint8Array(0));

export class LowCardinalityColumn implements Column {
  /** Distinct values of the block; number 0 is the empty text that rows without a value have. */
  readonly dictionary: ByteTable = new ByteTable();
  private readonly indexes: IndexColumn = new IndexColumn();
  private readonly scratch: ScratchMemory = new ScratchMemory();
  private rows = 0;

  constructor() {
    this.dictionary.intern(NOTHING, 0, 0);
  }

  has(row: number): boolean {
    return this.rows > row;
  }

  /** True when the block has the value already; a cheap look that may miss it. */
  knows(source: ByteSource, start: number, end: number): boolean {
    return this.dictionary.find(source, start, end) >= 0;
  }

  /** Invalid UTF-8 becomes U+FFFD. */
  put(row: number, source: ByteSource, start: number, end: number): void {
    const known = this.dictionary.count;
    const index = this.dictionary.intern(source, start, end);
    const isNew = index === known;
    this.putIndex(row, isNew ? this.checked(index, source, start, end) : index);
  }

  putIndex(row: number, index: number): void {
    this.indexes.put(row, index);
    this.rows = row + 1;
  }

  textAt(row: number): string {
    return this.dictionary.textOf(this.indexes.at(row));
  }

  /** Which text of the dictionary a row has; 0 is the empty one. */
  indexAt(row: number): number {
    return this.indexes.at(row);
  }

  /** Index into the dictionary of each row. */
  filled(rowCount: number): Uint16Array {
    return this.indexes.filled(rowCount);
  }

  save(to: SavedPositions): void {
    this.indexes.save(to);
    to.push(this.rows);
    to.push(this.dictionary.count);
  }

  restore(from: SavedPositions): void {
    this.indexes.restore(from);
    this.rows = from.take();
    this.dictionary.truncate(from.take());
  }

  undo(row: number): void {
    this.indexes.undo(row);
    this.rows = Math.min(this.rows, row);
  }

  encode(rowCount: number, parts: Uint8Array[]): void {
    const header = new ByteStore(64 + this.dictionary.store.end + this.dictionary.count);
    for (let number = 0; number < this.dictionary.count; number += 1) {
      const start = this.dictionary.startOf(number);
      const end = this.dictionary.endOf(number);
      header.putBytes(this.dictionary.store.bytes.subarray(start, end));
    }
    const { count } = this.dictionary;
    const indexes = lowCardinalityIndexes(count, rowCount, this.scratch);
    indexes.set(this.filled(rowCount));
    encodeLowCardinality(count, header.used(), indexes, parts);
  }

  // The index of a value that is new, made valid UTF-8.
  private checked(index: number, source: ByteSource, start: number, end: number): number {
    if (isValidUtf8(source.bytes, start, end)) return index;
    this.dictionary.truncate(index);
    const repaired = repairUtf8(source.bytes, start, end);
    return this.dictionary.intern(new ByteSource(repaired), 0, repaired.length);
  }

  reset(): void {
    this.indexes.reset();
    this.scratch.reset();
    this.rows = 0;
    this.dictionary.reset();
    this.dictionary.intern(NOTHING, 0, 0);
  }
}

/** One number for each row, of the width that so many keys need; zeros. */
export function lowCardinalityIndexes(
  keyCount: number,
  rowCount: number,
  scratch: ScratchMemory,
): Uint8Array | Uint16Array {
  if (keyCount <= NARROW_KEYS_MAX) return scratch.take(rowCount);
  const { buffer, byteOffset } = scratch.take(rowCount * 2);
  return new Uint16Array(buffer, byteOffset, rowCount);
}

/** `keys` are the dictionary's values, each with its length. */
export function encodeLowCardinality(
  keyCount: number,
  keys: Uint8Array,
  indexes: Uint8Array | Uint16Array,
  parts: Uint8Array[],
): void {
  if (indexes.length === 0) return;
  const type = keyCount <= NARROW_KEYS_MAX ? INDEX_UINT8 : INDEX_UINT16;
  const header = new ByteStore(32);
  header.putUint64(KEYS_VERSION, 0);
  header.putUint64(type | HAS_ADDITIONAL_KEYS | NEEDS_UPDATE, 0);
  header.putUint64(keyCount, 0);
  const rowCount = new ByteStore(8);
  rowCount.putUint64(indexes.length, 0);
  parts.push(header.used(), keys, rowCount.used(), bytesOf(indexes));
}
