/**
 * ClickHouse takes a bound value of at most 128 KiB and at most 1,000 of them
 * (`http_max_field_value_size`, `http_max_fields`), limits that a request cannot raise. A longer
 * value travels as several that the statement puts together again, many values travel as elements
 * of a few lists.
 */
import {
  joinSql,
  render,
  sql,
  type Bound,
  type BoundValue,
  type RenderedSql,
  type Sql,
} from '@tendril/sql/sql';

/** Well below the limit: escaping grows what is counted here. */
const VALUE_BYTES_MAX = 48 * 1024;
const BYTES_PER_NUMBER = 24;
/** Half of the limit: settings and the statement itself are fields too. */
const VALUES_MAX = 500;
/** The engine copies a list for each element it takes, so lists stay short. */
const LIST_LENGTH_MAX = 64;

/** As `render`, of a statement in any size. */
export function renderFitting(statement: Sql): RenderedSql {
  const split = mapBound(statement, splitBound);
  const bound = boundOf(split);
  return bound.length > VALUES_MAX ? renderPacked(split, bound) : render(split);
}

/** Each value as an element of a list of its type. */
function renderPacked(statement: Sql, bound: readonly Bound[]): RenderedSql {
  const lists = new Map<string, PackedList>();
  const params: Record<string, BoundValue> = {};
  const placeOf = new Map<Bound, string>();
  for (const item of bound) {
    const list = listFor(item, { lists, params });
    list.values.push(item.value);
    list.bytes += bytesOf(item.value);
    placeOf.set(item, `{${list.name}:Array(${item.type})}[${list.values.length}]`);
  }
  const text = statement.parts.map((part) => {
    if (typeof part === 'string') return part;
    return part.kind === 'bound' ? placeOf.get(part) : part.text;
  });
  return { text: text.join(''), params };
}

interface PackedList {
  readonly name: string;
  readonly values: BoundValue[];
  bytes: number;
}

interface Packing {
  /** The one list of each type that still has room. */
  readonly lists: Map<string, PackedList>;
  readonly params: Record<string, BoundValue>;
}

function listFor({ type, value }: Bound, { lists, params }: Packing): PackedList {
  const open = lists.get(type);
  const hasRoom =
    open !== undefined &&
    open.values.length < LIST_LENGTH_MAX &&
    open.bytes + bytesOf(value) <= VALUE_BYTES_MAX;
  if (hasRoom) return open;
  const list: PackedList = { name: `p${Object.keys(params).length}`, values: [], bytes: 0 };
  params[list.name] = list.values;
  lists.set(type, list);
  return list;
}

function boundOf(statement: Sql): readonly Bound[] {
  return statement.parts.filter((part) => typeof part !== 'string' && part.kind === 'bound');
}

function mapBound(statement: Sql, change: (bound: Bound) => Sql): Sql {
  const parts = statement.parts.flatMap((part) =>
    typeof part !== 'string' && part.kind === 'bound' ? change(part).parts : [part],
  );
  return { kind: 'sql', parts };
}

function splitBound(bound: Bound): Sql {
  const { type, value } = bound;
  if (bytesOf(value) <= VALUE_BYTES_MAX) return sql`${bound}`;
  if (typeof value === 'string') return concatenated(value);
  // Nothing else is longer than a few bytes.
  if (typeof value !== 'object') return sql`${bound}`;
  return sql`arrayConcat(${joinSql(chunksOf(value, type), ', ')})`;
}

function concatenated(value: string): Sql {
  const pieces = piecesOf(value).map((piece) => sql`${bind('String', piece)}`);
  return sql`concat(${joinSql(pieces, ', ')})`;
}

/** Cut between code points. */
function piecesOf(value: string): readonly string[] {
  const charsMax = VALUE_BYTES_MAX / 3;
  const pieces: string[] = [];
  for (let start = 0; start < value.length;) {
    let end = Math.min(start + charsMax, value.length);
    if (end < value.length && isHighSurrogate(value.charCodeAt(end - 1))) end -= 1;
    pieces.push(value.slice(start, end));
    start = end;
  }
  return pieces;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function chunksOf(values: readonly BoundValue[], type: string): readonly Sql[] {
  const chunks: Sql[] = [];
  let chunk: BoundValue[] = [];
  let chunkBytes = 0;
  const flush = (): void => {
    if (chunk.length > 0) chunks.push(sql`${bind(type, chunk)}`);
    chunk = [];
    chunkBytes = 0;
  };
  for (const value of values) {
    const bytes = bytesOf(value);
    if (chunkBytes + bytes > VALUE_BYTES_MAX) flush();
    if (bytes > VALUE_BYTES_MAX) {
      chunks.push(sql`array(${splitBound(bind(elementType(type), value))})`);
      continue;
    }
    chunk.push(value);
    chunkBytes += bytes;
  }
  flush();
  return chunks;
}

function elementType(type: string): string {
  return /^Array\((.*)\)$/.exec(type)?.[1] ?? type;
}

/** With quotes and a comma; an upper bound for what is not text. */
function bytesOf(value: BoundValue): number {
  if (typeof value === 'string') return Buffer.byteLength(value) + 3;
  if (typeof value !== 'object') return BYTES_PER_NUMBER;
  return value.reduce((bytes: number, item) => bytes + bytesOf(item), 2);
}

function bind(type: string, value: BoundValue): Bound {
  return { kind: 'bound', type, value };
}
