/** Which fields are columns. */
import { Popover } from '@mantine/core';
import { useMemo, useState, type ReactElement } from 'react';
import type { TimeRange } from '@tendril/model/time-range';
import { Icon } from '../components/icon.tsx';
import { useText } from '../lib/text.tsx';
import { visibleLine } from '../records/visible-text.ts';
import { useFields } from '../query/use-fields.ts';

export interface ColumnsMenuProps {
  readonly columns: readonly string[];
  readonly resolved: TimeRange;
  readonly onColumns: (columns: readonly string[]) => void;
}

const SHOWN_FIELDS = 60;
const CHARACTERS_MAX = 100;
const USUAL: readonly string[] = ['service.name', 'body'];

export function ColumnsMenu(props: ColumnsMenuProps): ReactElement {
  const { text } = useText();
  return (
    <Popover position="bottom-end" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <button
          type="button"
          className="button small ghost"
          aria-label={text('columns.title')}
          title={text('columns.title')}
        >
          <Icon name="column" sizePx={14} />
          <span className="wide-only">{text('columns.title')}</span>
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <ColumnChoice {...props} />
      </Popover.Dropdown>
    </Popover>
  );
}

function ColumnChoice({ columns, resolved, onColumns }: ColumnsMenuProps): ReactElement {
  const { text } = useText();
  const [wanted, setWanted] = useState('');
  const { data } = useFields(resolved);
  const fields = useMemo(() => data?.fields ?? [], [data]);
  const most = Math.max(1, ...fields.map(({ records }) => records ?? 0));
  const shown = useMemo(() => {
    const part = wanted.trim().toLowerCase();
    return fields
      .filter(({ name }) => !columns.includes(name) && name !== 'timestamp' && name !== 'level')
      .filter(({ name, aliases }) =>
        [name, ...aliases].some((each) => each.toLowerCase().includes(part)),
      )
      .sort((a, b) => (b.records ?? 0) - (a.records ?? 0))
      .slice(0, SHOWN_FIELDS);
  }, [fields, columns, wanted]);
  return (
    <div className="column-choice">
      <input
        className="field small"
        type="search"
        data-autofocus
        placeholder={text('columns.filter', { count: fields.length })}
        aria-label={text('columns.filter', { count: fields.length })}
        value={wanted}
        onChange={({ currentTarget }) => setWanted(currentTarget.value)}
      />
      <div className="column-list">
        {columns.map((column) => (
          <label key={column} className="column-entry">
            <input
              type="checkbox"
              checked
              disabled={columns.length === 1}
              onChange={() => onColumns(columns.filter((each) => each !== column))}
            />
            <bdi className="grow">{visibleLine(column, CHARACTERS_MAX)}</bdi>
          </label>
        ))}
        <hr />
        {shown.map(({ name, records }) => (
          <label key={name} className="column-entry">
            <input type="checkbox" checked={false} onChange={() => onColumns([...columns, name])} />
            <bdi className="grow">{visibleLine(name, CHARACTERS_MAX)}</bdi>
            {records !== null && (
              <span className="dim number">{Math.round((records / most) * 100)} %</span>
            )}
          </label>
        ))}
      </div>
      <button type="button" className="button small" onClick={() => onColumns(USUAL)}>
        {text('columns.reset')}
      </button>
    </div>
  );
}
