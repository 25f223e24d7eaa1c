/** Query, histogram, facets, records and one record in full: the parts of the log page put together. */
import {
  lazy,
  Suspense,
  useCallback,
  useEffect,
  useMemo,
  useState,
  type ReactElement,
} from 'react';
import { useDebouncedValue } from '@mantine/hooks';
import type { LogRecord } from '@tendril/model/log-record';
import type { TimeRange } from '@tendril/model/time-range';
import { printFieldName } from '@tendril/query/print';
import { IconButton } from '../components/icon-button.tsx';
import { PaneDivider } from '../components/pane-divider.tsx';
import { FailureNote } from '../components/failure-note.tsx';
import { useActions } from '../lib/actions.ts';
import { copyText } from '../lib/clipboard.ts';
import { preferences, setPreferences, usePreference, withRecent } from '../lib/preferences.ts';
import { useText } from '../lib/text.tsx';
import { absoluteRange, isRelative, RANGE_DEFAULT, serverNowNs } from '../lib/time-range.ts';
import { useLatch } from '../lib/use-latch.ts';
import { useResolvedRange } from '../lib/use-resolved-range.ts';
import { useElementWidth } from '../lib/use-element-width.ts';
import { useRecordLinks } from '../records/use-record-links.ts';
import { ValueContext, type ValueHandlers } from '../records/value-actions.tsx';
import { Facets } from './facets.tsx';
import { HistogramPanel } from './histogram.tsx';
import { LiveBar } from './live-bar.tsx';
import { LogsStatus } from './logs-status.tsx';
import { appended, searchedTerms, withFilter, withRange } from '../query/query-edit.ts';
import { QueryBar } from '../query/query-bar.tsx';
import { queryParts } from '../query/query-parts.ts';
import { RecordPane } from './record-pane.tsx';
import { RecordsToolbar } from './records-toolbar.tsx';
import { RecordsView } from './records-view.tsx';
import { TimePicker } from '../components/time-picker.tsx';
import { useCounts } from './use-counts.ts';
import { FACET_VALUES } from './use-facets.ts';
import { useFacetsShown } from './use-facets-shown.ts';
import type { Histogram } from './use-histogram.ts';
import { useLogsAddress } from './use-logs-address.ts';
import { useRecordFeed } from './use-record-feed.ts';
import './logs.css';
import './patterns.css';
import './results.css';

const PatternsView = lazy(async () => ({
  default: (await import('./patterns-view.tsx')).PatternsView,
}));
const ChartView = lazy(async () => ({
  default: (await import('./chart-view.tsx')).ChartView,
}));
const PipedView = lazy(async () => ({
  default: (await import('./piped-view.tsx')).PipedView,
}));
const ChangesView = lazy(async () => ({
  default: (await import('./changes-view.tsx')).ChangesView,
}));

const RECENT_QUERIES_MAX = 100;
/** How often counts follow in live mode. */
const LIVE_COUNTS_MS = 5_000;
const FIELD_SEARCH_DELAY_MS = 200;
const BUCKET_PX = 11;
const FACETS_PX = { min: 160, max: 480 };
const DETAIL_PX = { min: 300, max: 900 };

