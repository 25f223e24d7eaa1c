/** No record matches: which condition is to blame, and where to look instead. */
import { useQueries, useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { NS_PER_DAY } from '@tendril/model/time-range';
import { useApi } from '../lib/api.ts';
import { usePreference } from '../lib/preferences.ts';
import { useText } from '../lib/text.tsx';
import { absoluteRange, widenedRange } from '../lib/time-range.ts';
import { dateTimeText } from '../lib/zone-time.ts';
import type { RecordsViewProps } from './records-view.tsx';
import { withoutEach } from '../query/query-edit.ts';
import { queryParts } from '../query/query-parts.ts';

const WIDER = ['now-24h', 'now-7d', 'now-30d'] as const;

export function NothingFound(props: RecordsViewProps): ReactElement {
  const { address, resolved, onChange, state } = props;
  const { text } = useText();
  const wasCancelled = state.phase === 'cancelled';
  return (
    <div className="empty-page" role="status">
      <h1>{text(wasCancelled ? 'records.cancelled' : 'logs.empty')}</h1>
      {!wasCancelled && <Blame {...props} />}
      {!wasCancelled && <LastSeen {...props} />}
      <p className="dim-2">{text('logs.empty.widen')}</p>
      <div className="choice">
        <button
          type="button"
          className="button"
          onClick={() => onChange({ range: absoluteRange(widenedRange(resolved)) })}
        >
          {text('time.widen')}
        </button>
        {WIDER.filter((from) => from !== address.range.from).map((from) => (
          <button
            key={from}
            type="button"
            className="button"
            onClick={() => onChange({ range: { from, to: 'now' } })}
          >
            {text('time.last.d', { count: { 'now-24h': 1, 'now-7d': 7, 'now-30d': 30 }[from] })}
          </button>
        ))}
      </div>
    </div>
  );
}

const BEFORE_DAYS = 30;

/** When a record last matched before the range, with the way there. */
function LastSeen({ address, resolved, onChange }: RecordsViewProps): ReactElement | null {
  const { text } = useText();
  const zone = usePreference('zone');
  const api = useApi();
  const { filter } = queryParts(address.query);
  const { fromNs, toNs } = resolved;
  const daysNs = BigInt(BEFORE_DAYS) * NS_PER_DAY;
  const before = { from: String(fromNs > daysNs ? fromNs - daysNs : 0n), to: String(fromNs) };
  const { data } = useQuery({
    queryKey: ['logs', 'last', filter, before],
    queryFn: async ({ signal }) => {
      for await (const event of api.searchLogs({ query: filter, ...before, limit: 1 }, signal)) {
        if (event.kind === 'row') return { timestamp: event.record.timestamp };
      }
      return { timestamp: undefined };
    },
  });
  if (!data) return null;
  if (data.timestamp === undefined)
    return <p className="dim-2">{text('logs.empty.never', { count: BEFORE_DAYS })}</p>;
  const seenNs = BigInt(data.timestamp);
  const halfNs = (toNs - fromNs) / 2n;
  const around = { fromNs: seenNs - halfNs, toNs: seenNs + halfNs };
  return (
    <p className="dim-2">
      {text('logs.empty.last')}{' '}
      <button
        type="button"
        className="button small"
        onClick={() => onChange({ range: absoluteRange(around) })}
      >
        {dateTimeText(seenNs, zone, 'second')}
      </button>
    </p>
  );
}

/** For each condition: how many records there would be without it. */
function Blame({ address, resolved, onRun }: RecordsViewProps): ReactElement | null {
  const { text } = useText();
  const api = useApi();
  const candidates = withoutEach(address.query);
  const bounds = { from: String(resolved.fromNs), to: String(resolved.toNs) };
  const counts = useQueries({
    queries: candidates.map(({ rest }) => ({
      queryKey: ['logs', 'count', rest, bounds],
      queryFn: async ({ signal }: { readonly signal: AbortSignal }) => {
        const request = { query: rest, ...bounds, buckets: 1 };
        for await (const event of api.logHistogram(request, signal)) {
          if (event.kind === 'summary') return event.counts.records;
        }
        return 0;
      },
    })),
  });
  if (candidates.length === 0) return null;
  return (
    <ul className="blame">
      {candidates.map(({ removed, rest }, index) => {
        const count = counts[index]?.data;
        return count === undefined || count === 0 ? null : (
          <li key={removed}>
            <button type="button" className="button small" onClick={() => onRun(rest)}>
              {text('logs.empty.without', { count })}
            </button>
            <code className="mono">{removed}</code>
          </li>
        );
      })}
    </ul>
  );
}
