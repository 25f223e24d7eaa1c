/**
 * Values that many rows share (resource, scope): a row holds the index of its value, and the columns
 * that depend on the value alone are made from that when the block is encoded.
 */
import type { Attributes } from '@tendril/model/attribute';
import { ByteStore } from './byte-store.ts';
import type { Column, SavedPositions } from './column.ts';
import { bytesOf } from './fixed-columns.ts';
import { attributeText } from './log-resource.ts';
import { encodeLowCardinality } from './low-cardinality-column.ts';
import type { NativeColumn } from './native-block.ts';
import { RunColumn } from './run-column.ts';

export class SharedValues<T> implements Column {
  /** Distinct by identity, in order of first use. */
  readonly values: T[] = [];
  private readonly indexes: RunColumn = new RunColumn();
  private readonly indexOf: Map<T, number> = new Map();

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

  indexesOf(rowCount: number): Uint16Array {
    return this.indexes.filled(rowCount);
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
        const numbers = BigUint64Array.from(this.values, numberOf);
        parts.push(spread(new Int32Array(numbers.buffer), this.indexesOf(rowCount)));
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
    const indexes = this.indexesOf(rowCount).map((index) => numberOfValue[index] ?? 0);
    encodeLowCardinality(numbers.size, keys.used(), indexes, parts);
  }

  private encodeMaps(rowCount: number, parts: Uint8Array[], mapOf: (value: T) => Attributes): void {
    const maps = this.values.map((value) => encodedMap(mapOf(value)));
    const ends = new ByteStore(rowCount * 8);
    const keys: Uint8Array[] = [];
    const values: Uint8Array[] = [];
    let entryCount = 0;
    for (const index of this.indexesOf(rowCount)) {
      const map = maps[index];
      if (map && map.entryCount > 0) {
        entryCount += map.entryCount;
        keys.push(map.keys);
        values.push(map.values);
      }
      ends.putUint64(entryCount, 0);
    }
    parts.push(ends.used(), Buffer.concat(keys), Buffer.concat(values));
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

function spread(words: Int32Array, indexes: Uint16Array): Uint8Array {
  const spreadWords = new Int32Array(indexes.length * 2);
  for (let row = 0; row < indexes.length; row += 1) {
    const from = (indexes[row] ?? 0) * 2;
    spreadWords[row * 2] = words[from] ?? 0;
    spreadWords[row * 2 + 1] = words[from + 1] ?? 0;
  }
  return bytesOf(spreadWords);
}
