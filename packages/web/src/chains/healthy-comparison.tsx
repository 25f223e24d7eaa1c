/** What this chain does otherwise than healthy chains of the same entry. */
import type { ReactElement } from 'react';
import type { ComparedStep, HealthyComparison, StepVerdict } from '@tendril/api/chain';
import type { PageMessageId } from '@tendril/messages/page';
import { durationText } from '../lib/duration-text.ts';
import { useText } from '../lib/text.tsx';
import { visibleLine } from '../records/visible-text.ts';

const TEXT_CHARACTERS_MAX = 400;

/** In diff rows a sign says what the colour does. */
const SIGNS: Readonly<Record<StepVerdict, string>> = {
  missing: '−',
  new: '+',
  rare: '+',
  slower: '~',
  faster: '~',
  same: '',
};
const TONES: Readonly<Record<StepVerdict, string>> = {
  missing: 'bad',
  new: 'warn',
  rare: 'warn',
  slower: 'warn',
  faster: '',
  same: '',
};

const LABELS: Readonly<Record<StepVerdict, PageMessageId>> = {
  missing: 'chain.verdict.missing',
  new: 'chain.verdict.new',
  rare: 'chain.verdict.rare',
  slower: 'chain.verdict.slower',
  faster: 'chain.verdict.faster',
  same: 'chain.verdict.same',
};

export interface HealthyTableProps {
  readonly healthy: HealthyComparison | null;
}

export function HealthyTable({ healthy }: HealthyTableProps): ReactElement {
  const { text } = useText();
  const steps = healthy?.steps.filter(({ verdict }) => verdict !== 'same') ?? [];
  return (
    <section aria-label={text('chain.compared')}>
      <div className="chain-section">
        <h2>{text('chain.compared')}</h2>
        <span className="grow" />
        {healthy && healthy.failedChains > 0 && (
          <span className="dim">{text('chain.alike', { count: healthy.failedChains })}</span>
        )}
      </div>
      {!healthy && <p className="dim-2">{text('chain.compared.none')}</p>}
      {healthy && steps.length === 0 && <p className="dim-2">{text('chain.compared.same')}</p>}
      {steps.length > 0 && (
        <table className="compared">
          <thead>
            <tr>
              <th aria-label={text('chain.compared.verdict')} />
              <th>{text('chain.compared.step')}</th>
              <th>{text('chain.compared.healthy')}</th>
              <th>{text('chain.compared.here')}</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {steps.map((step) => (
              <ComparedRow key={`${step.service} ${step.patternId} ${step.text}`} step={step} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function ComparedRow({ step }: { readonly step: ComparedStep }): ReactElement {
  const { service, text: what, verdict } = step;
  return (
    <tr>
      <td className={`compared-sign tone-${TONES[verdict]}`} aria-hidden="true">
        {SIGNS[verdict]}
      </td>
      <td className="compared-step mono" dir="auto">
        {visibleLine(`${service}: ${what}`, TEXT_CHARACTERS_MAX)}
      </td>
      <ComparedTimes step={step} />
      <td>
        <Verdict step={step} />
      </td>
    </tr>
  );
}

function ComparedTimes({ step }: { readonly step: ComparedStep }): ReactElement {
  const { text, locale } = useText();
  const { verdict, healthy, healthyShare, hereNs } = step;
  const share = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const isTimed = (verdict === 'slower' || verdict === 'faster') && healthy !== null;
  return (
    <>
      <td className="number dim-2">
        {isTimed ? durationText(healthy.p50Ns) : share.format(healthyShare)}
      </td>
      <td className="number">
        {verdict === 'missing' && text('chain.compared.absent')}
        {verdict !== 'missing' &&
          (isTimed && hereNs !== null ? durationText(hereNs) : text('chain.compared.present'))}
      </td>
    </>
  );
}

function Verdict({ step }: { readonly step: ComparedStep }): ReactElement {
  const { text, locale } = useText();
  const { verdict, healthy, hereNs } = step;
  const times = healthy && hereNs !== null && healthy.p50Ns > 0 ? hereNs / healthy.p50Ns : null;
  const isTimed = verdict === 'slower' || verdict === 'faster';
  const factor = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
  return (
    <span className={`chip ${TONES[verdict]}`}>
      {isTimed && times !== null
        ? text('chain.compared.times', { times: factor.format(times) })
        : text(LABELS[verdict])}
    </span>
  );
}
