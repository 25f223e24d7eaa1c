/** String: each value is its length and its bytes. */
import type { ByteSource } from './byte-store.ts';
import { ByteStore, readVarint, varintLength } from './byte-store.ts';
import { ROWS_INITIAL, type Column, type SavedPositions } from './column.ts';
import { TextCursor } from './text-cursor.ts';

export class StringColumn implements Column {
  private readonly store: ByteStore;
  private rows = 0;
  private newestAt = 0;
  private offsets: Uint32Array | undefined;

  /** `bytesPerRow` is a guess that saves growing. */
  constructor(bytesPerRow: number) {
    this.store = new ByteStore(ROWS_INITIAL * bytesPerRow);
  }

  /** True when `row`, the newest, has a value already. */
  has(row: number): boolean {
    return this.rows > row;
  }

  putText(row: number, source: ByteSource, start: number, end: number): void {
    if (row > this.rows) this.store.fill(0, row - this.rows);
    this.newestAt = this.store.end;
    this.rows = row + 1;
    this.store.putText(source, start, end);
  }

  putString(row: number, text: string): void {
    this.claim(row);
    this.store.putString(text);
  }

  putHex(row: number, source: ByteSource, start: number, end: number): void {
    this.claim(row);
    this.store.putHex(source, start, end);
  }

  /** Where the newest value's bytes lie, in memory that the next value may move. */
  newest(): { readonly source: ByteSource; readonly start: number; readonly end: number } {
    const { store, newestAt } = this;
    return {
      source: store,
      start: newestAt + varintLength(store.bytes, newestAt),
      end: store.end,
    };
  }

  /** Text of a row; the first call after a change walks the column once. */
  textAt(row: number): string {
    if (row >= this.rows) return '';
    this.offsets ??= this.findOffsets();
    return this.store.textAt(this.offsets[row] ?? 0);
  }

  /** Before the first row; each `next` is one row on. */
  cursor(): TextCursor {
    return new TextCursor(this.store);
  }

  save(to: SavedPositions): void {
    to.push(this.rows);
    to.push(this.store.end);
  }

  restore(from: SavedPositions): void {
    this.rows = from.take();
    this.store.end = from.take();
    this.offsets = undefined;
  }

  undo(row: number): void {
    if (this.rows <= row) return;
    this.rows = row;
    this.store.end = this.newestAt;
  }

  encode(rowCount: number, parts: Uint8Array[]): void {
    if (rowCount > this.rows) this.store.fill(0, rowCount - this.rows);
    this.rows = rowCount;
    parts.push(this.store.used());
  }

  reset(): void {
    this.rows = 0;
    this.store.end = 0;
    this.offsets = undefined;
  }

  private claim(row: number): void {
    if (row > this.rows) this.store.fill(0, row - this.rows);
    this.newestAt = this.store.end;
    this.rows = row + 1;
  }

  private findOffsets(): Uint32Array {
    const offsets = new Uint32Array(this.rows);
    let at = 0;
    for (let row = 0; row < this.rows; row += 1) {
      offsets[row] = at;
      const { value, next } = readVarint(this.store.bytes, at);
      at = next + value;
    }
    return offsets;
  }
}
