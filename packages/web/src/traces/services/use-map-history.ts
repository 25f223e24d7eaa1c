/** Services and the calls between them over time; asked again as `useDependencies` is. */
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { TraceMapHistoryResponse } from '@tendril/api/trace-map-history';
import type { TimeRange } from '@tendril/model/time-range';
import { useApi } from '../../lib/api.ts';

const INTERVAL_MS = 15_000;
/** An hour that begins within a minute has a step for each minute. */
const STEPS = 61;

export function useMapHistory(range: TimeRange): UseQueryResult<TraceMapHistoryResponse> {
  const api = useApi();
  const bounds = { from: String(range.fromNs), to: String(range.toNs) };
  return useQuery({
    queryKey: ['traces', 'map-history', bounds],
    queryFn: async ({ signal }) => await api.traceMapHistory({ ...bounds, steps: STEPS }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: INTERVAL_MS,
    refetchIntervalInBackground: false,
  });
}
