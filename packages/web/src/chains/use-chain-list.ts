/** Distinct operations that have a record of a query. */
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { ChainSearchResponse } from '@tendril/api/chain-search';
import type { TimeRange } from '@tendril/model/time-range';
import { useApi } from '../lib/api.ts';

const CHAINS_SHOWN = 200;

export function useChainList(
  query: string,
  { fromNs, toNs }: TimeRange,
): UseQueryResult<ChainSearchResponse> {
  const api = useApi();
  const bounds = { from: String(fromNs), to: String(toNs) };
  return useQuery({
    queryKey: ['chains', query, bounds],
    queryFn: async ({ signal }) =>
      await api.searchChains({ query, ...bounds, limit: CHAINS_SHOWN }, signal),
    placeholderData: keepPreviousData,
  });
}
