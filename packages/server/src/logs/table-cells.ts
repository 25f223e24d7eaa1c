/** Rows of a plan's statement to cells of the API. */
import assert from 'node:assert';
import type { TableCell, TableColumn } from '@tendril/api/table';

/** The engine's columns are `o0`, `o1` … in the order of ours. */
export function cellsOf(
  columns: readonly TableColumn[],
  row: Readonly<Record<string, unknown>>,
): readonly TableCell[] {
  return columns.map(({ type }, index) => cellOf(type, row[`o${index}`]));
}

function cellOf(type: TableColumn['type'], value: unknown): TableCell {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') return type === 'integer' ? integerOf(value) : value;
  if (Array.isArray(value)) return value.map(String);
  assert(value === null || value === undefined, 'the engine sent a value of another type');
  return null;
}

// Above 2^53 a number would be another one.
function integerOf(text: string): number | string {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : text;
}

/** Undefined where there is no value. */
export function attributeOfCell(cell: TableCell): Exclude<TableCell, null> | undefined {
  return cell === null || cell === '' ? undefined : cell;
}
