/** Operations that have trouble, each with what was seen and where it began: the way in when no id is known. */
import { Link } from '@tanstack/react-router';
import { useEffect, useState, type ReactElement } from 'react';
import type { ChainSighting, ChainSummary } from '@tendril/api/chain-search';
import { severityOfNumber } from '@tendril/model/severity';
import { FailureNote } from '../components/failure-note.tsx';
import { StatusLine } from '../components/status-line.tsx';
import { TimePicker } from '../components/time-picker.tsx';
import { durationText } from '../lib/duration-text.ts';
import { useAddress, useGo } from '../lib/navigation.ts';
import { usePreference } from '../lib/preferences.ts';
import { useText } from '../lib/text.tsx';
import { RANGE_DEFAULT, type RangeText } from '../lib/time-range.ts';
import { useResolvedRange } from '../lib/use-resolved-range.ts';
import { dateTimeText } from '../lib/zone-time.ts';

import { QueryBar } from '../query/query-bar.tsx';
import { ServiceName } from '../records/service-name.tsx';
import { SeverityBadge } from '../records/severity-badge.tsx';
import { visibleLine } from '../records/visible-text.ts';
import { chainDestination } from './chain-destination.ts';
import { ChainFinder } from './chain-finder.tsx';
import { useChainList } from './use-chain-list.ts';
import '../records/records.css';
import './chains.css';

const TEXT_CHARACTERS_MAX = 300;
const SERVICES_SHOWN = 2;

export function ChainListPage(): ReactElement {
  const { text } = useText();
  const { query, range, show } = useListAddress();
  const [draft, setDraft] = useState(query);
  const [runs, setRuns] = useState(0);
  useEffect(() => setDraft(query), [query]);
  const { resolved, isBad } = useResolvedRange(range, runs);
  const { data, error, isFetching, refetch } = useChainList(query, resolved);
  const run = (wanted: string): void => {
    setRuns((count) => count + 1);
    show(wanted.trim(), range);
  };
  return (
    <div className="chain-page">
      <header className="page-head">
        <QueryBar
          query={query}
          range={resolved}
          draft={draft}
          onDraft={setDraft}
          onRun={run}
          error={error}
          mayLoad={data !== undefined}
        />
        <TimePicker range={range} resolved={resolved} onRange={(chosen) => show(query, chosen)} />
        <button type="button" className="button primary" onClick={() => run(draft)}>
          {text('logs.run')}
        </button>
      </header>
      <div className="chain-list-head">
        <h2>{text('chains.title')}</h2>
        <span className="dim grow">{text(query === '' ? 'chains.errors' : 'chains.matching')}</span>
        <ChainFinder id="" />
      </div>
      {isBad && <div className="notice bad">{text('time.bad')}</div>}
      {error && <FailureNote error={error} onRetry={() => void refetch()} />}
      {data?.partial && <div className="notice warn">{text('chain.partial')}</div>}
      <div className="chain-list" aria-busy={isFetching}>
        {data && data.chains.length > 0 && <ChainTable chains={data.chains} />}
        {data?.chains.length === 0 && (
          <div className="empty-page" role="status">
            <h1>{text('chains.empty')}</h1>
            <p className="dim-2">{text('chains.empty.hint')}</p>
          </div>
        )}
      </div>
      <StatusLine>
        {data && (
          <>
            <span className="number">
              {text('chains.of', { shown: data.chains.length, total: data.total })}
            </span>
            <span className="number">{durationText(data.cost.elapsedMs * 1e6)}</span>
          </>
        )}
      </StatusLine>
    </div>
  );
}

function ChainTable({ chains }: { readonly chains: readonly ChainSummary[] }): ReactElement {
  const { text } = useText();
  return (
    <table className="chain-table">
      <thead>
        <tr>
          <th>{text('chains.time')}</th>
          <th>{text('chains.operation')}</th>
          <th>{text('chains.services')}</th>
          <th className="number">{text('chains.counts')}</th>
          <th>{text('chains.seen')}</th>
          <th>{text('chains.began')}</th>
        </tr>
      </thead>
      <tbody>
        {chains.map((chain) => (
          <ChainRow key={chain.id} chain={chain} />
        ))}
      </tbody>
    </table>
  );
}

function ChainRow({ chain }: { readonly chain: ChainSummary }): ReactElement {
  const { number } = useText();
  const zone = usePreference('zone');
  const { id, entry, services, userId, records, errors, surfaced, firstWrong } = chain;
  const to = chainDestination(id);
  return (
    <tr>
      <td className="mono number dim-2">
        {dateTimeText(BigInt(chain.start), zone, 'millisecond')}
      </td>
      <td className="chain-operation">
        <Link to={to.path} search={{ at: chain.start }} className="mono">
          {visibleLine(id, 64)}
        </Link>
        <div className="dim-2">
          {visibleLine([entry.operation, userId].filter((word) => word !== '').join(' · '), 120)}
        </div>
      </td>
      <td className="chain-services">
        {services.slice(0, SERVICES_SHOWN).map((service, index) => (
          <span key={service} className="mono">
            <ServiceName name={service} />
            {index === SERVICES_SHOWN - 1 && services.length > SERVICES_SHOWN && (
              <span className="dim">+{services.length - SERVICES_SHOWN}</span>
            )}
          </span>
        ))}
      </td>
      <td className="number">
        {number(errors)} / {number(records)}
      </td>
      <td>
        <Sighting sighting={surfaced} />
      </td>
      <td>
        {firstWrong?.id === surfaced?.id ? (
          <span className="dim">·</span>
        ) : (
          <Sighting sighting={firstWrong} />
        )}
      </td>
    </tr>
  );
}

function Sighting({ sighting }: { readonly sighting: ChainSighting | null }): ReactElement | null {
  if (!sighting) return null;
  return (
    <div className="sighting">
      <SeverityBadge level={severityOfNumber(sighting.severityNumber) ?? 'unknown'} />
      <span className="mono" dir="auto">
        <span className="dim-2">{visibleLine(sighting.service, 60)} </span>
        {visibleLine(sighting.text, TEXT_CHARACTERS_MAX)}
      </span>
    </div>
  );
}

interface ListAddress {
  readonly query: string;
  readonly range: RangeText;
  readonly show: (query: string, range: RangeText) => void;
}

function useListAddress(): ListAddress {
  const { search } = useAddress();
  const go = useGo();
  const range = {
    from: search['from'] ?? RANGE_DEFAULT.from,
    to: search['to'] ?? RANGE_DEFAULT.to,
  };
  return {
    query: search['q'] ?? '',
    range,
    show: (query, { from, to }) => go({ search: { q: query, from, to } }),
  };
}
