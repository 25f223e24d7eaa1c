/** Spans under their callers, each at its time; a tree grid of which only the rows that are seen exist. */
import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, type KeyboardEvent, type MouseEvent, type ReactElement } from 'react';
import { PaneDivider } from '../components/pane-divider.tsx';
import { setPreferences, usePreference } from '../lib/preferences.ts';
import { useText } from '../lib/text.tsx';
import { durationTicks } from './duration-ticks.ts';
import type { CriticalSection } from './critical-path.ts';
import { RecordTimeRow } from './record-time-row.tsx';
import type { Gap } from './trace-gaps.ts';
import type { TraceTree } from './trace-tree.ts';
import type { Zoom } from './trace-url.ts';
import { SpanRow } from './span-row.tsx';
import type { PlacedRecords, RowCode } from './waterfall-rows.ts';

export interface WaterfallProps {
  readonly tree: TraceTree;
  readonly rows: readonly RowCode[];
  readonly placed: PlacedRecords;
  readonly folded: ReadonlySet<number>;
  readonly zoom: Zoom;
  readonly gaps: readonly Gap[];
  readonly skewed: ReadonlyMap<number, number>;
  /** Empty when it is not wanted. */
  readonly critical: ReadonlyMap<number, readonly CriticalSection[]>;
  readonly found: ReadonlySet<number>;
  /** The row that keys act on; a span or a record. */
  readonly active: RowCode | undefined;
  readonly onActive: (row: RowCode) => void;
  readonly onOpen: (row: RowCode) => void;
  readonly onClose: () => void;
  readonly onFold: (span: number) => void;
}

const ROW_PX = { compact: 24, comfortable: 30 } as const;
const OVERSCAN_ROWS = 12;
const NAMES_PX = { key: 'trace.names', preset: 420, min: 160, max: 900 };
const TICKS_MAX = 6;

export function Waterfall(props: WaterfallProps): ReactElement {
  const { tree, rows, placed, folded, zoom, skewed, critical, found, active } = props;
  const { text } = useText();
  const density = usePreference('density');
  const widths = usePreference('columnWidthsPx');
  const namesPx = widths[NAMES_PX.key] ?? NAMES_PX.preset;
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX[density],
    overscan: OVERSCAN_ROWS,
    useFlushSync: false,
  });
  useEffect(() => virtualizer.measure(), [density, virtualizer]);
  const activeIndex = active === undefined ? -1 : rows.indexOf(active);
  useEffect(() => {
    if (activeIndex >= 0) virtualizer.scrollToIndex(activeIndex, { align: 'auto' });
  }, [activeIndex, virtualizer]);
  const keys: KeyContext = { ...props, activeIndex, virtualizer };
  return (
    <div className={`waterfall-frame ${density}`} style={{ '--names': `${namesPx}px` }}>
      <div className="waterfall-head" aria-hidden>
        <span className="dim">{text('trace.column.span')}</span>
        <span className="waterfall-axis number">
          {durationTicks(zoom, TICKS_MAX).map(({ place, label }) => (
            <span key={place} style={{ left: `${place * 100}%` }}>
              {label}
            </span>
          ))}
        </span>
      </div>
      <div
        ref={scroller}
        className="waterfall"
        role="treegrid"
        tabIndex={0}
        aria-label={text('trace.waterfall')}
        aria-rowcount={rows.length}
        aria-activedescendant={activeIndex < 0 ? undefined : `trace-row-${activeIndex}`}
        onKeyDown={(event) => pressKey(event, keys)}
        onClick={(event) => clickRow(event, keys)}
      >
        <div
          className="waterfall-rows"
          role="rowgroup"
          style={{ height: virtualizer.getTotalSize() }}
        >
          <TickLines zoom={zoom} />
          {virtualizer.getVirtualItems().map(({ index, start }) => {
            const row = rows[index];
            if (row === undefined) return null;
            const place = { index, topPx: start, zoom, isActive: index === activeIndex };
            const record = row < 0 ? placed.records[~row] : undefined;
            if (record) {
              return (
                <RecordTimeRow
                  key={`r${record.id}`}
                  {...place}
                  record={record}
                  time={placed.times[~row] ?? 0}
                  depth={(tree.depths[placed.spans[~row] ?? 0] ?? 0) + 1}
                />
              );
            }
            return (
              <SpanRow
                key={row}
                {...place}
                tree={tree}
                span={row}
                isFolded={folded.has(row)}
                isFound={found.has(row)}
                skewNs={skewed.get(row)}
                critical={critical.get(row)}
              />
            );
          })}
        </div>
      </div>
      <div className="waterfall-divider">
        <PaneDivider
          label={text('trace.resize')}
          widthPx={namesPx}
          minPx={NAMES_PX.min}
          maxPx={NAMES_PX.max}
          side="left"
          onResize={(px) => setPreferences({ columnWidthsPx: { ...widths, [NAMES_PX.key]: px } })}
        />
      </div>
    </div>
  );
}

