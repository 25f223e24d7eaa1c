/** The rows of a table by one of its columns; what a row does not have comes last. */
import type { TableCell } from '@tendril/api/table';

export interface RowOrder {
  readonly column: number;
  readonly direction: 'asc' | 'desc';
}

type Row = readonly TableCell[];

export function sortedRows(rows: readonly Row[], order: RowOrder | undefined): readonly Row[] {
  if (!order) return rows;
  const { column, direction } = order;
  const sign = direction === 'asc' ? 1 : -1;
  return rows.toSorted((one, other) => {
    const [left = null, right = null] = [one[column], other[column]];
    const missing = Number(isMissing(left)) - Number(isMissing(right));
    return missing === 0 ? sign * compare(left, right) : missing;
  });
}

function isMissing(cell: TableCell): boolean {
  return cell === null || cell === '';
}

function compare(left: TableCell, right: TableCell): number {
  const [one, other] = [Number(left), Number(right)];
  if (!Number.isNaN(one) && !Number.isNaN(other)) return one - other;
  return String(left).localeCompare(String(right));
}
