/** A trace that was read: facts, mini-map, waterfall and the span that is looked at. */
import { useCallback, useMemo, useState, type ReactElement } from 'react';
import { FailureNote } from '../components/failure-note.tsx';
import { PaneDivider } from '../components/pane-divider.tsx';
import { useActions } from '../lib/actions.ts';
import { useGo } from '../lib/navigation.ts';
import { setPreferences, usePreference } from '../lib/preferences.ts';
import { useText } from '../lib/text.tsx';
import { clockShifts, skewedSpans } from './clock-skew.ts';
import { criticalPath, type CriticalSection } from './critical-path.ts';
import { FlameGraph } from './flame-graph.tsx';
import { logsSearchOf } from './logs-search-of.ts';
import { MiniMap } from './mini-map.tsx';
import { SpanPane } from './span-pane.tsx';
import { TraceFind } from './trace-find.tsx';
import { traceGaps } from './trace-gaps.ts';
import { TraceHead } from './trace-head.tsx';
import { TraceNotes } from './trace-notes.tsx';
import { TraceTable } from './trace-table.tsx';
import { TraceToolbar } from './trace-toolbar.tsx';
import { endOf, lineageOf, traceTree } from './trace-tree.ts';
import type { TraceAddress, Zoom } from './trace-url.ts';
import { useFoundSpans } from './use-found-spans.ts';
import type { LoadedTrace } from './use-trace.ts';
import { useTraceRecords } from './use-trace-records.ts';
import type { ChangeTraceAddress } from './use-trace-address.ts';
import {
  foldable,
  foldDeepest,
  NO_RECORDS,
  placeRecords,
  unfoldTop,
  waterfallRows,
  type RowCode,
} from './waterfall-rows.ts';
import { Waterfall } from './waterfall.tsx';

export interface TraceViewProps {
  readonly traceId: string;
  readonly trace: LoadedTrace;
  readonly address: TraceAddress;
  readonly onChange: ChangeTraceAddress;
}

/** Records shown between the spans. */
const RECORDS_MAX = 2_000;
const DETAIL_PX = { min: 300, max: 900 };
const NO_SECTIONS: ReadonlyMap<number, readonly CriticalSection[]> = new Map();
/** A span that is zoomed to keeps some time around it, as a share of its own. */
const ZOOM_MARGIN = 0.1;

