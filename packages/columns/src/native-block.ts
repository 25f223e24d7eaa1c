/** The frame of a Native block: counts, then name, type and data of each column. */
import { ByteStore } from './byte-store.ts';
import type { Column } from './column.ts';

export interface NativeColumn {
  readonly name: string;
  /** Exactly the declared type: ClickHouse converts others, slowly. */
  readonly type: string;
  /** Appends the data of `rowCount` rows. */
  encode(rowCount: number, parts: Uint8Array[]): void;
}

export function nativeColumn(name: string, type: string, column: Column): NativeColumn {
  return { name, type, encode: (rowCount, parts) => column.encode(rowCount, parts) };
}

/** A column whose data is at hand. */
export function readyColumn(name: string, type: string, ...data: Uint8Array[]): NativeColumn {
  return { name, type, encode: (_rowCount, parts) => void parts.push(...data) };
}

/** The parts of a block; concatenated they are the block. */
export function encodeBlock(columns: readonly NativeColumn[], rowCount: number): Uint8Array[] {
  const counts = new ByteStore(16);
  counts.putVarint(columns.length);
  counts.putVarint(rowCount);
  const parts: Uint8Array[] = [counts.used()];
  for (const column of columns) {
    parts.push(columnHeader(column.name, column.type));
    column.encode(rowCount, parts);
  }
  return parts.filter((part) => part.length > 0);
}

const headers = new Map<string, Uint8Array>();

// Columns are a fixed set, so the headers are made once.
function columnHeader(name: string, type: string): Uint8Array {
  const key = `${name} ${type}`;
  const known = headers.get(key);
  if (known) return known;
  const header = new ByteStore(64);
  header.putString(name);
  header.putString(type);
  headers.set(key, header.used());
  return header.used();
}
