/** Rows as an Apache Parquet file, piece by piece: a group of rows is kept, never the file. */
import { constants, zstdCompressSync } from 'node:zlib';
import type { TableCell, TableColumn, TableColumnType } from '@tendril/api/table';
import type { LogRecord } from '@tendril/model/log-record';
import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer';
import { jsonText } from './export-format.ts';

/** Of one group: what readers can skip, and what is kept in memory. */
const GROUP_ROWS_MAX = 20_000;
/** UTF-16 units of the texts of one group. */
const GROUP_LENGTH_MAX: number = 16 * 1024 * 1024;

type Row = readonly TableCell[];

export async function* parquetPieces(
  columns: readonly Pick<TableColumn, 'name' | 'type'>[],
  rows: AsyncIterable<Row>,
): AsyncGenerator<Uint8Array> {
  const bytes = new ByteWriter();
  const names = distinct(columns.map(({ name }) => name));
  const file = new ParquetWriter({
    writer: bytes,
    schema: [
      { name: 'root', num_children: columns.length },
      ...columns.map(({ type }, at) => schemaOf(names[at] ?? '', type)),
    ],
    codec: 'ZSTD',
    compressors: { ZSTD: compressed },
    createdBy: 'tendril',
  });
  for await (const group of groupsOf(rows)) {
    const columnData = columns.map(({ type }, at) => ({
      name: names[at] ?? '',
      data: group.map((row) => valueOf(row[at] ?? null, type)),
    }));
    await file.write({ columnData, rowGroupSize: group.length });
    yield taken(bytes);
  }
  await file.finish();
  yield taken(bytes);
}

/** Of whole records; attributes and the resource as JSON. */
export const RECORD_COLUMNS: readonly Pick<TableColumn, 'name' | 'type'>[] = [
  { name: 'timestamp', type: 'time' },
  { name: 'observedTimestamp', type: 'time' },
  { name: 'severityNumber', type: 'integer' },
  { name: 'severityText', type: 'level' },
  { name: 'serviceName', type: 'text' },
  { name: 'environment', type: 'text' },
  { name: 'body', type: 'text' },
  { name: 'original', type: 'text' },
  { name: 'operationId', type: 'text' },
  { name: 'traceId', type: 'text' },
  { name: 'spanId', type: 'text' },
  { name: 'patternId', type: 'text' },
  { name: 'id', type: 'text' },
  { name: 'attributes', type: 'text' },
  { name: 'resource', type: 'text' },
  { name: 'scope', type: 'text' },
];

/** In the order of `RECORD_COLUMNS`. */
export function recordCells(record: LogRecord): Row {
  return [
    record.timestamp,
    record.observedTimestamp,
    record.severityNumber,
    record.severityText,
    record.serviceName,
    record.environment,
    record.body,
    record.original,
    record.operationId,
    record.traceId,
    record.spanId,
    record.patternId,
    record.id,
    jsonText(record.attributes),
    jsonText(record.resource),
    jsonText(record.scope),
  ];
}

async function* groupsOf(rows: AsyncIterable<Row>): AsyncGenerator<readonly Row[]> {
  let group: Row[] = [];
  let length = 0;
  for await (const row of rows) {
    group.push(row);
    for (const cell of row) length += typeof cell === 'string' ? cell.length : 0;
    if (group.length < GROUP_ROWS_MAX && length < GROUP_LENGTH_MAX) continue;
    yield group;
    group = [];
    length = 0;
  }
  if (group.length > 0) yield group;
}

function schemaOf(name: string, type: TableColumnType): SchemaElement {
  const column = { name, repetition_type: 'OPTIONAL' } as const;
  switch (type) {
    case 'time':
      return {
        ...column,
        type: 'INT64',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'NANOS' },
      };
    case 'integer':
    case 'duration':
      return { ...column, type: 'INT64' };
    case 'number':
      return { ...column, type: 'DOUBLE' };
    case 'text':
    case 'texts':
    case 'level':
      return {
        ...column,
        type: 'BYTE_ARRAY',
        converted_type: 'UTF8',
        logical_type: { type: 'STRING' },
      };
  }
}

function valueOf(cell: TableCell, type: TableColumnType): string | number | bigint | null {
  if (cell === null) return null;
  switch (type) {
    case 'time':
    case 'integer':
    case 'duration':
      return integerOf(cell);
    case 'number':
      return Number(cell);
    case 'text':
    case 'texts':
    case 'level':
      return typeof cell === 'object' ? jsonText(cell) : String(cell);
  }
}

/** Null for what is none, or does not fit 64 bits. */
function integerOf(cell: NonNullable<TableCell>): bigint | null {
  const text = String(cell);
  if (!/^-?\d{1,20}$/.test(text)) return null;
  const value = BigInt(text);
  return BigInt.asIntN(64, value) === value ? value : null;
}

/** Readers find columns by their names. */
function distinct(names: readonly string[]): readonly string[] {
  const used = new Set<string>();
  return names.map((name) => {
    let own = name;
    for (let count = 2; used.has(own); count += 1) own = `${name}_${count}`;
    used.add(own);
    return own;
  });
}

function compressed(bytes: Uint8Array): Uint8Array {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 3 } });
}

/** What was written since the last time; the writer goes on counting. */
function taken(bytes: ByteWriter): Uint8Array {
  const piece = bytes.getBytes().slice();
  bytes.index = 0;
  return piece;
}
