/**
 * Small numbers that stay the same for many rows (which resource, which hour): only changes are kept. A
 * row that puts nothing has the number of the row before. Never leaves the process as such.
 */
import type { Column, SavedPositions } from './column.ts';
import { bytesOf } from './fixed-columns.ts';

const NONE = -1;

/** Rows from `start` to before `end`. */
export interface Run {
  readonly start: number;
  readonly end: number;
  readonly number: number;
}

export class RunColumn implements Column {
  /** The number put last. */
  newest: number = NONE;
  private readonly starts: number[] = [];
  private readonly numbers: number[] = [];

  put(row: number, number: number): void {
    if (number === this.newest) return;
    this.starts.push(row);
    this.numbers.push(number);
    this.newest = number;
  }

  at(row: number): number {
    let from = 0;
    let to = this.starts.length;
    while (to - from > 1) {
      const middle = (from + to) >> 1;
      if ((this.starts[middle] ?? 0) <= row) from = middle;
      else to = middle;
    }
    return this.numbers[from] ?? 0;
  }

  /** Runs of rows with one number, in order. */
  *runs(rowCount: number): Iterable<Run> {
    for (const [index, start] of this.starts.entries()) {
      const end = this.starts[index + 1] ?? rowCount;
      if (end > start) yield { start, end, number: this.numbers[index] ?? 0 };
    }
  }

  /** The number of each row. */
  filled(rowCount: number): Uint16Array {
    const filled = new Uint16Array(rowCount);
    for (const { start, end, number } of this.runs(rowCount)) filled.fill(number, start, end);
    return filled;
  }

  save(to: SavedPositions): void {
    to.push(this.starts.length);
  }

  restore(from: SavedPositions): void {
    this.keep(from.take());
  }

  undo(row: number): void {
    this.cutAt(row);
  }

  encode(rowCount: number, parts: Uint8Array[]): void {
    parts.push(bytesOf(this.filled(rowCount)));
  }

  reset(): void {
    this.keep(0);
  }

  /** Takes back all runs that begin at `row` or later. */
  cutAt(row: number): void {
    let kept = this.starts.length;
    while (kept > 0 && (this.starts[kept - 1] ?? 0) >= row) kept -= 1;
    this.keep(kept);
  }

  private keep(runCount: number): void {
    this.starts.length = runCount;
    this.numbers.length = runCount;
    this.newest = this.numbers.at(-1) ?? NONE;
  }
}
