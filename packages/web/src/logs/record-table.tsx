/**
 * The records as a grid of which only what is seen is drawn. The grid itself has the focus and names
 * its active row, so that scrolling never loses it.
 */
import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import {
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type MouseEvent,
  type ReactElement,
  type ReactNode,
} from 'react';
import type { LogRecord } from '@tendril/model/log-record';
import { usePreference } from '../lib/preferences.ts';
import { useText } from '../lib/text.tsx';
import { useIsNarrow } from '../lib/use-is-narrow.ts';
import { fieldValue } from '../records/field-value.ts';
import { gridTemplate } from './column-width.ts';
import { HoverValue, type HoveredValue } from './hover-value.tsx';
import { recordKey } from '../records/record-key.ts';
import { RecordRow } from './record-row.tsx';
import { TableHeader } from './table-header.tsx';
import { timeWidthPx, type TimeStyle } from './time-cell.ts';

export interface RecordTableProps {
  readonly records: readonly LogRecord[];
  readonly isStale: boolean;
  /** New rows may come before those that are there; otherwise they only follow. */
  readonly isLive: boolean;
  /** All that match, where it is known; what is loaded may be less. */
  readonly total: number | undefined;
  readonly columns: readonly string[];
  readonly order: 'desc' | 'asc';
  readonly terms: readonly string[];
  readonly timeStyle: TimeStyle;
  /** Key of a record to go to; it becomes the active one when it changes. */
  readonly activeKey: string;
  /** Key of the record that is shown in full. */
  readonly openKey: string;
  readonly markedKey: string | undefined;
  readonly selectedKeys: ReadonlySet<string>;
  readonly onColumns: (columns: readonly string[]) => void;
  readonly onOrder: (order: 'desc' | 'asc') => void;
  readonly onOpen: (record: LogRecord | undefined) => void;
  readonly onSelect: (keys: ReadonlySet<string>) => void;
  /** Whether `onEnd` brings more. */
  readonly hasMore: boolean;
  readonly onEnd: () => void;
  /** Whether the newest row is on the screen's edge where new ones come. */
  readonly onAtEdge: (isAtEdge: boolean) => void;
  readonly expanded: (record: LogRecord) => ReactNode;
  /** Below the last row. */
  readonly foot: ReactNode;
}

const ROW_PX = { compact: 24, comfortable: 30 };
/** The message below the rest. */
const NARROW_ROW_PX = 46;
const OVERSCAN_ROWS = 12;
/** So many rows before the end the next page is asked for; of the first page, only when somebody scrolls. */
const AHEAD_ROWS = 300;
const AHEAD_SHARE = 1 / 3;