export function LogsSearch(): ReactElement {
  const { text } = useText();
  const [address, change] = useLogsAddress();
  const { query, range, order, isLive, record: openKey, view } = address;
  const [draft, setDraft] = useState(query);
  const [runs, setRuns] = useState(0);
  useEffect(() => setDraft(query), [query]);
  const { resolved, isBad } = useResolvedRange(range, `${runs} ${query}`);
  const { filter, pipes } = queryParts(query);
  const request = useMemo(
    () => ({
      query: filter,
      range: resolved,
      order,
      isLive,
      overview: {
        buckets: bucketsIn(globalThis.innerWidth),
        values: preferences().facets ? FACET_VALUES : 0,
      },
    }),
    [filter, resolved, order, isLive],
  );
  const used = useRecordFeed(request);
  const { feed, state, isStale } = used;
  const counted = useLiveRange(resolved, isLive);
  const mayLoadMore = useLatch(state.summary !== undefined || state.phase !== 'running');
  const [measure, widthPx] = useElementWidth();
  const histogramShown = usePreference('histogram');
  const [facetsShown, toggleFacets] = useFacetsShown();
  const [wantedFields, setWantedFields] = useState('');
  const [searchedFields] = useDebouncedValue(wantedFields.trim(), FIELD_SEARCH_DELAY_MS);
  const counts = useCounts({
    used,
    query: filter,
    range: counted,
    buckets: widthPx > 0 ? bucketsIn(widthPx) : 0,
    search: searchedFields,
    facetsShown,
    isLive,
  });
  const { histogram, total, levels, facets } = counts;
  const isEstimate = histogram?.isEstimate === true;
  const terms = useMemo(() => searchedTerms(filter), [filter]);
  const run = useCallback(
    (text: string) => {
      const wanted = text.trim();
      if (wanted !== '') {
        const { recentQueries } = preferences();
        setPreferences({ recentQueries: withRecent(recentQueries, wanted, RECENT_QUERIES_MAX) });
      }
      setDraft(wanted);
      setRuns((count) => count + 1);
      if (wanted !== query) change({ query: wanted });
    },
    [query, change],
  );
  const links = useRecordLinks();
  const columns = useColumns(address.columns);
  const setColumns = useCallback(
    (chosen: readonly string[]) => {
      setPreferences({ columns: chosen });
      change({ columns: chosen }, { replace: true });
    },
    [change],
  );
  const handlers = useMemo(
    (): ValueHandlers => ({
      filter: (target, kind) => run(withFilter(query, target, kind)),
      filterRange: (field, ends) => run(withRange(query, field, ends)),
      columns: {
        toggle: (field) =>
          setColumns(
            columns.includes(field)
              ? columns.filter((each) => each !== field)
              : [...columns, field],
          ),
        has: (field) => columns.includes(field),
      },
      groupBy: (field) => run(`${filter === '' ? '*' : filter} | top ${printFieldName(field)}`),
      links,
    }),
    [query, filter, columns, run, setColumns, links],
  );
  const open = useCallback(
    (record: LogRecord | undefined) =>
      change(
        { record: record ? `${record.timestamp}-${record.id}` : '' },
        { replace: openKey !== '' },
      ),
    [change, openKey],
  );
  const zoom = (to: TimeRange): void => change({ range: absoluteRange(to), isLive: false });
  const facetsWidthPx = usePreference('facetsWidthPx');
  const detailWidthPx = usePreference('detailWidthPx');
  useActions([
    {
      id: 'logs.copyLink',
      label: 'logs.copyLink',
      run: () => void copyText(permanentLink(resolved)),
    },
    {
      id: 'logs.facets',
      label: 'logs.facets',
      keys: ['b'],
      run: toggleFacets,
    },
    {
      id: 'logs.histogram',
      label: 'logs.histogram',
      keys: ['h'],
      run: () => setPreferences({ histogram: !histogramShown }),
    },
    {
      id: 'logs.live',
      label: 'logs.live',
      keys: ['l'],
      run: () => change({ isLive: !isLive, range: isLive ? range : RANGE_DEFAULT }),
    },
    { id: 'logs.run', label: 'logs.run', keys: ['r'], run: () => run(draft) },
    { id: 'logs.cancel', label: 'logs.cancel', run: () => feed.cancel() },
    { id: 'logs.grid', label: 'logs.grid', keys: ['j'], run: focusGrid },
  ]);
  const isRunning = state.phase === 'running';
  return (
    <ValueContext value={handlers}>
      <div className="logs" ref={measure}>
        <header className="page-head">
          <QueryBar
            query={query}
            range={resolved}
            draft={draft}
            onDraft={setDraft}
            onRun={run}
            error={state.error}
            mayLoad={mayLoadMore}
          />
          <TimePicker
            range={range}
            resolved={resolved}
            onRange={(chosen) => {
              setRuns((count) => count + 1);
              change({ range: chosen, isLive: isLive && chosen.to === 'now' });
            }}
          />
          <button
            type="button"
            className="button"
            aria-pressed={isLive}
            onClick={() => change({ isLive: !isLive, range: isLive ? range : liveRange(range) })}
          >
            <i className={`live-dot ${isLive ? 'is-live' : ''}`} />
            {text('logs.live')}
          </button>
          {isRunning ? (
            <button type="button" className="button run" onClick={() => feed.cancel()}>
              {text('logs.cancel')}
            </button>
          ) : (
            <button type="button" className="button primary run" onClick={() => run(draft)}>
              {text('logs.run')}
            </button>
          )}
        </header>
        {isBad && <div className="notice bad">{text('time.bad')}</div>}
        {histogramShown && (
          <HistogramPanel
            histogram={histogram}
            isLoading={counts.isCounting}
            range={counted}
            onZoom={zoom}
          />
        )}
        <RecordsToolbar
          address={address}
          resolved={resolved}
          columns={columns}
          total={total}
          countMark={countMarkOf(histogram)}
          permanentLink={() => permanentLink(resolved)}
          facetsShown={facetsShown}
          onFacets={toggleFacets}
          onColumns={setColumns}
          onChange={change}
        />
        {state.phase === 'failed' && <FailureNote error={state.error} onRetry={() => run(query)} />}
        {counts.error !== null && state.phase !== 'failed' && <FailureNote error={counts.error} />}
        <div
          className={`logs-body ${facetsShown ? 'has-facets' : ''} ${openKey === '' ? '' : 'has-detail'}`}
          style={{ '--facets': `${facetsWidthPx}px`, '--detail': `${detailWidthPx}px` }}
        >
          {facetsShown && (
            <>
              <Facets
                query={query}
                range={counted}
                levels={levels}
                facets={facets.data}
                fields={facets.fields}
                wanted={wantedFields}
                onWanted={setWantedFields}
                isLoading={facets.isFetching}
              />
              <div className="facets-close">
                <IconButton icon="close" label={text('close')} onClick={toggleFacets} />
              </div>
              <PaneDivider
                label={text('pane.resize.facets')}
                widthPx={facetsWidthPx}
                minPx={FACETS_PX.min}
                maxPx={FACETS_PX.max}
                side="left"
                onResize={(px) => setPreferences({ facetsWidthPx: px })}
              />
            </>
          )}
          <div className="logs-main">
            {view === 'records' && isLive && pipes === '' && (
              <LiveBar feed={feed} live={state.live} />
            )}
            {view === 'records' && pipes === '' && (
              <RecordsView
                feed={feed}
                state={state}
                isStale={isStale}
                address={address}
                columns={columns}
                resolved={resolved}
                terms={terms}
                total={isLive || isEstimate ? undefined : total}
                onColumns={setColumns}
                onOpen={open}
                onChange={change}
                onRun={run}
              />
            )}
            <Suspense>
              {view === 'records' && pipes !== '' && (
                <PipedView
                  address={address}
                  columns={columns}
                  resolved={resolved}
                  terms={terms}
                  onColumns={setColumns}
                  onOpen={open}
                  onChange={change}
                  onRun={run}
                />
              )}
              {view === 'chart' && (
                <ChartView
                  query={query}
                  range={counted}
                  field={address.chartField}
                  onField={(chartField) => change({ chartField }, { replace: true })}
                  onZoom={zoom}
                  onRun={run}
                />
              )}
              {view === 'patterns' && (
                <PatternsView
                  query={filter}
                  range={counted}
                  onFilter={(value, kind) => {
                    const filtered = withFilter(query, { field: 'patternId', value }, kind);
                    change({ query: filtered, ...(kind === 'only' && { view: 'records' }) });
                  }}
                />
              )}
              {view === 'changes' && (
                <ChangesView
                  query={filter}
                  range={counted}
                  onFilter={(value) =>
                    change({ query: withFilter(query, value, 'only'), view: 'records' })
                  }
                />
              )}
            </Suspense>
          </div>
          {openKey !== '' && (
            <>
              <PaneDivider
                label={text('pane.resize.detail')}
                widthPx={detailWidthPx}
                minPx={DETAIL_PX.min}
                maxPx={DETAIL_PX.max}
                side="right"
                onResize={(px) => setPreferences({ detailWidthPx: px })}
              />
              <RecordPane
                address={address}
                records={state.records}
                terms={terms}
                onOpen={open}
                onChange={change}
                onAppend={(condition) => run(appended(query, condition))}
              />
            </>
          )}
        </div>
        <LogsStatus
          state={state}
          total={total}
          countMark={countMarkOf(histogram)}
          request={request}
        />
      </div>
    </ValueContext>
  );
}

