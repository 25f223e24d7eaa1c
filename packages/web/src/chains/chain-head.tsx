/** What the chain is, how it ended, and what can be done with it. */
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { Chain, ChainOutcome } from '@tendril/api/chain';
import { CopyButton } from '../components/copy-button.tsx';
import { durationText } from '../lib/duration-text.ts';
import { useText } from '../lib/text.tsx';
import { visibleLine } from '../records/visible-text.ts';
import { recordsDestination } from './chain-destination.ts';
import { OUTCOME_LABELS } from './outcome.ts';
import { useChainReport } from './use-chain-report.ts';

const KEYS_SHOWN = 6;
const KEY_CHARACTERS_MAX = 80;

const TONES: Readonly<Record<ChainOutcome, string>> = {
  ok: 'ok',
  failed: 'bad',
  refused: 'warn',
  slow: 'warn',
  incomplete: 'warn',
};

export function ChainHead({ chain }: { readonly chain: Chain }): ReactElement {
  const { text } = useText();
  const { id, outcome, entry, keys, counts } = chain;
  const report = useChainReport(chain);
  const summary = useChainSummary(chain);
  const records = recordsDestination(chain);
  const keyTexts = Object.entries(keys).flatMap(([name, values]) =>
    values.slice(0, 2).map((value) => `${name} ${value}`),
  );
  return (
    <header className="chain-head">
      <div className="grow">
        <div className="chain-title">
          <h1 className="mono">{visibleLine(id, 200)}</h1>
          <CopyButton value={id} />
          <span className={`chip ${TONES[outcome]}`}>{text(OUTCOME_LABELS[outcome])}</span>
          {entry.operation !== '' && (
            <span className="chip">{visibleLine(entry.operation, KEY_CHARACTERS_MAX)}</span>
          )}
          {keyTexts.slice(0, KEYS_SHOWN).map((key) => (
            <span key={key} className="chip">
              <bdi>{visibleLine(key, KEY_CHARACTERS_MAX)}</bdi>
            </span>
          ))}
        </div>
        <p className="chain-summary dim-2">{summary}</p>
      </div>
      <div className="chain-actions">
        <Link to={records.path} search={{ ...records.search }} className="button">
          {text('chain.records.count', { count: counts.records })}
        </Link>
        {chain.traceIds.slice(0, 1).map((traceId) => (
          <Link key={traceId} to={`/traces/${traceId}`} className="button">
            {text('chain.trace')}
          </Link>
        ))}
        <CopyButton value={report} label={text('chain.report')} />
      </div>
    </header>
  );
}

/** One sentence: where it entered, how long it took, how far it came. */
function useChainSummary(chain: Chain): string {
  const { text } = useText();
  const { entry, start, end, counts, lanes, gaps, outcome } = chain;
  const took = durationText(Number(BigInt(end) - BigInt(start)));
  const never = gaps.find(({ kind }) => kind === 'never_reached');
  const sentence = text('chain.summary', {
    service: visibleLine(entry.service, KEY_CHARACTERS_MAX),
    outcome,
    took,
    records: counts.records,
    spans: counts.spans,
    instances: lanes.filter(({ kind }) => kind === 'service').length,
  });
  if (!never) return sentence;
  return `${sentence} ${text('chain.summary.ends', { service: visibleLine(never.service, KEY_CHARACTERS_MAX) })}`;
}
