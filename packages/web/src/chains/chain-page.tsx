/** One chain: the path of its failure, its hops in time beside healthy ones, and who is suspected. */
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { Chain } from '@tendril/api/chain';
import { Tabs } from '../components/tabs.tsx';
import { FailureNote } from '../components/failure-note.tsx';
import { StatusLine } from '../components/status-line.tsx';
import { useActions } from '../lib/actions.ts';
import { durationText } from '../lib/duration-text.ts';
import { useText } from '../lib/text.tsx';
import { CHAIN_VIEWS, useChainAddress, type ChainAddressState } from './chain-address.ts';
import { ChainFinder } from './chain-finder.tsx';
import { ChainHead } from './chain-head.tsx';
import { ChainRecords } from './chain-records.tsx';
import { FailurePath } from './failure-path.tsx';
import { HealthyTable } from './healthy-comparison.tsx';
import { HopLanes } from './hop-lanes.tsx';
import { Suspects } from './suspects.tsx';
import { useChain } from './use-chain.ts';
import '../records/records.css';
import './chains.css';

export function ChainPage(): ReactElement {
  const { text } = useText();
  const state = useChainAddress();
  const { data, error, isFetching, refetch } = useChain(state.place);
  return (
    <div className="chain-page">
      <div className="page-head">
        <ChainFinder key={state.place.id} id={state.place.id} />
      </div>
      {error && <FailureNote error={error} onRetry={() => void refetch()} />}
      {data ? (
        <ChainBody chain={data} state={state} />
      ) : (
        isFetching && (
          <p className="empty-page dim-2" role="status">
            {text('chain.building')}
          </p>
        )
      )}
    </div>
  );
}

interface ChainBodyProps {
  readonly chain: Chain;
  readonly state: ChainAddressState;
}

function ChainBody({ chain, state }: ChainBodyProps): ReactElement {
  const { text } = useText();
  const { address, change } = state;
  const [isFull, setFull] = useState(false);
  const chosen = chain.walk.find(({ number }) => number === address.step);
  useStepKeys(chain, address.step, (step) => change({ step }));
  useActions([
    {
      id: 'chain.evidence',
      label: 'chain.evidence.all',
      keys: ['e'],
      run: () => setFull((shown) => !shown),
    },
  ]);
  return (
    <>
      <ChainHead chain={chain} />
      {chain.partial && <div className="notice warn">{text('chain.partial')}</div>}
      <div className="chain-body">
        <FailurePath
          steps={chain.walk}
          chosen={address.step}
          onChoose={({ number }) => change({ step: number === address.step ? 0 : number })}
        />
        <div className="chain-main">
          <ViewTabs state={state} />
          {address.view === 'hops' ? (
            <>
              <HopLanes
                chain={chain}
                chosen={chosen}
                onLane={(lane) => change({ view: 'records', lane })}
              />
              <HealthyTable healthy={chain.healthy} />
            </>
          ) : (
            <ChainRecords chain={chain} lane={address.lane} onLane={(lane) => change({ lane })} />
          )}
        </div>
        <Suspects chain={chain} isFull={isFull} />
      </div>
      <StatusLine>
        <span className="number">
          {text('chain.built', { took: durationText(chain.cost.elapsedMs * 1e6) })}
        </span>
      </StatusLine>
    </>
  );
}

const VIEW_LABELS = { hops: 'chain.hops', records: 'chain.records' } as const;

function ViewTabs({ state }: { readonly state: ChainAddressState }): ReactElement {
  const { text } = useText();
  const { address, change } = state;
  return (
    <Tabs
      label={text('chain.views')}
      tabs={CHAIN_VIEWS.map((view) => ({ id: view, label: text(VIEW_LABELS[view]) }))}
      chosen={address.view}
      onChoose={(view) => change({ view })}
    />
  );
}

/** `[` goes up the path, to what was seen; `]` down, to where it began. */
function useStepKeys(chain: Chain, step: number, onStep: (step: number) => void): void {
  const numbers = chain.walk.map(({ number }) => number);
  const move = (by: number): void => {
    const at = numbers.indexOf(step);
    const start = by > 0 ? 0 : numbers.length - 1;
    const next = numbers[at < 0 ? start : at + by];
    if (next !== undefined) onStep(next);
  };
  useActions([
    { id: 'chain.step.up', label: 'chain.step.up', keys: ['['], run: () => move(-1) },
    { id: 'chain.step.down', label: 'chain.step.down', keys: [']'], run: () => move(1) },
  ]);
}
