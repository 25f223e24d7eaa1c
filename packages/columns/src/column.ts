/**
 * What every column of a batch can do. Columns are sparse: a row that puts nothing gets the type's
 * default, filled in when a later row puts a value or the block is encoded.
 */

/** Column positions in the order they were saved, read back in the same order. */
export class SavedPositions {
  private readonly values: number[] = [];
  private next = 0;

  push(value: number): void {
    this.values.push(value);
  }

  rewind(): void {
    this.next = 0;
  }

  take(): number {
    const value = this.values[this.next] ?? 0;
    this.next += 1;
    return value;
  }
}

export interface Column {
  save(to: SavedPositions): void;
  restore(from: SavedPositions): void;
  /** Takes back what was put for `row`, which is the newest. */
  undo(row: number): void;
  /** Appends the column's data for `rowCount` rows to `parts`. */
  encode(rowCount: number, parts: Uint8Array[]): void;
  reset(): void;
}

/** Columns start with room for so many rows and double up to a full frame. */
export const ROWS_INITIAL = 1024;
