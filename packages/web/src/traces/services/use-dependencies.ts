/** Who calls whom; asked again from time to time, since calls are counted when their minute is over. */
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { TraceDependenciesResponse } from '@tendril/api/trace-services';
import type { TimeRange } from '@tendril/model/time-range';
import { useApi } from '../../lib/api.ts';

const INTERVAL_MS = 15_000;

export function useDependencies(range: TimeRange): UseQueryResult<TraceDependenciesResponse> {
  const api = useApi();
  const bounds = { from: String(range.fromNs), to: String(range.toNs) };
  return useQuery({
    queryKey: ['traces', 'dependencies', bounds],
    queryFn: async ({ signal }) => await api.traceDependencies(bounds, signal),
    placeholderData: keepPreviousData,
    refetchInterval: INTERVAL_MS,
    refetchIntervalInBackground: false,
  });
}
