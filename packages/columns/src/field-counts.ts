/**
 * How many records have a field, and each of its values while they are few. Values are told apart by
 * their bytes as they lie in the column, so that counting one makes no string.
 */
import type { ByteSource } from './byte-store.ts';
import { ByteTable } from './byte-table.ts';

/** Distinct values that are listed for a field and hour; one with more is no facet. */
const VALUES_MAX = 100;
/** Longer values are nothing to choose from a list. */
const VALUE_BYTES_MAX = 256;

const VALUE_LIKELY_BITS = 7;

/** Writes one row of `log_fields`; the empty value stands for the field as such. */
export type CountSink = (value: string, count: number) => void;

/** The text of a value from its bytes. */
export type ValueText = (table: ByteTable, number: number) => string;

export class FieldCounts {
  private records = 0;
  private isKnown = false;
  // Many fields never have a value to tell.
  private table: ByteTable | undefined;
  private isClosed = false;
  private readonly counts: number[] = [];
  /** Values below this number were told before. */
  private toldValues = 0;
  private readonly valueText: ValueText;

  constructor(valueText: ValueText = (table, number) => table.textOf(number)) {
    this.valueText = valueText;
  }

  /** False when values need not be counted any more. */
  get isOpen(): boolean {
    return !this.isClosed;
  }

  get hasNews(): boolean {
    return (!this.isKnown && this.records > 0) || (this.table?.count ?? 0) > this.toldValues;
  }

  addRecords(count: number): void {
    this.records += count;
  }

  addValue(source: ByteSource, start: number, end: number, count: number): void {
    if (this.isClosed || end - start > VALUE_BYTES_MAX || end === start) return;
    this.table ??= new ByteTable(VALUE_LIKELY_BITS);
    const number = this.table.intern(source, start, end);
    if (number >= VALUES_MAX) this.close();
    else this.counts[number] = (this.counts[number] ?? 0) + count;
  }

  /** For fields whose values are known to be too many. */
  close(): void {
    this.table = undefined;
    this.isClosed = true;
    this.counts.length = 0;
  }

  /** What is new, with its counts. */
  takeNews(sink: CountSink): void {
    if (!this.isKnown && this.records > 0) this.takeRecords(sink);
    this.takeValues(this.toldValues, sink);
  }

  /** All counts that were not told yet. */
  takeAll(sink: CountSink): void {
    if (this.records > 0) this.takeRecords(sink);
    this.takeValues(0, sink);
  }

  private takeRecords(sink: CountSink): void {
    sink('', this.records);
    this.records = 0;
    this.isKnown = true;
  }

  private takeValues(from: number, sink: CountSink): void {
    const { table } = this;
    if (!table) return;
    for (let number = from; number < table.count; number += 1) {
      const count = this.counts[number] ?? 0;
      if (count === 0) continue;
      sink(this.valueText(table, number), count);
      this.counts[number] = 0;
    }
    this.toldValues = table.count;
  }
}
