/** The fields of the records that match, each with its most frequent values. */
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import {
  FACET_EXACT_RECORDS_MAX,
  type CountedPart,
  type LogFacetsResponse,
} from '@tendril/api/log-facets';
import type { TimeRange } from '@tendril/model/time-range';
import { useApi } from '../lib/api.ts';
import { useLast } from '../lib/use-last.ts';

export interface FacetsRequest {
  readonly query: string;
  readonly range: TimeRange;
  /** Part of a name: asked of the server when it has more fields than it lists. */
  readonly search: string;
  /** What the histogram counted: the server need not count it again. */
  readonly parts: readonly CountedPart[];
  readonly isEnabled: boolean;
  /** Of all records, where a search has told them already. */
  readonly known: LogFacetsResponse | undefined;
}

export interface FoundFacets {
  readonly data: LogFacetsResponse | undefined;
  /** How many there are, listed or not. */
  readonly fields: number;
  readonly isFetching: boolean;
  /** What is shown is of the search before, or nothing. */
  readonly isWaiting: boolean;
}

export const FACET_VALUES = 10;

export function useFacets(request: FacetsRequest): FoundFacets {
  const { known, isEnabled } = request;
  const isAsked = isEnabled && known === undefined;
  const first = useFacetQuery({ ...request, search: '', isEnabled: isAsked, exact: false });
  // Few enough to read all of them, after the sample has been shown.
  const own = known ?? (first.isPlaceholderData ? undefined : first.data);
  const basis = own?.basis;
  const mayBeExact = basis?.kind === 'sample' && basis.matching <= FACET_EXACT_RECORDS_MAX;
  const isRefined = isEnabled && mayBeExact;
  const whole = useFacetQuery({ ...request, search: '', isEnabled: isRefined, exact: true });
  const refined = isRefined && !whole.isPlaceholderData ? whole.data : undefined;
  const all = useLast(refined ?? own) ?? first.data;
  const fields = all?.fields ?? 0;
  const hasMore = fields > (all?.facets.length ?? 0);
  const isSearching = hasMore && request.search !== '';
  const found = useFacetQuery({ ...request, isEnabled: isEnabled && isSearching, exact: false });
  return {
    data: isSearching ? (found.data ?? all) : all,
    fields,
    isFetching: (isAsked && first.isFetching) || found.isFetching,
    isWaiting: own === undefined && !first.isError,
  };
}

function useFacetQuery(
  request: Omit<FacetsRequest, 'known'> & { readonly exact: boolean },
): UseQueryResult<LogFacetsResponse> {
  const api = useApi();
  const { query, range, search, parts, isEnabled, exact } = request;
  const bounds = { from: String(range.fromNs), to: String(range.toNs) };
  return useQuery({
    // The parts follow from query and range.
    // oxlint-disable-next-line @tanstack/query/exhaustive-deps
    queryKey: ['logs', 'facets', query, bounds, search, exact],
    queryFn: async ({ signal }) =>
      await api.logFacets({ query, ...bounds, values: FACET_VALUES, search, parts, exact }, signal),
    enabled: isEnabled,
    placeholderData: keepPreviousData,
  });
}