export function RecordTable(props: RecordTableProps): ReactElement {
  const { records, columns, order, timeStyle, openKey, total, hasMore, onEnd } = props;
  const { onAtEdge, foot } = props;
  const { text } = useText();
  const density = usePreference('density');
  const isWrapped = usePreference('wrap');
  const widths = usePreference('columnWidthsPx');
  const isNarrow = useIsNarrow();
  const scroller = useRef<HTMLDivElement>(null);
  const [expandedKeys, setExpandedKeys] = useState<ReadonlySet<string>>(new Set());
  const [active, setActive] = useState<ActiveCell>({ key: '', column: -1 });
  const { activeKey: goneTo } = props;
  useEffect(() => {
    if (goneTo !== '') setActive({ key: goneTo, column: -1 });
  }, [goneTo]);
  const [menu, setMenu] = useState<HoveredValue>();
  const keyOf = useCallback((index: number) => keyAt(records, index), [records]);
  const virtualizer = useVirtualizer({
    count: records.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => (isNarrow ? NARROW_ROW_PX : ROW_PX[density]),
    overscan: OVERSCAN_ROWS,
    // A new function makes it ask for every row's key again, so it must not be made with each frame; and
    // a hundred thousand keys of records are a quarter of a second whenever a page arrives.
    getItemKey: props.isLive ? keyOf : placeOf,
    useFlushSync: false,
  });
  useEffect(() => virtualizer.measure(), [density, isWrapped, isNarrow, virtualizer]);
  // The rows of a new search are read from their beginning.
  const { isStale } = props;
  useEffect(() => {
    if (!isStale) scroller.current?.scrollTo({ top: 0 });
  }, [isStale]);
  const items = virtualizer.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  useEffect(() => {
    const ahead = Math.min(AHEAD_ROWS, records.length * AHEAD_SHARE);
    if (hasMore && lastShown >= records.length - ahead) onEnd();
  }, [hasMore, lastShown, records.length, onEnd]);
  const activeKey = openKey === '' ? active.key : openKey;
  const activeIndex = useMemo(
    () => (activeKey === '' ? -1 : records.findIndex((each) => recordKey(each) === activeKey)),
    [records, activeKey],
  );
  useEffect(() => {
    if (activeIndex >= 0) virtualizer.scrollToIndex(activeIndex, { align: 'auto' });
  }, [activeIndex, virtualizer]);
  const expand = useMemo(
    () =>
      (index: number): void =>
        setExpandedKeys((keys) => toggled(keys, keyAt(records, index))),
    [records],
  );
  const keys: KeyContext = {
    ...props,
    activeIndex,
    active,
    setActive,
    setMenu,
    expand,
    virtualizer,
  };
  return (
    <div className="table-frame">
      <div
        ref={scroller}
        className={`record-table ${density} ${isWrapped ? 'is-wrapped' : ''}`}
        role="grid"
        tabIndex={0}
        aria-label={text('records.label')}
        aria-rowcount={(total ?? records.length) + 1}
        aria-colcount={columns.length + 2}
        aria-multiselectable
        aria-busy={props.isStale}
        aria-activedescendant={activeIndex < 0 ? undefined : activeId(activeIndex, active.column)}
        style={{ '--grid': gridTemplate(columns, timeWidthPx(timeStyle), widths) }}
        onScroll={({ currentTarget }) => onAtEdge(isAtEdge(currentTarget, order))}
        onKeyDown={(event) => pressKey(event, keys)}
        onMouseDown={keepSelection}
        onClick={(event) => clickRow(event, keys)}
      >
        <TableHeader {...props} />
        <div role="rowgroup" className="table-rows" style={{ height: virtualizer.getTotalSize() }}>
          {items.map(({ index, key, start }) => {
            const record = records[index];
            if (!record) return null;
            const rowKey = recordKey(record);
            const isExpanded = expandedKeys.has(rowKey);
            return (
              <div
                key={key}
                ref={isWrapped || isExpanded || isNarrow ? virtualizer.measureElement : undefined}
                data-index={index}
                role="presentation"
                className="table-place"
                style={{ transform: `translateY(${start}px)` }}
              >
                <RecordRow
                  record={record}
                  index={index}
                  columns={columns}
                  terms={props.terms}
                  timeStyle={timeStyle}
                  isWrapped={isWrapped}
                  isActive={index === activeIndex}
                  isSelected={props.selectedKeys.has(rowKey)}
                  isExpanded={isExpanded}
                  isMarked={rowKey === props.markedKey}
                  activeColumn={index === activeIndex ? active.column : -1}
                  onExpand={expand}
                />
                {isExpanded && (
                  <div role="row" className="row-detail" key={rowKey}>
                    <div role="gridcell" aria-colspan={columns.length + 2}>
                      {props.expanded(record)}
                    </div>
                  </div>
                )}
              </div>
            );
          })}
        </div>
        {foot != null && (
          <div role="row">
            <div role="gridcell" aria-colspan={columns.length + 2}>
              {foot}
            </div>
          </div>
        )}
      </div>
      <HoverValue scroller={scroller} records={records} menu={menu} onMenu={setMenu} />
    </div>
  );
}

interface ActiveCell {
  readonly key: string;
  /** Index of a column; -1 for the row as a whole. */
  readonly column: number;
}

interface KeyContext extends RecordTableProps {
  readonly activeIndex: number;
  readonly active: ActiveCell;
  readonly setActive: (active: ActiveCell) => void;
  readonly setMenu: (value: HoveredValue | undefined) => void;
  readonly expand: (index: number) => void;
  readonly virtualizer: Virtualizer<HTMLDivElement, Element>;
}

function placeOf(index: number): number {
  return index;
}

function keyAt(records: readonly LogRecord[], index: number): string {
  const record = records[index];
  return record ? recordKey(record) : String(index);
}

