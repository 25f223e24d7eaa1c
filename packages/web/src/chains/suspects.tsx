/** Who may have caused it, the likeliest first, with what speaks for and against each. */
import { Link } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import type { Chain, ChainEvidence, ChainSuspect } from '@tendril/api/chain';
import { useText } from '../lib/text.tsx';
import { visibleLine } from '../records/visible-text.ts';
import { suspectName } from './suspect-name.ts';
import { DestinationLink } from './destination-link.tsx';
import { alikeDestination } from './alike.ts';
import { useStatement } from './use-statement.ts';

const NAME_CHARACTERS_MAX = 160;
/** Less likely ones are behind a button. */
const SHOWN_AT_FIRST = 3;
const EVIDENCE_AT_FIRST = 6;

export interface SuspectsProps {
  readonly chain: Chain;
  /** All evidence, also what adds little. */
  readonly isFull: boolean;
}

export function Suspects({ chain, isFull }: SuspectsProps): ReactElement {
  const { text } = useText();
  const [isAllShown, setAllShown] = useState(false);
  const { suspects } = chain;
  const shown = isAllShown ? suspects : suspects.slice(0, SHOWN_AT_FIRST);
  return (
    <aside className="suspects" aria-label={text('chain.suspects')}>
      <h3>{text('chain.suspects')}</h3>
      {suspects.length === 0 && (
        <p className="dim-2">
          {text(chain.outcome === 'refused' ? 'chain.suspects.refused' : 'chain.suspects.none')}
        </p>
      )}
      {shown.map((suspect, index) => (
        <SuspectCard
          key={`${suspect.kind} ${suspect.service} ${suspect.instance}`}
          suspect={suspect}
          rank={index + 1}
          isFull={isFull}
          chain={chain}
        />
      ))}
      {suspects.length > shown.length && (
        <button type="button" className="button small" onClick={() => setAllShown(true)}>
          {text('chain.suspects.more', { count: suspects.length - shown.length })}
        </button>
      )}
    </aside>
  );
}

interface SuspectCardProps extends SuspectsProps {
  readonly suspect: ChainSuspect;
  /** From 1. */
  readonly rank: number;
}

function SuspectCard({ chain, suspect, rank, isFull }: SuspectCardProps): ReactElement {
  const { text, locale } = useText();
  const { confidence, evidence, counterEvidence, knownErrors } = suspect;
  const share = new Intl.NumberFormat(locale, {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  });
  const all = [...evidence, ...counterEvidence];
  const shown = isFull
    ? all
    : [...evidence.slice(0, EVIDENCE_AT_FIRST), ...counterEvidence.slice(0, EVIDENCE_AT_FIRST)];
  const alike = rank === 1 ? alikeDestination(chain) : undefined;
  return (
    <article className={`suspect ${rank === 1 ? 'is-first' : ''}`}>
      <div className="suspect-title">
        <b>
          {rank} · <bdi>{visibleLine(suspectName(suspect), NAME_CHARACTERS_MAX)}</bdi>
        </b>
        <span className="number suspect-confidence" title={text('chain.confidence')}>
          {share.format(confidence)}
        </span>
      </div>
      {knownErrors.length > 0 && (
        <div className="suspect-known dim-2 mono">{visibleLine(knownErrors.join(' · '), 200)}</div>
      )}
      <div className="meter" aria-hidden="true">
        <i style={{ width: `${confidence * 100}%` }} />
      </div>
      <ul className="evidence">
        {shown.map((each, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- they have no other name, and do not move
          <EvidenceRow key={index} evidence={each} />
        ))}
      </ul>
      {alike && (
        <Link to={alike.path} search={{ ...alike.search }} className="button small">
          {text('chain.alike.open')}
        </Link>
      )}
    </article>
  );
}

function EvidenceRow({ evidence }: { readonly evidence: ChainEvidence }): ReactElement {
  const { text } = useText();
  const statement = useStatement();
  const speaksFor = evidence.weight >= 0;
  return (
    <li className={speaksFor ? 'is-for' : 'is-against'}>
      <span className="evidence-sign" aria-hidden="true">
        {speaksFor ? '+' : '−'}
      </span>
      <span className="visually-hidden">
        {text(speaksFor ? 'chain.evidence.for' : 'chain.evidence.against')}
      </span>
      <span className="grow">{statement(evidence)}</span>
      <DestinationLink link={evidence.link} />
    </li>
  );
}