export function TraceView({ traceId, trace, address, onChange }: TraceViewProps): ReactElement {
  const { text } = useText();
  const go = useGo();
  const detailWidthPx = usePreference('detailWidthPx');
  const raw = useMemo(() => traceTree(trace.spans), [trace]);
  const skewed = useMemo(() => skewedSpans(raw), [raw]);
  const tree = useMemo(
    () => (address.isAligned ? traceTree(trace.spans, clockShifts(raw)) : raw),
    [trace, raw, address.isAligned],
  );
  const gaps = useMemo(() => traceGaps(tree), [tree]);
  const critical = useMemo(
    () => (address.hasCriticalPath ? criticalPath(tree) : NO_SECTIONS),
    [tree, address.hasCriticalPath],
  );
  const records = useTraceRecords({ traceId, limit: RECORDS_MAX, isEnabled: true });
  const placed = useMemo(
    () =>
      address.hasRecords && records.data ? placeRecords(tree, records.data.records) : NO_RECORDS,
    [tree, records.data, address.hasRecords],
  );
  const [folded, setFolded] = useState<ReadonlySet<number>>(new Set());
  const rows = useMemo(() => waterfallRows(tree, folded, placed), [tree, folded, placed]);
  const [active, setActive] = useState<RowCode>();
  const found = useFoundSpans(traceId, tree, address.find);
  const foundSet = useMemo(() => new Set(found.spans), [found.spans]);
  const shownSpan = useMemo(
    () =>
      address.span === '' ? -1 : trace.spans.findIndex((span) => span.spanId === address.span),
    [trace, address.span],
  );
  const activeRow = active ?? (shownSpan < 0 ? undefined : shownSpan);
  const zoom = useMemo(() => zoomWithin(address.zoom, tree.widthNs), [address.zoom, tree]);
  const onZoom = useCallback(
    (next: Zoom | undefined) => onChange({ zoom: next }, { replace: true }),
    [onChange],
  );
  const fold = useCallback(
    (span: number) => setFolded((spans) => spans.symmetricDifference(new Set([span]))),
    [],
  );
  /** Makes the span's row seen, whatever is folded above it. */
  const reveal = (span: number): void => {
    const above = new Set(lineageOf(tree, span).slice(1));
    if (!above.isDisjointFrom(folded)) setFolded(folded.difference(above));
    setActive(span);
  };
  const open = (row: RowCode): void => {
    if (row < 0) {
      const record = placed.records[~row];
      const span = placed.spans[~row] ?? 0;
      const spanId = tree.spans[span]?.spanId ?? '';
      if (record) onChange({ span: spanId, spanTab: 'records' }, { replace: address.span !== '' });
      return;
    }
    const spanId = tree.spans[row]?.spanId ?? '';
    const isShown = spanId === address.span;
    onChange({ span: isShown ? '' : spanId }, { replace: address.span !== '' });
  };
  const openSpan = (span: number): void => {
    reveal(span);
    onChange({ span: tree.spans[span]?.spanId ?? '' }, { replace: address.span !== '' });
  };
  const stepTo = (spans: readonly number[], step: -1 | 1): void => {
    const next = nextOf(spans, activeRow, { step, places: tree.places });
    if (next === undefined) return;
    reveal(next);
    if (address.span !== '') onChange({ span: tree.spans[next]?.spanId ?? '' }, { replace: true });
  };
  const errors = useMemo(
    () => [...tree.order].filter((span) => tree.spans[span]?.status === 'error'),
    [tree],
  );
  const showFound = (find: string): void => onChange({ view: 'waterfall', find });
  const zoomToSpan = (): void => {
    const span = activeRow !== undefined && activeRow >= 0 ? activeRow : shownSpan;
    if (span < 0) return;
    const margin = (tree.durations[span] ?? 0) * ZOOM_MARGIN + 1;
    onZoom({
      from: Math.max(0, (tree.starts[span] ?? 0) - margin),
      to: Math.min(tree.widthNs, endOf(tree, span) + margin),
    });
  };
  useActions([
    {
      id: 'trace.error.next',
      label: 'trace.error.next',
      keys: ['e'],
      run: () => stepTo(errors, 1),
    },
    {
      id: 'trace.fold.all',
      label: 'trace.fold.all',
      keys: [']'],
      run: () => setFolded(new Set(foldable(tree))),
    },
    {
      id: 'trace.unfold.all',
      label: 'trace.unfold.all',
      keys: ['['],
      run: () => setFolded(new Set()),
    },
    {
      id: 'trace.flame',
      label: 'trace.view.flame',
      keys: ['f'],
      run: () => onChange({ view: address.view === 'flame' ? 'waterfall' : 'flame' }),
    },
    {
      id: 'trace.fold.level',
      label: 'trace.fold.level',
      keys: ['}'],
      run: () => setFolded(foldDeepest(tree, folded)),
    },
    {
      id: 'trace.unfold.level',
      label: 'trace.unfold.level',
      keys: ['{'],
      run: () => setFolded(unfoldTop(tree, folded)),
    },
    {
      id: 'trace.table',
      label: 'trace.view.table',
      keys: ['t'],
      run: () => onChange({ view: address.view === 'table' ? 'waterfall' : 'table' }),
    },
    { id: 'trace.zoom.span', label: 'trace.zoom.span', keys: ['z'], run: zoomToSpan },
    { id: 'trace.zoom.out', label: 'trace.zoom.out', keys: ['0'], run: () => onZoom(undefined) },
    {
      id: 'trace.logs',
      label: 'trace.logs',
      keys: ['g'],
      run: () => {
        const durationNs = BigInt(Math.round(tree.widthNs));
        go({ path: '/logs', search: logsSearchOf({ traceId, startNs: tree.startNs, durationNs }) });
      },
    },
  ]);
  return (
    <>
      <TraceHead
        traceId={traceId}
        tree={tree}
        records={records.data}
        find={
          <TraceFind
            value={address.find}
            found={found}
            at={found.spans.indexOf(activeRow ?? -1)}
            onValue={(find) => onChange({ find }, { replace: true })}
            onStep={(step) => stepTo(found.spans, step)}
          />
        }
      />
      <TraceNotes
        trace={trace}
        tree={tree}
        skewed={skewed}
        isAligned={address.isAligned}
        onAlign={(isAligned) => onChange({ isAligned }, { replace: true })}
      />
      {records.error && <FailureNote error={records.error} />}
      {address.view === 'waterfall' && (
        <MiniMap tree={tree} gaps={gaps} zoom={zoom} onZoom={onZoom} />
      )}
      <TraceToolbar
        address={address}
        tree={tree}
        folded={folded}
        errors={errors.length}
        onChange={onChange}
        onFolded={setFolded}
        onNextError={() => stepTo(errors, 1)}
      />
      <div
        className={`trace-body ${address.span === '' ? '' : 'has-detail'}`}
        style={{ '--detail': `${detailWidthPx}px` }}
      >
        {address.view === 'flame' && <FlameGraph tree={tree} onFind={showFound} />}
        {address.view === 'table' && <TraceTable tree={tree} onFind={showFound} />}
        {address.view === 'waterfall' && (
          <Waterfall
            tree={tree}
            rows={rows}
            placed={placed}
            folded={folded}
            zoom={zoom}
            gaps={gaps}
            skewed={address.isAligned ? NO_SKEW : skewed}
            critical={critical}
            found={foundSet}
            active={activeRow}
            onActive={setActive}
            onOpen={open}
            onClose={() => {
              if (address.span !== '') onChange({ span: '' }, { replace: true });
            }}
            onFold={fold}
          />
        )}
        {address.span !== '' && (
          <PaneDivider
            label={text('pane.resize.detail')}
            widthPx={detailWidthPx}
            minPx={DETAIL_PX.min}
            maxPx={DETAIL_PX.max}
            side="right"
            onResize={(px) => setPreferences({ detailWidthPx: px })}
          />
        )}
        {shownSpan >= 0 && (
          <SpanPane
            key={shownSpan}
            traceId={traceId}
            tree={tree}
            span={shownSpan}
            address={address}
            onChange={onChange}
            onOpen={openSpan}
            onZoom={zoomToSpan}
          />
        )}
        {address.span !== '' && shownSpan < 0 && (
          <aside className="record-pane">
            <p className="notice bad">{text('span.missing', { id: address.span.slice(0, 32) })}</p>
          </aside>
        )}
      </div>
    </>
  );
}

const NO_SKEW: ReadonlyMap<number, number> = new Map();

function zoomWithin(zoom: Zoom | undefined, widthNs: number): Zoom {
  if (!zoom || zoom.from >= widthNs) return { from: 0, to: widthNs };
  return { from: zoom.from, to: Math.min(zoom.to, widthNs) };
}

/** The next of the spans by their place, from the active one on, and round again. */
function nextOf(
  spans: readonly number[],
  active: RowCode | undefined,
  { step, places }: { readonly step: -1 | 1; readonly places: Int32Array },
): number | undefined {
  const at = active === undefined || active < 0 ? -1 : (places[active] ?? -1);
  const placeOf = (span: number): number => places[span] ?? 0;
  return step > 0
    ? (spans.find((span) => placeOf(span) > at) ?? spans[0])
    : (spans.findLast((span) => placeOf(span) < at) ?? spans.at(-1));
}