function bucketsIn(widthPx: number): number {
  return Math.max(20, Math.min(200, Math.floor(widthPx / BUCKET_PX)));
}

/** Before a number of records that is not exact. */
function countMarkOf(histogram: Histogram | undefined): string {
  if (histogram?.isEstimate === true) return '≈ ';
  return histogram !== undefined && histogram.partial !== null ? '≥ ' : '';
}

/** A link that shows the same to whoever opens it later: relative ends become the times they stood for. */
function permanentLink(resolved: TimeRange): string {
  const url = new URL(globalThis.location.href);
  const { from, to } = absoluteRange(resolved);
  url.searchParams.set('from', from);
  url.searchParams.set('to', to);
  url.searchParams.delete('live');
  return url.href;
}

function liveRange(range: { readonly from: string; readonly to: string }): typeof RANGE_DEFAULT {
  return range.to === 'now' && isRelative(range) ? range : RANGE_DEFAULT;
}

function focusGrid(): void {
  document.querySelector<HTMLElement>('.record-table')?.focus();
}

/** In live mode the range of the counts goes on to now every few seconds. */
function useLiveRange(resolved: TimeRange, isLive: boolean): TimeRange {
  const [toNs, setToNs] = useState<bigint>();
  useEffect(() => {
    if (!isLive) return undefined;
    const timer = setInterval(() => setToNs(serverNowNs()), LIVE_COUNTS_MS);
    return () => {
      clearInterval(timer);
      setToNs(undefined);
    };
  }, [isLive, resolved]);
  return useMemo(() => {
    if (toNs === undefined || toNs <= resolved.toNs) return resolved;
    return { fromNs: toNs - (resolved.toNs - resolved.fromNs), toNs };
  }, [resolved, toNs]);
}

function useColumns(inAddress: readonly string[] | undefined): readonly string[] {
  const own = usePreference('columns');
  return inAddress ?? own;
}
