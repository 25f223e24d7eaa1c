/** Services and operations that there are to choose from, the most called first. */
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { TraceOperationsResponse, TraceServicesResponse } from '@tendril/api/trace-services';
import type { TimeRange } from '@tendril/model/time-range';
import { useApi } from '../lib/api.ts';

export function useServices(range: TimeRange): UseQueryResult<TraceServicesResponse> {
  const api = useApi();
  const bounds = { from: String(range.fromNs), to: String(range.toNs) };
  return useQuery({
    queryKey: ['traces', 'services', bounds],
    queryFn: async ({ signal }) => await api.traceServices(bounds, signal),
    placeholderData: keepPreviousData,
  });
}

/** Of one service. */
export function useOperations(
  service: string,
  range: TimeRange,
): UseQueryResult<TraceOperationsResponse> {
  const api = useApi();
  const bounds = { from: String(range.fromNs), to: String(range.toNs) };
  return useQuery({
    queryKey: ['traces', 'operations', service, bounds],
    queryFn: async ({ signal }) => await api.traceOperations({ ...bounds, service }, signal),
    enabled: service !== '',
    placeholderData: keepPreviousData,
  });
}