function TickLines({ zoom }: { readonly zoom: Zoom }): ReactElement {
  return (
    <div className="waterfall-lines" aria-hidden>
      {durationTicks(zoom, TICKS_MAX).map(({ place }) => (
        <i key={place} style={{ left: `${place * 100}%` }} />
      ))}
    </div>
  );
}

interface KeyContext extends WaterfallProps {
  readonly activeIndex: number;
  readonly virtualizer: Virtualizer<HTMLDivElement, Element>;
}

const PAGE_STEP = 20;

function pressKey(event: KeyboardEvent, context: KeyContext): void {
  if (event.target !== event.currentTarget) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { rows, activeIndex, active, onActive, onOpen, onClose } = context;
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: 1,
    j: 1,
    ArrowUp: -1,
    k: -1,
    PageDown: PAGE_STEP,
    PageUp: -PAGE_STEP,
    Home: -rows.length,
    End: rows.length,
  };
  const step = steps[event.key];
  if (step !== undefined) {
    const row = rows[Math.min(rows.length - 1, Math.max(0, activeIndex + step))];
    if (row !== undefined) onActive(row);
  } else if (event.key === 'Enter' && active !== undefined) onOpen(active);
  else if (event.key === 'Escape') onClose();
  else if (active === undefined || !pressFold(event.key, active, context)) return;
  event.preventDefault();
}

/** Right unfolds, then goes to the first child; left folds, then goes to the caller. */
function pressFold(key: string, active: RowCode, context: KeyContext): boolean {
  const { tree, placed, folded, onActive, onFold, rows, activeIndex } = context;
  const span = active < 0 ? (placed.spans[~active] ?? 0) : active;
  const isFolded = folded.has(span);
  const hasChildren = (tree.sizes[span] ?? 1) > 1;
  switch (key) {
    case ' ':
      if (active >= 0 && hasChildren) onFold(span);
      return true;
    case 'ArrowRight': {
      const next = rows[activeIndex + 1];
      if (active >= 0 && hasChildren && isFolded) onFold(span);
      else if (active >= 0 && hasChildren && next !== undefined) onActive(next);
      return true;
    }
    case 'ArrowLeft': {
      const parent = active < 0 ? span : (tree.parents[span] ?? -1);
      if (active >= 0 && hasChildren && !isFolded) onFold(span);
      else if (parent >= 0) onActive(parent);
      return true;
    }
    default:
      return false;
  }
}

function clickRow(event: MouseEvent<HTMLElement>, context: KeyContext): void {
  const { rows, onFold, onActive, onOpen } = context;
  if (!(event.target instanceof Element)) return;
  const element = event.target.closest<HTMLElement>('.waterfall-row');
  const row = rows[Number(element?.dataset['index'] ?? -1)];
  if (row === undefined) return;
  onActive(row);
  if (event.target.closest('.row-fold') && row >= 0) onFold(row);
  // Who marks text with the mouse wants the text.
  else if (getSelection()?.isCollapsed) onOpen(row);
}
