/**
 * What a row has any number of (events and links of a span), as the parallel arrays of ClickHouse's
 * Nested: per element a time, some texts and a map of attributes with the type of each value.
 */
import { ByteStore } from './byte-store.ts';
import type { Column, SavedPositions } from './column.ts';
import type { AttributeTypeLetter } from './log-resource.ts';
import type { NativeColumn } from './native-block.ts';

const NO_ROW = -1;

export interface NestedColumnOptions {
  /** Name of the Nested. */
  readonly name: string;
  readonly hasTime: boolean;
  /** Names of the texts, in the order they are given to `add`. */
  readonly texts: readonly string[];
}

export class NestedColumn implements Column {
  private readonly options: NestedColumnOptions;
  private readonly ends: ByteStore = new ByteStore(1024);
  private readonly times: ByteStore = new ByteStore(64);
  private readonly texts: readonly ByteStore[];
  private readonly mapEnds: ByteStore = new ByteStore(64);
  private readonly keys: ByteStore = new ByteStore(64);
  private readonly values: ByteStore = new ByteStore(64);
  private readonly types: ByteStore = new ByteStore(64);
  /** Whose ends are all there is to take back. */
  private readonly stores: readonly ByteStore[];
  private rows = 0;
  private elementCount = 0;
  private entryCount = 0;
  private letters = '';
  private readonly keysOfElement: Set<string> = new Set();
  private newestRow = NO_ROW;
  private readonly newestAt: number[] = [];

  constructor(options: NestedColumnOptions) {
    this.options = options;
    this.texts = options.texts.map(() => new ByteStore(64));
    this.stores = [
      this.ends,
      this.times,
      ...this.texts,
      this.mapEnds,
      this.keys,
      this.values,
      this.types,
    ];
  }

  /** Elements of all rows. */
  get count(): number {
    return this.elementCount;
  }

  get byteLength(): number {
    return this.stores.reduce((sum, { end }) => sum + end, 0);
  }

  /** Gives `row`, the newest, one more element; `end` completes it. */
  begin(row: number, time: { readonly low: number; readonly high: number }): void {
    if (row !== this.newestRow) this.beginRow(row);
    this.elementCount += 1;
    this.letters = '';
    this.keysOfElement.clear();
    if (this.options.hasTime) this.times.putUint64(time.low, time.high);
  }

  /** The store of a text, to which exactly one value is to be put for each element. */
  text(index: number): ByteStore {
    const store = this.texts[index];
    if (!store) throw new RangeError(`${this.options.name} has no text ${index}`);
    return store;
  }

  /** Of several values of one key the first stays. */
  addAttribute(key: string, value: string, letter: AttributeTypeLetter): void {
    if (this.keysOfElement.has(key)) return;
    this.keysOfElement.add(key);
    this.keys.putString(key);
    this.values.putString(value);
    this.entryCount += 1;
    this.letters += letter;
  }

  end(): void {
    this.mapEnds.putUint64(this.entryCount, 0);
    this.types.putString(this.letters);
    this.ends.end = this.newestRow * 8;
    this.ends.putUint64(this.elementCount, 0);
    this.rows = this.newestRow + 1;
  }

  /** The columns to send. */
  native(): readonly NativeColumn[] {
    const { name, hasTime, texts } = this.options;
    const array = (field: string, type: string, stores: readonly ByteStore[]): NativeColumn => ({
      name: `${name}.${field}`,
      type: `Array(${type})`,
      encode: (rowCount, parts) => {
        this.fillTo(rowCount);
        parts.push(this.ends.used(), ...stores.map((store) => store.used()));
      },
    });
    return [
      ...(hasTime ? [array('Timestamp', "DateTime64(9, 'UTC')", [this.times])] : []),
      ...texts.map((field, index) => array(field, 'String', [this.text(index)])),
      array('Attributes', 'Map(String, String)', [this.mapEnds, this.keys, this.values]),
      array('AttributeTypes', 'String', [this.types]),
    ];
  }

  save(to: SavedPositions): void {
    for (const store of this.stores) to.push(store.end);
    to.push(this.rows);
    to.push(this.elementCount);
    to.push(this.entryCount);
  }

  restore(from: SavedPositions): void {
    for (const store of this.stores) store.end = from.take();
    this.rows = from.take();
    this.elementCount = from.take();
    this.entryCount = from.take();
    this.newestRow = NO_ROW;
  }

  undo(row: number): void {
    if (this.newestRow !== row) return;
    for (const [index, store] of this.stores.entries()) store.end = this.newestAt[index] ?? 0;
    this.elementCount = this.newestAt.at(-2) ?? 0;
    this.entryCount = this.newestAt.at(-1) ?? 0;
    this.rows = row;
    this.newestRow = NO_ROW;
  }

  encode(rowCount: number, parts: Uint8Array[]): void {
    for (const column of this.native()) column.encode(rowCount, parts);
  }

  reset(): void {
    for (const store of this.stores) store.end = 0;
    this.rows = 0;
    this.elementCount = 0;
    this.entryCount = 0;
    this.newestRow = NO_ROW;
  }

  private beginRow(row: number): void {
    this.fillTo(row);
    this.newestRow = row;
    this.newestAt.length = 0;
    for (const store of this.stores) this.newestAt.push(store.end);
    this.newestAt.push(this.elementCount, this.entryCount);
  }

  private fillTo(rowCount: number): void {
    if (this.elementCount === 0 && rowCount > this.rows) {
      this.ends.fill(0, (rowCount - this.rows) * 8);
      this.rows = rowCount;
    }
    for (; this.rows < rowCount; this.rows += 1) this.ends.putUint64(this.elementCount, 0);
  }
}
