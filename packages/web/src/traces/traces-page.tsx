/** The search of traces: form and query, durations over time, the traces found. */
import { useEffect, useMemo, useState, type ReactElement } from 'react';
import { FailureNote } from '../components/failure-note.tsx';
import { StatusLine } from '../components/status-line.tsx';
import { TimePicker } from '../components/time-picker.tsx';
import { byteSizeText } from '../lib/byte-size.ts';
import { useActions } from '../lib/actions.ts';
import { useGo } from '../lib/navigation.ts';
import { useText } from '../lib/text.tsx';
import { absoluteRange, widenedRange } from '../lib/time-range.ts';
import { useResolvedRange } from '../lib/use-resolved-range.ts';
import { useStatus } from '../lib/use-status.ts';
import { QueryBar } from '../query/query-bar.tsx';
import { tracePath } from '../records/trace-path.ts';
import { FirstTraces } from './first-traces.tsx';
import { TraceList } from './trace-list.tsx';
import { sortedTraces } from './trace-order.ts';
import { TraceScatter } from './trace-scatter.tsx';
import { TracesForm } from './traces-form.tsx';
import { tracesQuery } from './traces-query.ts';
import { TracesToolbar } from './traces-toolbar.tsx';
import { useTraceSearch } from './use-trace-search.ts';
import { useTracesAddress } from './use-traces-address.ts';
import './traces.css';
import './traces-search.css';

export function TracesPage(): ReactElement {
  const { data } = useStatus();
  const stored = data?.status.storage.find(({ table }) => table === 'traces')?.rows ?? 0;
  const isPending = (data?.status.pipeline.pendingRecords ?? 0) > 0;
  return data && stored === 0 && !isPending && data.status.engine.state !== 'away' ? (
    <FirstTraces status={data.status} />
  ) : (
    <TracesSearch />
  );
}

function TracesSearch(): ReactElement {
  const { text } = useText();
  const go = useGo();
  const [address, change] = useTracesAddress();
  const [draft, setDraft] = useState(address.query);
  const [runs, setRuns] = useState(0);
  useEffect(() => setDraft(address.query), [address.query]);
  const query = tracesQuery(address);
  const { resolved, isBad } = useResolvedRange(address.range, `${runs} ${query}`);
  const search = useTraceSearch({ query, range: resolved, limit: address.limit });
  const found = search.data;
  const traces = useMemo(
    () => sortedTraces(found?.traces ?? [], address.sort),
    [found?.traces, address.sort],
  );
  const run = (wanted: string): void => {
    setRuns((count) => count + 1);
    setDraft(wanted.trim());
    if (wanted.trim() !== address.query) change({ query: wanted.trim() });
  };
  useActions([
    { id: 'traces.run', label: 'logs.run', keys: ['r'], run: () => run(draft) },
    { id: 'traces.down', label: 'traces.next', keys: ['j'], run: () => moveFocus(1) },
    { id: 'traces.up', label: 'traces.previous', keys: ['k'], run: () => moveFocus(-1) },
  ]);
  const isNothing = found?.summary !== undefined && traces.length === 0 && !search.isFetching;
  return (
    <div className="traces">
      <header className="page-head">
        <QueryBar
          query={address.query}
          source="spans"
          range={resolved}
          draft={draft}
          onDraft={setDraft}
          onRun={run}
          error={search.error}
          mayLoad={!search.isPending}
        />
        <TimePicker
          range={address.range}
          resolved={resolved}
          onRange={(range) => {
            setRuns((count) => count + 1);
            change({ range });
          }}
        />
        <button type="button" className="button primary run" onClick={() => run(draft)}>
          {text('logs.run')}
        </button>
      </header>
      {isBad && <div className="notice bad">{text('time.bad')}</div>}
      {search.error && <FailureNote error={search.error} onRetry={() => void search.refetch()} />}
      <div className="traces-body">
        <TracesForm address={address} range={resolved} onChange={change} />
        <div className="traces-main" aria-busy={search.isFetching}>
          <TraceScatter
            traces={found?.traces ?? NONE}
            range={resolved}
            onOpen={({ traceId }) => go({ path: tracePath(traceId), search: {} })}
            onZoom={(range) => change({ range: absoluteRange(range) })}
          />
          <TracesToolbar
            address={address}
            count={traces.length}
            hasMore={found?.summary?.next !== null && found?.summary !== undefined}
            onChange={change}
          />
          {isNothing ? (
            <div className="empty-page">
              <h2>{text('traces.none')}</h2>
              <p className="dim-2">{text('traces.none.hint')}</p>
              <button
                type="button"
                className="button"
                onClick={() => change({ range: absoluteRange(widenedRange(resolved)) })}
              >
                {text('time.widen')}
              </button>
            </div>
          ) : (
            <TraceList
              traces={traces}
              chosen={address.chosen}
              onChosen={(chosen) => change({ chosen }, { replace: true })}
            />
          )}
        </div>
      </div>
      <StatusLine>
        {found?.summary && (
          <span className="number">
            {Math.round(found.summary.cost.elapsedMs)} ms ·{' '}
            {byteSizeText(found.summary.cost.bytesRead)}
          </span>
        )}
      </StatusLine>
    </div>
  );
}

const NONE: readonly never[] = [];

/** From one trace of the list to the next. */
function moveFocus(step: -1 | 1): void {
  const links = [...document.querySelectorAll<HTMLElement>('.trace-link')];
  const at = links.findIndex((link) => link === document.activeElement);
  links[Math.min(links.length - 1, Math.max(0, at + step))]?.focus();
}
