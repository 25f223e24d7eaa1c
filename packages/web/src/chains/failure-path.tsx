/** The vine: steps from what was seen down to where it began, each with why it is one. */
import { useEffect, useRef, type ReactElement } from 'react';
import type { ChainStep } from '@tendril/api/chain';
import { severityOfNumber } from '@tendril/model/severity';
import { usePreference } from '../lib/preferences.ts';
import { useText } from '../lib/text.tsx';
import { clockText } from '../lib/zone-time.ts';
import { visibleLine, visibleText } from '../records/visible-text.ts';
import { DestinationLink } from './destination-link.tsx';
import { useStatement } from './use-statement.ts';

export interface FailurePathProps {
  readonly steps: readonly ChainStep[];
  /** The number of the chosen one; 0 for none. */
  readonly chosen: number;
  readonly onChoose: (step: ChainStep) => void;
}

const TEXT_CHARACTERS_MAX = 600;
const NAME_CHARACTERS_MAX = 120;

export function FailurePath({ steps, chosen, onChoose }: FailurePathProps): ReactElement {
  const { text } = useText();
  return (
    <section className="chain-path" aria-label={text('chain.path')}>
      <h3>{text('chain.path')}</h3>
      {steps.length === 0 ? (
        <p className="dim-2">{text('chain.path.none')}</p>
      ) : (
        <ol className="vine">
          {steps.map((step) => (
            <PathStep
              key={step.number}
              step={step}
              isChosen={step.number === chosen}
              onChoose={() => onChoose(step)}
            />
          ))}
        </ol>
      )}
    </section>
  );
}

interface PathStepProps {
  readonly step: ChainStep;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

function PathStep({ step, isChosen, onChoose }: PathStepProps): ReactElement {
  const zone = usePreference('zone');
  const statement = useStatement();
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isChosen) item.current?.scrollIntoView({ block: 'nearest' });
  }, [isChosen]);
  return (
    <li ref={item} className={`vine-step ${stepClass(step)} ${isChosen ? 'is-chosen' : ''}`}>
      <span className="vine-node" aria-hidden="true">
        {step.number}
      </span>
      <div className="vine-card">
        <div className="vine-title">
          <button type="button" className="vine-who" aria-pressed={isChosen} onClick={onChoose}>
            <bdi>{visibleLine(step.who, NAME_CHARACTERS_MAX)}</bdi>
          </button>
          <time className="dim mono number">
            {clockText(BigInt(step.time), zone, 'millisecond')}
          </time>
          <DestinationLink link={step.link} />
        </div>
        {step.text !== '' && (
          <div className="vine-text mono" dir="auto">
            {visibleText(step.text.slice(0, TEXT_CHARACTERS_MAX))}
          </div>
        )}
        {step.why.map((why, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- they have no other name, and do not move
          <div key={index} className="vine-why">
            <span aria-hidden="true">↳</span>
            <span className="grow">{statement(why)}</span>
            <DestinationLink link={why.link} />
          </div>
        ))}
      </div>
    </li>
  );
}

/** Number 1 is the root; colours are of what the step says. */
function stepClass({ number, kind, severityNumber }: ChainStep): string {
  if (number === 1) return 'is-root';
  if (kind === 'gap') return 'is-gap';
  const severity = severityOfNumber(severityNumber);
  if (severity === 'error' || severity === 'fatal') return 'is-error';
  return severity === 'warn' ? 'is-warn' : '';
}
