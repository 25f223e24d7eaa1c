/** The fields of the records that match, each with its most frequent values. */
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { LogFacetsResponse } from '@tendril/api/log-facets';
import type { TimeRange } from '@tendril/model/time-range';
import { useApi } from '../lib/api.ts';

export interface FacetsRequest {
  readonly query: string;
  readonly range: TimeRange;
  readonly isEnabled: boolean;
}

const FACET_VALUES = 10;

export function useFacets({
  query,
  range,
  isEnabled,
}: FacetsRequest): UseQueryResult<LogFacetsResponse> {
  const api = useApi();
  const bounds = { from: String(range.fromNs), to: String(range.toNs) };
  return useQuery({
    queryKey: ['logs', 'facets', query, bounds],
    queryFn: async ({ signal }) =>
      await api.logFacets({ query, ...bounds, values: FACET_VALUES }, signal),
    enabled: isEnabled,
    placeholderData: keepPreviousData,
  });
}
