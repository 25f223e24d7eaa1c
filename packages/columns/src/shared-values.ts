/**
 * Values that many rows share (resource, scope): a row holds the index of its value, and the columns
 * that depend on the value alone are made from that when the block is encoded.
 */
import type { Attributes } from '@tendril/model/attribute';
import { ByteStore } from './byte-store.ts';
import type { Column, SavedPositions } from './column.ts';
import { attributeText } from './log-resource.ts';
import { encodeLowCardinality, lowCardinalityIndexes } from './low-cardinality-column.ts';
import type { NativeColumn } from './native-block.ts';
import { RunColumn, type Run } from './run-column.ts';
import { ScratchMemory } from './scratch-memory.ts';

export class SharedValues<T> implements Column {
  /** Distinct by identity, in order of first use. */
  readonly values: T[] = [];
  private readonly indexes: RunColumn = new RunColumn();
  private readonly indexOf: Map<T, number> = new Map();
  private readonly scratch: ScratchMemory = new ScratchMemory();

  put(row: number, value: T): void {
    const { newest } = this.indexes;
    // An index below 0 would make every later access slow.
    if (newest >= 0 && this.values[newest] === value) return;
    this.indexes.put(row, this.find(value));
  }

  /** Gives all rows from `row` on this value. */
  putFrom(row: number, value: T): void {
    this.indexes.cutAt(row);
    this.put(row, value);
  }

  at(row: number): T | undefined {
    return this.values[this.indexes.at(row)];
  }

  /** Runs of rows with one value, by its index in `values`. */
  runs(rowCount: number): Iterable<Run> {
    return this.indexes.runs(rowCount);
  }

  /** LowCardinality(String) of a text that each value has. */
  textColumn(name: string, textOf: (value: T) => string): NativeColumn {
    return {
      name,
      type: 'LowCardinality(String)',
      encode: (rowCount, parts) => this.encodeTexts(rowCount, parts, textOf),
    };
  }

  wordPairColumn(name: string, type: string, numberOf: (value: T) => bigint): NativeColumn {
    return {
      name,
      type,
      encode: (rowCount, parts) => {
        const bytes = this.scratch.take(rowCount * 8);
        const spread = new BigUint64Array(bytes.buffer, bytes.byteOffset, rowCount);
        for (const { start, end, number } of this.runs(rowCount)) {
          const value = this.values[number];
          if (value !== undefined) spread.fill(numberOf(value), start, end);
        }
        parts.push(bytes);
      },
    };
  }

  mapColumn(name: string, mapOf: (value: T) => Attributes): NativeColumn {
    return {
      name,
      type: 'Map(String, String)',
      encode: (rowCount, parts) => this.encodeMaps(rowCount, parts, mapOf),
    };
  }

  save(to: SavedPositions): void {
    this.indexes.save(to);
    to.push(this.values.length);
  }

  restore(from: SavedPositions): void {
    this.indexes.restore(from);
    this.keep(from.take());
  }

  undo(row: number): void {
    this.indexes.undo(row);
  }

  encode(rowCount: number, parts: Uint8Array[]): void {
    this.indexes.encode(rowCount, parts);
  }

  reset(): void {
    this.indexes.reset();
    this.scratch.reset();
    this.keep(0);
  }

  private find(value: T): number {
    const known = this.indexOf.get(value);
    if (known !== undefined) return known;
    this.indexOf.set(value, this.values.length);
    return this.values.push(value) - 1;
  }

  private keep(count: number): void {
    for (const value of this.values.splice(count)) this.indexOf.delete(value);
  }

  private encodeTexts(rowCount: number, parts: Uint8Array[], textOf: (value: T) => string): void {
    const numbers = new Map<string, number>();
    const keys = new ByteStore(256);
    const numberOfValue = Uint16Array.from(this.values, (value) => {
      const text = textOf(value);
      const known = numbers.get(text);
      if (known !== undefined) return known;
      keys.putString(text);
      numbers.set(text, numbers.size);
      return numbers.size - 1;
    });
    const indexes = lowCardinalityIndexes(numbers.size, rowCount, this.scratch);
    for (const { start, end, number } of this.runs(rowCount)) {
      indexes.fill(numberOfValue[number] ?? 0, start, end);
    }
    encodeLowCardinality(numbers.size, keys.used(), indexes, parts);
  }

  private encodeMaps(rowCount: number, parts: Uint8Array[], mapOf: (value: T) => Attributes): void {
    const maps = this.values.map((value) => encodedMap(mapOf(value)));
    const bytes = this.scratch.take(rowCount * 8);
    const ends = new BigUint64Array(bytes.buffer, bytes.byteOffset, rowCount);
    const keys: Uint8Array[] = [];
    const values: Uint8Array[] = [];
    let entryCount = 0;
    for (const { start, end, number } of this.runs(rowCount)) {
      const map = maps[number];
      if (!map || map.entryCount === 0) {
        ends.fill(BigInt(entryCount), start, end);
        continue;
      }
      for (let row = start; row < end; row += 1) {
        entryCount += map.entryCount;
        ends[row] = BigInt(entryCount);
        keys.push(map.keys);
        values.push(map.values);
      }
    }
    parts.push(bytes, Buffer.concat(keys), Buffer.concat(values));
  }
}

interface EncodedMap {
  readonly entryCount: number;
  readonly keys: Uint8Array;
  readonly values: Uint8Array;
}

function encodedMap(attributes: Attributes): EncodedMap {
  const entries = Object.entries(attributes);
  const keys = new ByteStore(64);
  const values = new ByteStore(64);
  for (const [key, value] of entries) {
    keys.putString(key);
    values.putString(attributeText(value));
  }
  return { entryCount: entries.length, keys: keys.used(), values: values.used() };
}
