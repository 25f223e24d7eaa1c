/** What a scan reads of each row: whole records, or the cells of some columns. */
import type { TableCell } from '@tendril/api/table';
import { emptyAttributes } from '@tendril/model/attribute';
import type { LogRecord } from '@tendril/model/log-record';
import { outputList, type OutputColumn } from '@tendril/query/plan';
import { EMPTY_SQL, sql, type Sql } from '@tendril/sql/sql';
import type { LogReader } from './log-reader.ts';
import { RECORD_COLUMNS, RECORD_SETTINGS, recordOfRow, type RecordRow } from './record-row.ts';
import type { StatementOptions } from './statement.ts';
import { attributeOfCell, cellsOf } from './table-cells.ts';

/** The engine's answer to our own statement: every shape selects these two. */
export interface EngineRow {
  readonly timestamp: string;
  readonly recordId: string;
  readonly [column: string]: unknown;
}

export interface RowShape<Row> {
  /** Where the rows are; `logs` when absent. */
  readonly table?: Sql;
  /**
   * The condition is looked at first, and times only of the rows that it leaves: half the work where it
   * leaves few (`bench query-spans`, attributes).
   */
  readonly isConditionFirst?: boolean;
  /** `WITH …` before the SELECT, or nothing. */
  readonly definitions: Sql;
  readonly columns: Sql;
  /** At the end of the statement. */
  readonly settings: Sql;
  /** About how much memory a row takes. */
  readonly characters: (row: EngineRow) => number;
  /** As many rows as are given, in their order. */
  readonly read: (
    rows: readonly EngineRow[],
    options: StatementOptions,
  ) => Promise<readonly Row[]> | readonly Row[];
}

export interface RecordsOptions {
  readonly definitions: Sql;
  /** Become attributes of each record. */
  readonly added: readonly OutputColumn[];
}

const NOTHING_ADDED: RecordsOptions = { definitions: EMPTY_SQL, added: [] };

export interface SourcedRecord {
  readonly record: LogRecord;
  readonly resourceId: bigint;
}

/** Records with the resource they are of. */
export function sourcedRecords(
  reader: LogReader,
  { definitions, added }: RecordsOptions = NOTHING_ADDED,
): RowShape<SourcedRecord> {
  const more = added.length === 0 ? EMPTY_SQL : sql`,\n  ${outputList(added)}`;
  return {
    definitions,
    columns: sql`${RECORD_COLUMNS}${more}`,
    settings: sql`\n${RECORD_SETTINGS}`,
    characters: (row) => {
      const { body, attributes, original } = asRecordRow(row);
      return body.length + attributes.length + original.length;
    },
    read: async (rows, options) => {
      const recordRows = rows.map(asRecordRow);
      await reader.resources.load(
        recordRows.map(({ resourceId }) => resourceId),
        options,
      );
      return rows.map((row, index) => {
        const { resourceId, ...recordRow } = recordRows[index] ?? asRecordRow(row);
        const resource = reader.resources.get(resourceId);
        const record = recordOfRow({ ...recordRow, resourceId }, resource);
        return { record: withAdded(record, row, added), resourceId: BigInt(resourceId) };
      });
    },
  };
}

export function records(reader: LogReader, options?: RecordsOptions): RowShape<LogRecord> {
  const shape = sourcedRecords(reader, options);
  return {
    ...shape,
    read: async (rows, statement) =>
      (await shape.read(rows, statement)).map(({ record }) => record),
  };
}

function asRecordRow(row: EngineRow): RecordRow {
  return row as unknown as RecordRow;
}

function withAdded(record: LogRecord, row: EngineRow, added: readonly OutputColumn[]): LogRecord {
  if (added.length === 0) return record;
  const attributes = Object.assign(emptyAttributes(), record.attributes);
  cellsOf(
    added.map(({ column }) => column),
    row,
  ).forEach((cell, index) => {
    const name = added[index]?.column.name ?? '';
    const value = attributeOfCell(cell);
    if (value !== undefined) attributes[name] = value;
  });
  return { ...record, attributes };
}

/** Cells of columns, with the row's place for the cursor. */
export function cells(
  definitions: Sql,
  columns: readonly OutputColumn[],
): RowShape<readonly TableCell[]> {
  const described = columns.map(({ column }) => column);
  return {
    definitions,
    columns: sql`toString(toUnixTimestamp64Nano(Timestamp)) AS timestamp,
  toString(RecordId) AS recordId,
  ${outputList(columns)}`,
    settings: EMPTY_SQL,
    characters: (row) =>
      Object.values(row).reduce<number>(
        (sum, value) => sum + (typeof value === 'string' ? value.length : 8),
        0,
      ),
    read: (rows) => rows.map((row) => cellsOf(described, row)),
  };
}
