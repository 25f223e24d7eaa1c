/** Heads of the columns: order of time, width, place, and what is shown. */
import { Menu } from '@mantine/core';
import type { DragEvent, PointerEvent, ReactElement } from 'react';
import { logFieldOf } from '@tendril/model/fields';
import { Icon } from '../components/icon.tsx';
import { setPreferences, usePreference } from '../lib/preferences.ts';
import { useText } from '../lib/text.tsx';
import { visibleLine } from '../records/visible-text.ts';
import { columnWidthPx } from './column-width.ts';

export interface TableHeaderProps {
  readonly columns: readonly string[];
  readonly order: 'desc' | 'asc';
  readonly onColumns: (columns: readonly string[]) => void;
  readonly onOrder: (order: 'desc' | 'asc') => void;
}

const DRAG_TYPE = 'application/x-tendril-column';
const NAME_CHARACTERS_MAX = 100;

export function TableHeader({
  columns,
  order,
  onColumns,
  onOrder,
}: TableHeaderProps): ReactElement {
  const { text } = useText();
  return (
    <div role="rowgroup">
      <div role="row" aria-rowindex={1} className="table-header">
        <span
          role="columnheader"
          aria-sort={order === 'asc' ? 'ascending' : 'descending'}
          className="head-cell"
        >
          <button
            type="button"
            className="head-button"
            onClick={() => onOrder(order === 'asc' ? 'desc' : 'asc')}
          >
            {text('column.time')}
            <Icon name={order === 'asc' ? 'up' : 'down'} sizePx={12} />
          </button>
        </span>
        <span role="columnheader" className="head-cell">
          <span className="visually-hidden">{text('column.level')}</span>
        </span>
        {columns.map((column, at) => (
          <ColumnHead
            key={column}
            column={column}
            at={at}
            columns={columns}
            onColumns={onColumns}
          />
        ))}
      </div>
    </div>
  );
}

interface ColumnHeadProps {
  readonly column: string;
  readonly at: number;
  readonly columns: readonly string[];
  readonly onColumns: (columns: readonly string[]) => void;
}

function ColumnHead({ column, at, columns, onColumns }: ColumnHeadProps): ReactElement {
  const { text, language } = useText();
  const widths = usePreference('columnWidthsPx');
  const name = logFieldOf(column)?.label[language] ?? visibleLine(column, NAME_CHARACTERS_MAX);
  const move = (to: number): void => onColumns(moved(columns, column, to));
  const drop = (event: DragEvent): void => {
    const dragged = event.dataTransfer.getData(DRAG_TYPE);
    if (columns.includes(dragged)) onColumns(moved(columns, dragged, at));
    event.preventDefault();
  };
  return (
    <span
      role="columnheader"
      className="head-cell"
      draggable
      onDragStart={({ dataTransfer }) => dataTransfer.setData(DRAG_TYPE, column)}
      onDragOver={(event) => event.preventDefault()}
      onDrop={drop}
    >
      <Menu position="bottom-start" shadow="md">
        <Menu.Target>
          <button type="button" className="head-button" title={column}>
            <bdi>{name}</bdi>
            <Icon name="chevron" sizePx={12} />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item disabled={at === 0} onClick={() => move(at - 1)}>
            {text('column.moveLeft')}
          </Menu.Item>
          <Menu.Item disabled={at === columns.length - 1} onClick={() => move(at + 1)}>
            {text('column.moveRight')}
          </Menu.Item>
          <Menu.Item onClick={() => setColumnWidth(column, undefined, widths)}>
            {text('column.resetWidth')}
          </Menu.Item>
          <Menu.Item
            disabled={columns.length === 1}
            onClick={() => onColumns(columns.filter((each) => each !== column))}
          >
            {text('column.remove')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {at < columns.length - 1 && <WidthHandle column={column} />}
    </span>
  );
}

function moved(columns: readonly string[], column: string, to: number): readonly string[] {
  return columns.filter((each) => each !== column).toSpliced(to, 0, column);
}

/** By mouse; the menu of the column resets it. */
function WidthHandle({ column }: { readonly column: string }): ReactElement {
  const widths = usePreference('columnWidthsPx');
  const drag = (event: PointerEvent): void => {
    const startX = event.clientX;
    const startPx = columnWidthPx(column, widths);
    const move = ({ clientX }: globalThis.PointerEvent): void =>
      setColumnWidth(column, startPx + clientX - startX, widths);
    const end = (): void => {
      removeEventListener('pointermove', move);
      removeEventListener('pointerup', end);
    };
    addEventListener('pointermove', move);
    addEventListener('pointerup', end);
    event.preventDefault();
    event.stopPropagation();
  };
  return <span className="width-handle" aria-hidden onPointerDown={drag} />;
}

function setColumnWidth(
  column: string,
  widthPx: number | undefined,
  widths: Readonly<Record<string, number>>,
): void {
  const others = Object.fromEntries(Object.entries(widths).filter(([name]) => name !== column));
  setPreferences({
    columnWidthsPx: widthPx === undefined ? others : { ...others, [column]: Math.round(widthPx) },
  });
}
