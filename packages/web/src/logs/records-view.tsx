/** The table with what stands at its end: more to come, nothing found, stopped. */
import { useCallback, useEffect, useMemo, useState, type ReactElement } from 'react';
import type { LogRecord } from '@tendril/model/log-record';
import type { TimeRange } from '@tendril/model/time-range';
import { useActions } from '../lib/actions.ts';
import { copyText } from '../lib/clipboard.ts';
import { usePreference } from '../lib/preferences.ts';
import { useText } from '../lib/text.tsx';
import { serverNowNs } from '../lib/time-range.ts';
import { FindBar } from './find-bar.tsx';
import { rowsAs } from './copy-rows.ts';
import type { LogsAddress } from './logs-url.ts';
import { recordKey } from '../records/record-key.ts';
import { NothingFound } from './nothing-found.tsx';
import type { FeedState, RecordFeed } from './record-feed.ts';
import { RecordTable } from './record-table.tsx';
import { InlineRecord } from './inline-record.tsx';
import { SelectionBar } from './selection-bar.tsx';
import type { TimeStyle } from './time-cell.ts';
import type { ChangeAddress } from './use-logs-address.ts';

export interface RecordsViewProps {
  readonly feed: RecordFeed;
  readonly state: FeedState;
  /** The rows are of the search before. */
  readonly isStale: boolean;
  readonly address: LogsAddress;
  readonly columns: readonly string[];
  readonly resolved: TimeRange;
  readonly terms: readonly string[];
  readonly total: number | undefined;
  readonly onColumns: (columns: readonly string[]) => void;
  readonly onOpen: (record: LogRecord | undefined) => void;
  readonly onChange: ChangeAddress;
  readonly onRun: (query: string) => void;
}

const NONE: ReadonlySet<string> = new Set();
const DAY_NS = 86_400_000_000_000n;

export function RecordsView(props: RecordsViewProps): ReactElement {
  const { feed, state, address, columns, resolved, terms, total, onColumns, onOpen, onChange } =
    props;
  const { records, phase, live } = state;
  const [selected, setSelected] = useState<ReadonlySet<string>>(NONE);
  useEffect(() => setSelected(NONE), [feed]);
  const timeStyle = useTimeStyle(resolved);
  const [wanted, setWanted] = useState<string>();
  const [goneTo, setGoneTo] = useState('');
  const marked = useMarkedTerms(terms, wanted);
  const chosen = useMemo(
    () => (selected.size === 0 ? [] : records.filter((record) => selected.has(recordKey(record)))),
    [records, selected],
  );
  useActions([
    { id: 'find.open', label: 'find.open', keys: ['Mod+f'], run: () => setWanted(wanted ?? '') },
    {
      id: 'logs.copyRows',
      label: 'logs.copyRows',
      keys: ['Mod+Shift+C'],
      run: () =>
        void copyText(rowsAs('text', chosen.length > 0 ? chosen : records.slice(0, 1_000))),
    },
  ]);
  const loadMore = useCallback(() => feed.loadMore(), [feed]);
  const isLive = address.isLive;
  const atEdge = useCallback(
    (isAtEdge: boolean) => {
      if (isLive && !isAtEdge) feed.pause();
    },
    [feed, isLive],
  );
  if (records.length === 0 && (phase === 'done' || phase === 'cancelled') && !isLive) {
    return <NothingFound {...props} />;
  }
  return (
    <>
      {wanted !== undefined && (
        <FindBar
          records={records}
          wanted={wanted}
          onWanted={setWanted}
          onGo={setGoneTo}
          onClose={() => setWanted(undefined)}
        />
      )}
      <RecordTable
        records={records}
        isStale={props.isStale}
        isLive={isLive}
        total={total}
        columns={columns}
        order={address.order}
        terms={marked}
        activeKey={goneTo}
        timeStyle={timeStyle}
        openKey={address.record}
        markedKey={live.markedKey}
        selectedKeys={selected}
        onColumns={onColumns}
        onOrder={(order) => onChange({ order })}
        onOpen={onOpen}
        onSelect={setSelected}
        hasMore={phase === 'more'}
        onEnd={loadMore}
        onAtEdge={atEdge}
        expanded={(record) => <InlineRecord record={record} />}
        foot={<TableFoot {...props} />}
      />
      {chosen.length > 0 && (
        <SelectionBar
          records={chosen}
          address={address}
          resolved={resolved}
          onClear={() => setSelected(NONE)}
        />
      )}
    </>
  );
}

/** What the search asks for and what is looked for in its rows. */
function useMarkedTerms(terms: readonly string[], wanted: string | undefined): readonly string[] {
  const found = wanted?.trim().toLowerCase() ?? '';
  return useMemo(() => (found === '' ? terms : [...terms, found]), [terms, found]);
}

function useTimeStyle(resolved: TimeRange): TimeStyle {
  const kind = usePreference('time');
  const zone = usePreference('zone');
  const { fromNs, toNs } = resolved;
  return useMemo(
    () => ({ kind, zone, hasDate: toNs - fromNs > DAY_NS, nowNs: serverNowNs() }),
    [kind, zone, fromNs, toNs],
  );
}

function TableFoot({ state, address, onRun }: RecordsViewProps): ReactElement | null {
  const { text, number } = useText();
  const { phase, records, progress, summary } = state;
  if (phase === 'running') {
    return (
      <div className="table-foot dim" role="status">
        <span className="pulse" />
        {progress
          ? text('records.searching', { rows: number(progress.rowsRead) })
          : text('records.loading')}
      </div>
    );
  }
  if (phase === 'cancelled') {
    return (
      <div className="table-foot" role="status">
        {text('records.cancelled')}
        <button type="button" className="button small" onClick={() => onRun(address.query)}>
          {text('retry')}
        </button>
      </div>
    );
  }
  if (phase === 'done' && summary) {
    return <div className="table-foot dim">{text('records.end', { count: records.length })}</div>;
  }
  return null;
}