function activeId(index: number, column: number): string {
  return column < 0 ? `record-${index}` : `cell-${index}-${column}`;
}

function toggled(keys: ReadonlySet<string>, key: string): ReadonlySet<string> {
  return keys.symmetricDifference(new Set([key]));
}

function isAtEdge(element: HTMLElement, order: 'desc' | 'asc'): boolean {
  const { scrollTop, scrollHeight, clientHeight } = element;
  const distancePx = order === 'desc' ? scrollTop : scrollHeight - clientHeight - scrollTop;
  return distancePx < 2;
}

const PAGE_STEP = 20;

function pressKey(event: KeyboardEvent, context: KeyContext): void {
  if (event.target !== event.currentTarget) return;
  const { records, activeIndex, active, columns, onOpen, openKey, setActive, expand } = context;
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: 1,
    j: 1,
    ArrowUp: -1,
    k: -1,
    PageDown: PAGE_STEP,
    PageUp: -PAGE_STEP,
    Home: -records.length,
    End: records.length,
  };
  const isModified = event.ctrlKey || event.metaKey || event.altKey;
  const step = isModified ? undefined : steps[event.key];
  const record = records[activeIndex];
  if (step !== undefined) {
    const to = Math.min(records.length - 1, Math.max(0, activeIndex + step));
    moveTo(context, to, event.shiftKey);
  } else if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
    const column = active.column + (event.key === 'ArrowRight' ? 1 : -1);
    const bounded = Math.min(columns.length - 1, Math.max(-1, column));
    setActive({ key: keyAt(records, Math.max(0, activeIndex)), column: bounded });
  } else if (event.key === 'Enter' && record) {
    if (active.column < 0) onOpen(openKey === recordKey(record) ? undefined : record);
    else openMenu(context, record);
  } else if (event.key === ' ' && activeIndex >= 0) expand(activeIndex);
  else if (event.key === 'Escape' && openKey !== '') onOpen(undefined);
  else return;
  event.preventDefault();
}

function moveTo(context: KeyContext, index: number, isSelecting: boolean): void {
  const { records, active, openKey, setActive, onOpen, selectedKeys, onSelect, activeIndex } =
    context;
  const record = records[index];
  if (!record) return;
  const key = recordKey(record);
  setActive({ key, column: active.column });
  if (openKey !== '') onOpen(record);
  if (isSelecting)
    onSelect(new Set([...selectedKeys, keyAt(records, Math.max(0, activeIndex)), key]));
}

function openMenu({ columns, active, activeIndex, setMenu }: KeyContext, record: LogRecord): void {
  const field = columns[active.column] ?? 'body';
  const cell = document.getElementById(`cell-${activeIndex}-${active.column}`);
  const value = fieldValue(record, field);
  if (!cell || value === undefined) return;
  // After this key press: the menu would take it for one of its own, and close again.
  setTimeout(() => setMenu({ target: { field, value }, box: cell.getBoundingClientRect() }), 0);
}

/** A click with Shift selects rows; the browser would mark the text between. */
function keepSelection(event: MouseEvent<HTMLElement>): void {
  if (!event.shiftKey) return;
  event.preventDefault();
  event.currentTarget.focus();
}

function clickRow(event: MouseEvent<HTMLElement>, context: KeyContext): void {
  const { records, openKey, selectedKeys, onSelect, onOpen, setActive, activeIndex } = context;
  const row =
    event.target instanceof Element ? event.target.closest<HTMLElement>('.record-row') : null;
  const index = Number(row?.dataset['index'] ?? -1);
  const record = records[index];
  // Who marks text with the mouse wants the text.
  if (!record || !getSelection()?.isCollapsed) return;
  const key = recordKey(record);
  if (event.ctrlKey || event.metaKey) {
    setActive({ key, column: -1 });
    onSelect(toggled(selectedKeys, key));
  } else if (event.shiftKey && activeIndex >= 0) {
    const [from, to] = [Math.min(activeIndex, index), Math.max(activeIndex, index)];
    onSelect(new Set([...selectedKeys, ...records.slice(from, to + 1).map(recordKey)]));
  } else {
    setActive({ key, column: -1 });
    onOpen(openKey === key ? undefined : record);
  }
}
