/**
 * One path of the JSON column: for each row which type it has, and the values of each type that
 * occurs. A path has at most one value a row; which one stays is the caller's choice.
 */
import { ByteStore, readVarint, type ByteSource } from './byte-store.ts';
import { ROWS_INITIAL, type SavedPositions } from './column.ts';
import { grown } from './fixed-columns.ts';

/** Types of values, in the order of `KIND_TYPES`. */
export const KIND = {
  text: 0,
  int64: 1,
  float64: 2,
  bool: 3,
  texts: 4,
  int64s: 5,
  float64s: 6,
  bools: 7,
} as const;
export type Kind = (typeof KIND)[keyof typeof KIND];

/** ClickHouse names of the types; those of arrays start at `KIND.texts`. */
export const KIND_TYPES = [
  'String',
  'Int64',
  'Float64',
  'Bool',
  'Array(String)',
  'Array(Int64)',
  'Array(Float64)',
  'Array(Bool)',
] as const;

const UNUSED = 0xff;

/** Values of one type. */
interface Values {
  readonly kind: Kind;
  readonly store: ByteStore;
  /** For arrays: where each one ends, counted in elements. */
  readonly ends: ByteStore;
  elementCount: number;
  /** Rows that have a value of this type. */
  count: number;
}

export class JsonPath {
  name: string;
  /** For each row the index of its type; the number of types stands for no value. */
  private discriminators: Uint8Array = new Uint8Array(ROWS_INITIAL);
  private rows = 0;
  private readonly values: (Values | undefined)[] = Array.from({ length: KIND_TYPES.length });
  private readonly indexOfKind: Uint8Array = new Uint8Array(KIND_TYPES.length).fill(UNUSED);
  private kinds: Kind[] = [];
  private newestKind: Kind = KIND.text;
  private newestAt = 0;
  private newestElementCount = 0;

  constructor(name: string) {
    this.name = name;
  }

  has(row: number): boolean {
    return this.rows > row;
  }

  /** Gives `row` a text. */
  putText(row: number, source: ByteSource, start: number, end: number): void {
    const index = this.indexOfKind[KIND.text] ?? UNUSED;
    const values = this.values[KIND.text];
    if (row !== this.rows || row >= this.discriminators.length || index === UNUSED || !values) {
      this.claimValues(row, KIND.text).store.putText(source, start, end);
      return;
    }
    this.discriminators[row] = index;
    this.rows = row + 1;
    this.newestKind = KIND.text;
    this.newestAt = values.store.end;
    values.count += 1;
    values.store.putText(source, start, end);
  }

  /** Gives `row` a value of a scalar kind; the caller appends exactly one to the store. */
  claim(row: number, kind: Kind): ByteStore {
    return this.claimValues(row, kind).store;
  }

  /** Gives `row` an array; the caller appends exactly `elementCount` elements to the store. */
  claimArray(row: number, kind: Kind, elementCount: number): ByteStore {
    const values = this.claimValues(row, kind);
    values.elementCount += elementCount;
    values.ends.putUint64(values.elementCount, 0);
    return values.store;
  }

  get byteLength(): number {
    let total = 0;
    for (const kind of this.kinds) total += this.valuesOf(kind).store.end;
    return total;
  }

  /** Types that occur, in the order of their indexes. */
  get types(): readonly Kind[] {
    return this.kinds;
  }

  /** Rows that have a value of this type. */
  countOf(kind: Kind): number {
    return this.valuesOf(kind).count;
  }

  storeOf(kind: Kind): ByteStore {
    return this.valuesOf(kind).store;
  }

  endsOf(kind: Kind): ByteStore {
    return this.valuesOf(kind).ends;
  }

  /** For each row the index of its type in `types`, or their number. */
  filled(rowCount: number): Uint8Array {
    if (rowCount > this.discriminators.length) this.growTo(rowCount - 1);
    this.discriminators.fill(this.kinds.length, this.rows, rowCount);
    return this.discriminators.subarray(0, rowCount);
  }

