/** One chain, by an operation's or a trace's id, or by a record or span of it. */
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { CHAIN_ANCHORS, type Chain, type ChainAnchor } from '@tendril/api/chain';
import { useApi } from '../lib/api.ts';

export interface ChainPlace {
  readonly id: string;
  readonly by: ChainAnchor;
  /** About when; empty when it is not known. */
  readonly at: string;
}

export function useChain({ id, by, at }: ChainPlace): UseQueryResult<Chain> {
  const api = useApi();
  return useQuery({
    queryKey: ['chain', id, by, at],
    queryFn: async ({ signal }) => await api.chain({ id, by, ...(at !== '' && { at }) }, signal),
  });
}

export function chainAnchorOf(text: string | undefined): ChainAnchor {
  return CHAIN_ANCHORS.find((anchor) => anchor === text) ?? 'auto';
}
