/** What agents collect, asked as often as they report. */
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { CollectorList } from '@tendril/api/collectors';
import { useApi } from '../lib/api.ts';

const INTERVAL_MS = 10_000;

export function useCollectors(): UseQueryResult<CollectorList> {
  const api = useApi();
  return useQuery({
    queryKey: ['collectors'],
    queryFn: ({ signal }) => api.collectors(signal),
    refetchInterval: INTERVAL_MS,
    refetchIntervalInBackground: false,
    retry: false,
  });
}