  encode(rowCount: number, parts: Uint8Array[]): void {
    parts.push(this.filled(rowCount));
    for (const kind of this.kinds) {
      const values = this.valuesOf(kind);
      if (kind >= KIND.texts) parts.push(values.ends.used());
      parts.push(values.store.used());
    }
  }

  undo(row: number): void {
    if (this.rows <= row) return;
    this.rows = row;
    const values = this.valuesOf(this.newestKind);
    values.store.end = this.newestAt;
    if (this.newestKind >= KIND.texts) values.ends.end -= 8;
    values.elementCount = this.newestElementCount;
    values.count -= 1;
    if (values.store.end === 0 && values.ends.end === 0) this.dropNewestKind();
  }

  save(to: SavedPositions): void {
    to.push(this.rows);
    to.push(this.kinds.length);
    for (const kind of this.kinds) {
      const values = this.valuesOf(kind);
      to.push(values.store.end);
      to.push(values.ends.end);
      to.push(values.elementCount);
      to.push(values.count);
    }
  }

  restore(from: SavedPositions): void {
    this.rows = from.take();
    const kindCount = from.take();
    while (this.kinds.length > kindCount) this.dropNewestKind();
    for (const kind of this.kinds) {
      const values = this.valuesOf(kind);
      values.store.end = from.take();
      values.ends.end = from.take();
      values.elementCount = from.take();
      values.count = from.take();
    }
  }

  reset(name: string): void {
    this.name = name;
    this.rows = 0;
    while (this.kinds.length > 0) this.dropNewestKind();
  }

  private claimValues(row: number, kind: Kind): Values {
    if (row >= this.discriminators.length) this.growTo(row);
    if (row > this.rows) this.skipRows(row);
    const index = this.indexOfKind[kind] ?? UNUSED;
    this.discriminators[row] = index === UNUSED ? this.addKind(kind) : index;
    this.rows = row + 1;
    const values = this.valuesOf(kind);
    this.newestKind = kind;
    this.newestAt = values.store.end;
    this.newestElementCount = values.elementCount;
    values.count += 1;
    return values;
  }

  private skipRows(row: number): void {
    const absent = this.kinds.length;
    const from = this.rows;
    // They count from here on: a kind that is added now renumbers them too.
    this.rows = row;
    if (row - from > 32) {
      this.discriminators.fill(absent, from, row);
      return;
    }
    for (let skipped = from; skipped < row; skipped += 1) this.discriminators[skipped] = absent;
  }

  private valuesOf(kind: Kind): Values {
    const values = this.values[kind];
    if (values) return values;
    const made = {
      kind,
      store: new ByteStore(256),
      ends: new ByteStore(8),
      elementCount: 0,
      count: 0,
    };
    this.values[kind] = made;
    return made;
  }

  private addKind(kind: Kind): number {
    const index = this.kinds.length;
    this.kinds.push(kind);
    this.indexOfKind[kind] = index;
    this.renumber(index, index + 1);
    return index;
  }

  // The newest kind has no values left in rows that count.
  private dropNewestKind(): void {
    const kind = this.kinds.pop();
    if (kind === undefined) return;
    this.indexOfKind[kind] = UNUSED;
    const values = this.valuesOf(kind);
    values.store.end = 0;
    values.ends.end = 0;
    values.elementCount = 0;
    values.count = 0;
    this.renumber(this.kinds.length + 1, this.kinds.length);
  }

  // Rows without a value carry the number of kinds, which has just changed.
  private renumber(from: number, to: number): void {
    const { discriminators } = this;
    for (let row = 0; row < this.rows; row += 1) {
      if (discriminators[row] === from) discriminators[row] = to;
    }
  }

  private growTo(row: number): void {
    this.discriminators = grown(this.discriminators, row);
  }
}

/** Where each value of a store of texts starts. */
export function textOffsets(store: ByteStore): Uint32Array {
  const offsets: number[] = [];
  for (let at = 0; at < store.end;) {
    offsets.push(at);
    const { value, next } = readVarint(store.bytes, at);
    at = next + value;
  }
  return Uint32Array.from(offsets);
}
