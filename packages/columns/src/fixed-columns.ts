/** Columns whose values all have the same width. */
import { ROWS_INITIAL, type Column, type SavedPositions } from './column.ts';

/** UInt8. */
export class ByteColumn implements Column {
  private values: Uint8Array = new Uint8Array(ROWS_INITIAL);
  private rows = 0;

  put(row: number, value: number): void {
    if (row >= this.values.length) this.values = grown(this.values, row);
    if (row > this.rows) this.values.fill(0, this.rows, row);
    this.values[row] = value;
    this.rows = row + 1;
  }

  at(row: number): number {
    return row < this.rows ? (this.values[row] ?? 0) : 0;
  }

  save(to: SavedPositions): void {
    to.push(this.rows);
  }

  restore(from: SavedPositions): void {
    this.rows = from.take();
  }

  undo(row: number): void {
    this.rows = Math.min(this.rows, row);
  }

  encode(rowCount: number, parts: Uint8Array[]): void {
    if (rowCount > this.values.length) this.values = grown(this.values, rowCount - 1);
    this.values.fill(0, this.rows, rowCount);
    parts.push(this.values.subarray(0, rowCount));
  }

  reset(): void {
    this.rows = 0;
  }
}

/** UInt16 that never leaves the process: which of a batch's resources or scopes a row has. */
export class IndexColumn implements Column {
  values: Uint16Array = new Uint16Array(ROWS_INITIAL);
  private rows = 0;

  put(row: number, value: number): void {
    if (row >= this.values.length) this.values = grown(this.values, row);
    if (row > this.rows) this.values.fill(0, this.rows, row);
    this.values[row] = value;
    this.rows = row + 1;
  }

  at(row: number): number {
    return row < this.rows ? (this.values[row] ?? 0) : 0;
  }

  /** The values of so many rows. */
  filled(rowCount: number): Uint16Array {
    if (rowCount > this.values.length) this.values = grown(this.values, rowCount - 1);
    this.values.fill(0, this.rows, rowCount);
    return this.values.subarray(0, rowCount);
  }

  save(to: SavedPositions): void {
    to.push(this.rows);
  }

  restore(from: SavedPositions): void {
    this.rows = from.take();
  }

  undo(row: number): void {
    this.rows = Math.min(this.rows, row);
  }

  encode(rowCount: number, parts: Uint8Array[]): void {
    parts.push(bytesOf(this.filled(rowCount)));
  }

  reset(): void {
    this.rows = 0;
  }
}

/** Eight bytes a value, as two little-endian words: DateTime64, Int64, UInt64. */
export class WordPairColumn implements Column {
  private values: Int32Array = new Int32Array(2 * ROWS_INITIAL);
  private rows = 0;

  put(row: number, low: number, high: number): void {
    const at = row * 2;
    if (at >= this.values.length) this.values = grown(this.values, at);
    if (row > this.rows) this.values.fill(0, this.rows * 2, at);
    this.values[at] = low;
    this.values[at + 1] = high;
    this.rows = row + 1;
  }

  has(row: number): boolean {
    return row < this.rows;
  }

  lowAt(row: number): number {
    return row < this.rows ? (this.values[row * 2] ?? 0) : 0;
  }

  highAt(row: number): number {
    return row < this.rows ? (this.values[row * 2 + 1] ?? 0) : 0;
  }

  /** Least and greatest value of the rows, unsigned; exact to 2^11. */
  bounds(): { readonly least: number; readonly greatest: number } {
    let least = Infinity;
    let greatest = 0;
    for (let row = 0; row < this.rows; row += 1) {
      const value = (this.highAt(row) >>> 0) * 0x1_0000_0000 + (this.lowAt(row) >>> 0);
      if (value < least) least = value;
      if (value > greatest) greatest = value;
    }
    return { least, greatest };
  }

  save(to: SavedPositions): void {
    to.push(this.rows);
  }

  restore(from: SavedPositions): void {
    this.rows = from.take();
  }

  undo(row: number): void {
    this.rows = Math.min(this.rows, row);
  }

  encode(rowCount: number, parts: Uint8Array[]): void {
    if (rowCount * 2 > this.values.length) this.values = grown(this.values, rowCount * 2 - 1);
    this.values.fill(0, this.rows * 2, rowCount * 2);
    parts.push(bytesOf(this.values.subarray(0, rowCount * 2)));
  }

  reset(): void {
    this.rows = 0;
  }
}

export function bytesOf(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** A copy with room for `index`, at least twice as long. */
export function grown<T extends Uint8Array | Uint16Array | Int32Array>(values: T, index: number): T;
export function grown(
  values: Uint8Array | Uint16Array | Int32Array,
  index: number,
): Uint8Array | Uint16Array | Int32Array {
  const length = Math.max(values.length * 2, index + 1);
  const copy = emptyLike(values, length);
  copy.set(values);
  return copy;
}

function emptyLike(
  values: Uint8Array | Uint16Array | Int32Array,
  length: number,
): Uint8Array | Uint16Array | Int32Array {
  if (values instanceof Uint8Array) return new Uint8Array(length);
  if (values instanceof Uint16Array) return new Uint16Array(length);
  return new Int32Array(length);
}
