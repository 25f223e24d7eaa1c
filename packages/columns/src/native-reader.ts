/**
 * Reads Native blocks of the types that Tendril writes, into plain values: for tests, and for whoever
 * wants to look into a WAL frame. Not fast.
 */
import { readVarint } from './byte-store.ts';
import { decodeUtf8 } from './utf8.ts';

export interface DecodedColumn {
  readonly name: string;
  readonly type: string;
  /** One a row: string, number, bigint, boolean, array, Map, or for JSON an object by path. */
  readonly values: readonly unknown[];
}

export interface DecodedBlock {
  readonly rowCount: number;
  readonly columns: readonly DecodedColumn[];
}

const LOW_CARDINALITY_INDEX_TYPES = ['UInt8', 'UInt16', 'UInt32', 'UInt64'] as const;

/** All blocks that follow each other in the bytes. Throws a RangeError when they are cut short. */
export function readNativeBlocks(bytes: Uint8Array): DecodedBlock[] {
  const reader = new Reader(bytes);
  const blocks: DecodedBlock[] = [];
  while (!reader.atEnd()) blocks.push(readBlock(reader));
  return blocks;
}

/** The rows of a block as objects. */
export function rowsOf({ rowCount, columns }: DecodedBlock): Record<string, unknown>[] {
  return Array.from({ length: rowCount }, (_, row) =>
    Object.fromEntries(columns.map(({ name, values }) => [name, values[row]])),
  );
}

function readBlock(reader: Reader): DecodedBlock {
  const columnCount = reader.varint();
  const rowCount = reader.varint();
  const columns = times(columnCount, () => {
    const name = reader.text();
    const type = reader.text();
    return { name, type, values: readValues(reader, type, rowCount) };
  });
  return { rowCount, columns };
}

function readValues(reader: Reader, type: string, count: number): unknown[] {
  const [, outer = '', inner = ''] = /^(\w+)\((.*)\)$/.exec(type) ?? [];
  switch (outer) {
    case 'DateTime64':
      return times(count, () => reader.int64());
    case 'DateTime':
      return times(count, () => reader.uint32());
    case 'LowCardinality':
      return readLowCardinality(reader, count);
    case 'Array':
      return readArrays(reader, inner, count);
    case 'Map':
      return readMaps(reader, inner.split(', '), count);
    case 'JSON':
      return readJson(reader, count);
    default:
      return times(count, () => reader.scalar(type));
  }
}

function readLowCardinality(reader: Reader, count: number): unknown[] {
  if (count === 0) return [];
  reader.expect(reader.uint64(), 1n, 'LowCardinality keys version');
  const flags = Number(reader.uint64());
  const keys = times(Number(reader.uint64()), () => reader.text());
  reader.expect(reader.uint64(), BigInt(count), 'number of LowCardinality indexes');
  const indexType = LOW_CARDINALITY_INDEX_TYPES[flags & 0xff] ?? 'UInt8';
  return times(count, () => keys[Number(reader.scalar(indexType))]);
}

function readArrays(reader: Reader, elementType: string, count: number): unknown[][] {
  const ends = times(count, () => Number(reader.uint64()));
  const elements = readValues(reader, elementType, ends.at(-1) ?? 0);
  return ends.map((end, row) => elements.slice(ends[row - 1] ?? 0, end));
}

function readMaps(
  reader: Reader,
  types: readonly string[],
  count: number,
): Map<unknown, unknown>[] {
  const [keyType = 'String', valueType = 'String'] = types;
  const ends = times(count, () => Number(reader.uint64()));
  const keys = readValues(reader, keyType, ends.at(-1) ?? 0);
  const values = readValues(reader, valueType, ends.at(-1) ?? 0);
  return ends.map((end, row) => {
    const start = ends[row - 1] ?? 0;
    const mapValues = values.slice(start, end);
    return new Map(keys.slice(start, end).map((key, index) => [key, mapValues[index]]));
  });
}

function readJson(reader: Reader, count: number): Record<string, unknown>[] {
  if (count === 0) return [];
  reader.expect(reader.uint64(), 3n, 'JSON serialization version');
  const names = times(reader.varint(), () => reader.text());
  const types = names.map(() => {
    reader.expect(reader.uint64(), 3n, 'Dynamic serialization version');
    return times(reader.varint(), () => reader.text());
  });
  const rows = times(count, () => {
    const row: Record<string, unknown> = Object.create(null);
    return row;
  });
  for (const [index, name] of names.entries()) readPath(reader, name, types[index] ?? [], rows);
  return rows;
}

function readPath(
  reader: Reader,
  name: string,
  types: readonly string[],
  rows: Record<string, unknown>[],
): void {
  const typeIndexes = rows.map(() => Number(reader.scalar('UInt8')));
  for (const [typeIndex, type] of types.entries()) {
    const withType = rows.filter((_, row) => typeIndexes[row] === typeIndex);
    const values = readValues(reader, type, withType.length);
    for (const [at, row] of withType.entries()) row[name] = values[at];
  }
}

function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}

class Reader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private position = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  atEnd(): boolean {
    return this.position === this.bytes.length;
  }

  varint(): number {
    const { value, next } = readVarint(this.bytes, this.position);
    this.take(next - this.position);
    return value;
  }

  text(): string {
    const length = this.varint();
    const start = this.take(length);
    return decodeUtf8(this.bytes, start, start + length);
  }

  uint32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  uint64(): bigint {
    return this.view.getBigUint64(this.take(8), true);
  }

  int64(): bigint {
    return this.view.getBigInt64(this.take(8), true);
  }

  scalar(type: string): unknown {
    switch (type) {
      case 'String':
        return this.text();
      case 'UInt8':
        return this.view.getUint8(this.take(1));
      case 'UInt16':
        return this.view.getUint16(this.take(2), true);
      case 'UInt32':
      case 'DateTime':
        return this.uint32();
      case 'UInt64':
        return this.uint64();
      case 'Int64':
        return this.int64();
      case 'Float64':
        return this.view.getFloat64(this.take(8), true);
      case 'Bool':
        return this.view.getUint8(this.take(1)) === 1;
      default:
        throw new TypeError(`cannot read a Native column of type ${type}`);
    }
  }

  expect(actual: bigint, expected: bigint, what: string): void {
    if (actual !== expected) throw new RangeError(`${what} is ${actual}, expected ${expected}`);
  }

  private take(byteCount: number): number {
    const start = this.position;
    this.position += byteCount;
    if (this.position > this.bytes.length) throw new RangeError('the Native block is cut short');
    return start;
  }
}
