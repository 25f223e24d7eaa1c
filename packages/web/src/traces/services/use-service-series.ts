/** Calls, errors and durations of a service over time. */
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { TraceSeriesResponse } from '@tendril/api/trace-services';
import type { TimeRange } from '@tendril/model/time-range';
import { useApi } from '../../lib/api.ts';

const BUCKETS = 120;

export function useServiceSeries(
  service: string,
  range: TimeRange,
): UseQueryResult<TraceSeriesResponse> {
  const api = useApi();
  const bounds = { from: String(range.fromNs), to: String(range.toNs) };
  return useQuery({
    queryKey: ['traces', 'series', service, bounds],
    queryFn: async ({ signal }) =>
      await api.traceSeries({ ...bounds, service, buckets: BUCKETS }, signal),
    placeholderData: keepPreviousData,
  });
}
