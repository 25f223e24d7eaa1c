/** The fields of the records that match, each with its most frequent values. */
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { CountedPart, LogFacetsResponse } from '@tendril/api/log-facets';
import type { TimeRange } from '@tendril/model/time-range';
import { useApi } from '../lib/api.ts';

export interface FacetsRequest {
  readonly query: string;
  readonly range: TimeRange;
  /** Part of a name: asked of the server when it has more fields than it lists. */
  readonly search: string;
  /** What the histogram counted: the server need not count it again. */
  readonly parts: readonly CountedPart[];
  readonly isEnabled: boolean;
}

export interface FoundFacets {
  readonly data: LogFacetsResponse | undefined;
  /** How many there are, listed or not. */
  readonly fields: number;
  readonly isFetching: boolean;
}

const FACET_VALUES = 10;

export function useFacets(request: FacetsRequest): FoundFacets {
  const all = useFacetQuery({ ...request, search: '' });
  const fields = all.data?.fields ?? 0;
  const hasMore = fields > (all.data?.facets.length ?? 0);
  const isSearching = hasMore && request.search !== '';
  const found = useFacetQuery({ ...request, isEnabled: request.isEnabled && isSearching });
  return {
    data: isSearching ? (found.data ?? all.data) : all.data,
    fields,
    isFetching: all.isFetching || found.isFetching,
  };
}

function useFacetQuery(request: FacetsRequest): UseQueryResult<LogFacetsResponse> {
  const api = useApi();
  const { query, range, search, parts, isEnabled } = request;
  const bounds = { from: String(range.fromNs), to: String(range.toNs) };
  return useQuery({
    // The parts follow from query and range.
    // oxlint-disable-next-line @tanstack/query/exhaustive-deps
    queryKey: ['logs', 'facets', query, bounds, search],
    queryFn: async ({ signal }) =>
      await api.logFacets({ query, ...bounds, values: FACET_VALUES, search, parts }, signal),
    enabled: isEnabled,
    placeholderData: keepPreviousData,
  });
}
