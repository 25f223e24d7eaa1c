/** Map(String, String): where each row's entries end, then all keys, then all values. */
import { ByteStore, readVarint } from './byte-store.ts';
import { decodeUtf8 } from './utf8.ts';
import type { Column, SavedPositions } from './column.ts';

const NO_ROW = -1;

export class MapColumn implements Column {
  private readonly ends: ByteStore = new ByteStore(1024);
  private readonly keys: ByteStore = new ByteStore(256);
  private readonly values: ByteStore = new ByteStore(256);
  private entryCount = 0;
  private rows = 0;
  private keysRow = NO_ROW;
  private readonly keysOfRow: Set<string> = new Set();

  /** Adds an entry to `row`, the newest. The first entry of a key stays. */
  add(row: number, key: string, value: string): void {
    if (row !== this.keysRow) {
      this.keysRow = row;
      this.keysOfRow.clear();
    }
    if (this.keysOfRow.has(key)) return;
    this.keysOfRow.add(key);
    this.fillTo(row);
    this.keys.putString(key);
    this.values.putString(value);
    this.entryCount += 1;
    if (this.rows > row) this.ends.end -= 8;
    this.ends.putUint64(this.entryCount, 0);
    this.rows = row + 1;
  }

  get byteLength(): number {
    return this.keys.end + this.values.end;
  }

  /** Keys of all rows; the same key once for each row that has it. */
  *entries(): Iterable<{ readonly row: number; readonly key: string; readonly value: string }> {
    let keyAt = 0;
    let valueAt = 0;
    let entry = 0;
    for (let row = 0; row < this.rows; row += 1) {
      for (; entry < this.endOf(row); entry += 1) {
        const key = readVarint(this.keys.bytes, keyAt);
        const value = readVarint(this.values.bytes, valueAt);
        keyAt = key.next + key.value;
        valueAt = value.next + value.value;
        yield {
          row,
          key: decodeUtf8(this.keys.bytes, key.next, keyAt),
          value: decodeUtf8(this.values.bytes, value.next, valueAt),
        };
      }
    }
  }

  save(to: SavedPositions): void {
    to.push(this.ends.end);
    to.push(this.keys.end);
    to.push(this.values.end);
    to.push(this.entryCount);
    to.push(this.rows);
  }

  restore(from: SavedPositions): void {
    this.ends.end = from.take();
    this.keys.end = from.take();
    this.values.end = from.take();
    this.entryCount = from.take();
    this.rows = from.take();
    this.keysRow = NO_ROW;
  }

  undo(row: number): void {
    if (this.rows <= row) return;
    this.keysRow = NO_ROW;
    this.rows = row;
    this.ends.end = row * 8;
    const keep = row === 0 ? 0 : this.endOf(row - 1);
    this.keys.end = skipValues(this.keys, keep);
    this.values.end = skipValues(this.values, keep);
    this.entryCount = keep;
  }

  encode(rowCount: number, parts: Uint8Array[]): void {
    this.fillTo(rowCount);
    parts.push(this.ends.used(), this.keys.used(), this.values.used());
  }

  reset(): void {
    this.ends.end = 0;
    this.keys.end = 0;
    this.values.end = 0;
    this.entryCount = 0;
    this.rows = 0;
    this.keysRow = NO_ROW;
  }

  private fillTo(rowCount: number): void {
    if (this.entryCount === 0 && rowCount > this.rows) {
      this.ends.fill(0, (rowCount - this.rows) * 8);
      this.rows = rowCount;
    }
    for (; this.rows < rowCount; this.rows += 1) this.ends.putUint64(this.entryCount, 0);
  }

  private endOf(row: number): number {
    return this.ends.view.getUint32(row * 8, true);
  }
}

function skipValues(store: ByteStore, count: number): number {
  let at = 0;
  for (let i = 0; i < count; i += 1) {
    const { value, next } = readVarint(store.bytes, at);
    at = next + value;
  }
  return at;
}
