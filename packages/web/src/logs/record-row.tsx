/** One record as one line of the table. */
import { memo, type MemoExoticComponent, type MouseEvent, type ReactElement } from 'react';
import type { LogRecord } from '@tendril/model/log-record';
import { logFieldOf } from '@tendril/model/fields';
import { Icon } from '../components/icon.tsx';
import { useText } from '../lib/text.tsx';
import { fieldValue, levelOf, attributeText } from '../records/field-value.ts';
import { MarkedText } from '../records/marked-text.tsx';
import { ServiceName } from '../records/service-name.tsx';
import { SeverityBadge } from '../records/severity-badge.tsx';
import { visibleLine, visibleText } from '../records/visible-text.ts';
import { timeCell, type TimeStyle } from './time-cell.ts';

interface RecordRowProps {
  readonly record: LogRecord;
  readonly index: number;
  readonly columns: readonly string[];
  readonly terms: readonly string[];
  readonly timeStyle: TimeStyle;
  readonly isWrapped: boolean;
  readonly isActive: boolean;
  readonly isSelected: boolean;
  readonly isExpanded: boolean;
  readonly isMarked: boolean;
  /** Column of the keyboard's cell; -1 for the row as a whole. */
  readonly activeColumn: number;
  readonly onExpand: (index: number) => void;
}

const LINE_CHARACTERS_MAX = 1_000;
const WRAPPED_CHARACTERS_MAX = 10_000;
const EXTRA_ATTRIBUTES_MAX = 12;
const EXTRA_CHARACTERS_MAX = 80;

export const RecordRow: MemoExoticComponent<typeof DrawnRow> = memo(DrawnRow);

function DrawnRow(props: RecordRowProps): ReactElement {
  const { record, index, columns, isActive, isSelected, isExpanded, isMarked, onExpand } = props;
  const { text } = useText();
  const level = levelOf(record);
  const expand = (event: MouseEvent): void => {
    event.stopPropagation();
    onExpand(index);
  };
  return (
    <div
      role="row"
      id={`record-${index}`}
      aria-rowindex={index + 2}
      aria-selected={isSelected || isActive}
      className={`record-row row-${level} ${isActive ? 'is-active' : ''} ${isSelected ? 'is-selected' : ''} ${isMarked ? 'is-marked' : ''}`}
      data-index={index}
    >
      <span role="gridcell" className="cell-time number">
        <button
          type="button"
          className="row-expand"
          tabIndex={-1}
          aria-label={text('record.expand')}
          aria-expanded={isExpanded}
          onClick={expand}
        >
          <Icon name={isExpanded ? 'chevron' : 'expand'} sizePx={12} />
        </button>
        {timeCell(record.timestamp, props.timeStyle)}
      </span>
      <span role="gridcell" data-field="level" className="cell-level">
        <SeverityBadge level={level} />
      </span>
      {columns.map((column, at) => (
        <span
          key={column}
          role="gridcell"
          id={`cell-${index}-${at}`}
          data-field={column}
          className={`cell ${props.activeColumn === at ? 'is-active-cell' : ''} ${column === 'service.name' ? 'dim-2' : ''}`}
        >
          <Cell {...props} column={column} />
        </span>
      ))}
    </div>
  );
}

interface CellProps extends RecordRowProps {
  readonly column: string;
}

function Cell({ record, column, terms, columns, isWrapped }: CellProps): ReactElement | null {
  if (column === 'service.name') return <ServiceName name={record.serviceName} />;
  if (logFieldOf(column)?.name === 'body') {
    return (
      <>
        <bdi className="cell-body">
          <MarkedText text={shownText(record.body, isWrapped)} terms={terms} />
        </bdi>
        <ExtraAttributes record={record} columns={columns} />
      </>
    );
  }
  const value = fieldValue(record, column);
  return value === undefined ? null : <bdi>{shownText(value, isWrapped)}</bdi>;
}

function shownText(text: string, isWrapped: boolean): string {
  return isWrapped
    ? visibleText(text.slice(0, WRAPPED_CHARACTERS_MAX))
    : visibleLine(text, LINE_CHARACTERS_MAX);
}

/** What the message alone does not say: the attributes that are no column of their own. */
function ExtraAttributes({
  record,
  columns,
}: Pick<RecordRowProps, 'record' | 'columns'>): ReactElement {
  const shown = Object.entries(record.attributes)
    .filter(([key]) => !columns.includes(key))
    .slice(0, EXTRA_ATTRIBUTES_MAX);
  return (
    <>
      {shown.map(([key, value]) => (
        <span key={key} className="cell-extra">
          {' '}
          <bdi className="cell-extra-name">{visibleLine(key, EXTRA_CHARACTERS_MAX)}</bdi>=
          <bdi>{visibleLine(attributeText(value), EXTRA_CHARACTERS_MAX)}</bdi>
        </span>
      ))}
    </>
  );
}
