/** What of a chain's page is in its address: everything that a person would share. */
import { useParams } from '@tanstack/react-router';
import { useCallback } from 'react';
import { useAddress, useGo } from '../lib/navigation.ts';
import { chainAnchorOf, type ChainPlace } from './use-chain.ts';

export const CHAIN_VIEWS = ['hops', 'records'] as const;
type ChainView = (typeof CHAIN_VIEWS)[number];

interface ChainAddress {
  readonly view: ChainView;
  /** The number of the chosen step; 0 for none. */
  readonly step: number;
  /** Records of this lane alone; -1 for all. */
  readonly lane: number;
}

export interface ChainAddressState {
  readonly place: ChainPlace;
  readonly address: ChainAddress;
  readonly change: (changed: Partial<ChainAddress>) => void;
}

export function useChainAddress(): ChainAddressState {
  const { search } = useAddress();
  const go = useGo();
  const { id = '' } = useParams({ strict: false });
  const address: ChainAddress = {
    view: CHAIN_VIEWS.find((view) => view === search['view']) ?? 'hops',
    step: numberOf(search['step'], 0),
    lane: numberOf(search['lane'], -1),
  };
  const change = useCallback(
    (changed: Partial<ChainAddress>) => {
      const { view, step, lane } = { ...address, ...changed };
      go({
        search: {
          ...search,
          view: view === 'hops' ? '' : view,
          step: step === 0 ? '' : String(step),
          lane: lane < 0 ? '' : String(lane),
        },
        replace: true,
      });
    },
    [address, go, search],
  );
  const place = { id, by: chainAnchorOf(search['by']), at: search['at'] ?? '' };
  return { place, address, change };
}

function numberOf(text: string | undefined, otherwise: number): number {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : otherwise;
}
