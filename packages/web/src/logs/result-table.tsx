/** The table that a query with pipes answers; every cell of a field leads on like any other value. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, type ReactElement } from 'react';
import type { TableCell, TableColumn } from '@tendril/api/table';
import type { TimeRange } from '@tendril/model/time-range';
import { FailureNote } from '../components/failure-note.tsx';
import { usePreference } from '../lib/preferences.ts';
import { useText } from '../lib/text.tsx';
import { dateTimeText } from '../lib/zone-time.ts';
import { ValueButtons } from '../records/value-actions.tsx';
import { visibleLine } from '../records/visible-text.ts';
import { durationText } from '../lib/duration-text.ts';
import { useTable } from './use-table.ts';

export interface ResultTableProps {
  readonly query: string;
  readonly range: TimeRange;
}

const ROW_PX = 26;
const CHARACTERS_MAX = 500;

export function ResultTable({ query, range }: ResultTableProps): ReactElement {
  const { text } = useText();
  const { data, error, isFetching, refetch } = useTable(query, range);
  const scroller = useRef<HTMLDivElement>(null);
  const rows = data?.rows ?? [];
  const columns = data?.columns ?? [];
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
    useFlushSync: false,
  });
  const grid = columns.map(({ type }) =>
    type === 'text' ? 'minmax(160px, 2fr)' : 'minmax(110px, 1fr)',
  );
  return (
    <>
      {error && <FailureNote error={error} onRetry={() => void refetch()} />}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
      <div
        ref={scroller}
        className="result-table"
        tabIndex={0}
        role="table"
        aria-busy={isFetching}
        aria-label={text('table.label')}
        aria-rowcount={rows.length + 1}
        style={{ '--grid': grid.join(' ') }}
      >
        <div role="rowgroup" className="result-head">
          <div role="row" className="result-row" aria-rowindex={1}>
            {columns.map(({ name, type }) => (
              <span key={name} role="columnheader" className={isRight(type) ? 'is-right' : ''}>
                <bdi>{visibleLine(name, CHARACTERS_MAX)}</bdi>
              </span>
            ))}
          </div>
        </div>
        <div role="rowgroup" style={{ height: virtualizer.getTotalSize(), position: 'relative' }}>
          {virtualizer.getVirtualItems().map(({ index, start }) => (
            <div
              key={index}
              role="row"
              aria-rowindex={index + 2}
              className="result-row table-place"
              style={{ transform: `translateY(${start}px)` }}
            >
              {columns.map((column, at) => (
                <Cell key={column.name} column={column} cell={rows[index]?.[at] ?? null} />
              ))}
            </div>
          ))}
        </div>
        <div className="table-foot dim" role="status">
          {isFetching ? text('records.loading') : text('table.rows', { count: rows.length })}
        </div>
      </div>
    </>
  );
}

interface CellProps {
  readonly column: TableColumn;
  readonly cell: TableCell;
}

function Cell({ column, cell }: CellProps): ReactElement {
  const { number } = useText();
  const zone = usePreference('zone');
  const shown = cellText(cell, column, { zone, number });
  const value = typeof cell === 'string' || typeof cell === 'number' ? String(cell) : '';
  const canFilter = column.field !== undefined && column.bucket === undefined && value !== '';
  return (
    <span role="cell" className={`result-cell ${isRight(column.type) ? 'is-right number' : ''}`}>
      <bdi title={shown}>{shown}</bdi>
      {canFilter && <ValueButtons target={{ field: column.field ?? '', value }} />}
    </span>
  );
}

function isRight(type: TableColumn['type']): boolean {
  return type === 'number' || type === 'integer' || type === 'duration';
}

interface CellFormat {
  readonly zone: string;
  readonly number: (value: number) => string;
}

function cellText(cell: TableCell, { type }: TableColumn, { zone, number }: CellFormat): string {
  if (cell === null || cell === '') return '–';
  if (type === 'time') return dateTimeText(BigInt(String(cell)), zone, 'millisecond');
  if (type === 'duration') return durationText(Number(cell));
  if (typeof cell === 'number') return number(cell);
  if (typeof cell === 'object') return visibleLine(cell.join(', '), CHARACTERS_MAX);
  return visibleLine(String(cell), CHARACTERS_MAX);
}
