/** The table that a query with pipes answers; every cell of a field leads on like any other value. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState, type FocusEvent, type ReactElement } from 'react';
import type { TableCell, TableColumn } from '@tendril/api/table';
import type { TimeRange } from '@tendril/model/time-range';
import { FailureNote } from '../components/failure-note.tsx';
import { Icon } from '../components/icon.tsx';
import { usePreference } from '../lib/preferences.ts';
import { useText } from '../lib/text.tsx';
import { dateTimeText } from '../lib/zone-time.ts';
import { SeverityBadge } from '../records/severity-badge.tsx';
import { ValueButtons } from '../records/value-actions.tsx';
import { visibleLine } from '../records/visible-text.ts';
import { durationText } from '../lib/duration-text.ts';
import { ResultNotes } from './result-notes.tsx';
import { sortedRows, type RowOrder } from './row-order.ts';
import { useTable, type ResultTable as ResultTableData } from '../query/use-table.ts';

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
  const [order, setOrder] = useState<RowOrder>();
  const columns = data?.columns ?? NO_COLUMNS;
  const rows = useMemo(() => sortedRows(data?.rows ?? [], order), [data, order]);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
    useFlushSync: false,
  });
  const widthsPx = useMemo(() => columnWidthsPx(columns, data?.rows ?? []), [columns, data]);
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
        style={{
          '--grid': widthsPx.map((px) => `minmax(${px}px, ${px}fr)`).join(' '),
          '--least': `${widthsPx.reduce((sum, px) => sum + px + GAP_PX, GAP_PX)}px`,
        }}
      >
        <div role="rowgroup" className="result-head">
          <div role="row" className="result-row" aria-rowindex={1}>
            {columns.map(({ name, type }, at) => (
              <span
                key={name}
                role="columnheader"
                className={isRight(type) ? 'is-right' : ''}
                aria-sort={order?.column === at ? ARIA_SORT[order.direction] : 'none'}
              >
                <button
                  type="button"
                  className="result-sort"
                  onClick={() => setOrder(nextOrder(order, at))}
                >
                  <bdi>{visibleLine(name, CHARACTERS_MAX)}</bdi>
                  {order?.column === at && (
                    <Icon name={order.direction === 'desc' ? 'down' : 'up'} sizePx={12} />
                  )}
                </button>
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
      </div>
      <ResultNotes summary={data?.summary} isLoading={isFetching} rows={rows.length} />
    </>
  );
}

const NO_COLUMNS: readonly TableColumn[] = [];
/** Of a grid, and at both ends of a row. */
const GAP_PX = 12;
const CHARACTER_PX = 7.3;
const WIDTH_PX = { min: 90, max: 640 };
/** Enough to know how long cells are. */
const MEASURED_ROWS = 200;

/** Of all rows the same, so that columns stand under each other. */
function columnWidthsPx(
  columns: readonly TableColumn[],
  rows: ResultTableData['rows'],
): readonly number[] {
  const measured = rows.slice(0, MEASURED_ROWS);
  return columns.map(({ name, type }, at) => {
    const lengths = measured.map((row) => (type === 'time' ? 24 : String(row[at] ?? '').length));
    const characters = Math.max(name.length + 2, ...lengths);
    return Math.round(
      Math.min(WIDTH_PX.max, Math.max(WIDTH_PX.min, characters * CHARACTER_PX + 16)),
    );
  });
}
const ARIA_SORT = { asc: 'ascending', desc: 'descending' } as const;

/** Greatest first, least first, as the query has them. */
function nextOrder(order: RowOrder | undefined, column: number): RowOrder | undefined {
  if (order?.column !== column) return { column, direction: 'desc' };
  return order.direction === 'desc' ? { column, direction: 'asc' } : undefined;
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
  const [isActive, setActive] = useState(false);
  const canFilter = column.field !== undefined && column.bucket === undefined && value !== '';
  const name = `result-cell ${isRight(column.type) ? 'is-right number' : ''}`;
  const content = column.type === 'level' ? <SeverityBadge level={value} /> : null;
  if (!canFilter) {
    return (
      <span role="cell" className={name}>
        <bdi title={shown}>{shown}</bdi>
      </span>
    );
  }
  const blur = ({ currentTarget, relatedTarget }: FocusEvent): void => {
    if (!(relatedTarget instanceof Node && currentTarget.contains(relatedTarget))) setActive(false);
  };
  return (
    <span
      role="cell"
      className={name}
      // As in the fields of a record: the cell takes the focus first, its buttons come with it.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      onPointerEnter={() => setActive(true)}
      onPointerLeave={({ currentTarget }) => {
        if (!currentTarget.contains(document.activeElement)) setActive(false);
      }}
      onFocus={() => setActive(true)}
      onBlur={blur}
    >
      {content}
      <bdi title={shown}>{shown}</bdi>
      {isActive && <ValueButtons target={{ field: column.field ?? '', value }} />}
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
