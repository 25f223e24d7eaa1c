/** Tables that queries with pipes answer: columns first, then cells row by row. */
import { z } from 'zod';

/**
 * What cells of a column hold. `time` is nanoseconds since 1970 as a string, `duration` whole
 * nanoseconds; integers above 2^53 are strings. A number that a row does not have is null, a text
 * that it does not have is empty.
 */
export const TABLE_COLUMN_TYPES = [
  'text',
  'texts',
  'number',
  'integer',
  'time',
  'duration',
  'level',
] as const;
export type TableColumnType = (typeof TABLE_COLUMN_TYPES)[number];

export interface TableColumn {
  /** As the query named it. */
  readonly name: string;
  readonly type: TableColumnType;
  /** Name of the field whose values the cells are, so that a cell can become a filter `field:value`. */
  readonly field?: string;
  /** Width of the buckets that the values were put in, in the column's unit (nanoseconds for times). */
  readonly bucket?: string;
}

export type TableCell = string | number | boolean | null | readonly string[];

/** Comes once, before the first row of cells. */
export interface TableColumnsEvent {
  readonly kind: 'columns';
  readonly columns: readonly TableColumn[];
}

export interface TableCellsEvent {
  readonly kind: 'cells';
  /** In the order of the columns. */
  readonly cells: readonly TableCell[];
}

const tableColumnSchema: z.ZodType<TableColumn> = z.object({
  name: z.string(),
  type: z.enum(TABLE_COLUMN_TYPES),
  field: z.string().exactOptional(),
  bucket: z.string().exactOptional(),
});

const tableCellSchema: z.ZodType<TableCell> = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.array(z.string()),
]);

export const tableColumnsSchema: z.ZodType<TableColumnsEvent> = z.object({
  kind: z.literal('columns'),
  columns: z.array(tableColumnSchema),
});

export const tableCellsSchema: z.ZodType<TableCellsEvent> = z.object({
  kind: z.literal('cells'),
  cells: z.array(tableCellSchema),
});
