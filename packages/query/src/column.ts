/** Columns of tables and columns that pipes add to records. */
import type { TableColumnType } from '@tendril/api/table';
import type { Sql } from '@tendril/sql/sql';

/**
 * An SQL expression and what it means. Where a row has no value, text is empty, numbers are NULL and a
 * level is 0.
 */
export interface Cell {
  readonly sql: Sql;
  readonly type: TableColumnType;
  /** Name of the field that the values are of, where a filter `field:value` finds them. */
  readonly field?: string;
  /** Width of the buckets that values were put in. */
  readonly bucket?: string;
  /**
   * Expressions that it stands for when names of other expressions are written out, as the engine
   * does: a name costs nothing in the text and may double the work with each pipe.
   */
  readonly size: number;
}

export interface Column {
  readonly name: string;
  readonly cell: Cell;
}

/** Columns that names mean before fields are looked at; `isWhole` when there is nothing else. */
export interface KnownColumns {
  readonly known: readonly Column[];
  readonly isWhole: boolean;
}
