/** What the range holds more or less of than the time before. */
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { LogChangesResponse } from '@tendril/api/log-changes';
import type { TimeRange } from '@tendril/model/time-range';
import { useApi } from '../lib/api.ts';

const CHANGES_SHOWN = 100;

export function useChanges(query: string, range: TimeRange): UseQueryResult<LogChangesResponse> {
  const api = useApi();
  const bounds = { from: String(range.fromNs), to: String(range.toNs) };
  return useQuery({
    queryKey: ['logs', 'changes', query, bounds],
    queryFn: async ({ signal }) =>
      await api.logChanges({ query, ...bounds, limit: CHANGES_SHOWN }, signal),
    placeholderData: keepPreviousData,
  });
}
