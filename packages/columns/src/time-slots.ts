/** Which hours and days (UTC) the rows of a batch fall into. */
import { NS_PER_DAY } from '@tendril/model/time-range';
import type { Column, SavedPositions } from './column.ts';
import type { WordPairColumn } from './fixed-columns.ts';
import { RunColumn, type Run } from './run-column.ts';

const NS_PER_HOUR: bigint = NS_PER_DAY / 24n;
const HOURS_PER_DAY = 24;
const NO_WINDOW = -1;

export class TimeSlots implements Column {
  /** Days since 1970. */
  readonly days: Set<number> = new Set();
  /** Hours since 1970, in order of first use. */
  readonly hours: number[] = [];
  private readonly indexes: RunColumn = new RunColumn();
  // All times with this high word (4.3 s) are in the hour put last.
  private window = NO_WINDOW;

  add(row: number, times: WordPairColumn): void {
    const high = times.highAt(row);
    if (high === this.window) return;
    this.indexes.put(row, this.findHour(times.lowAt(row), high));
  }

  /** Runs of rows of one hour, by its index in `hours`. */
  runs(rowCount: number): Iterable<Run> {
    return this.indexes.runs(rowCount);
  }

  /** Index into `hours` of each row. */
  indexesOf(rowCount: number): Uint16Array {
    return this.indexes.filled(rowCount);
  }

  save(to: SavedPositions): void {
    this.indexes.save(to);
    to.push(this.hours.length);
  }

  restore(from: SavedPositions): void {
    this.indexes.restore(from);
    this.keep(from.take());
  }

  undo(row: number): void {
    this.indexes.undo(row);
    this.window = NO_WINDOW;
  }

  encode(rowCount: number, parts: Uint8Array[]): void {
    this.indexes.encode(rowCount, parts);
  }

  reset(): void {
    this.indexes.reset();
    this.keep(0);
  }

  private keep(hourCount: number): void {
    this.hours.length = hourCount;
    this.window = NO_WINDOW;
    this.days.clear();
    for (const hour of this.hours) this.days.add(Math.floor(hour / HOURS_PER_DAY));
  }

  private findHour(low: number, high: number): number {
    const windowNs = BigInt(high >>> 0) << 32n;
    const hour = Number((windowNs | BigInt(low >>> 0)) / NS_PER_HOUR);
    this.days.add(Math.floor(hour / HOURS_PER_DAY));
    const whole = windowNs / NS_PER_HOUR === (windowNs + 0xffff_ffffn) / NS_PER_HOUR;
    this.window = whole ? high : NO_WINDOW;
    const known = this.hours.indexOf(hour);
    return known >= 0 ? known : this.hours.push(hour) - 1;
  }
}
