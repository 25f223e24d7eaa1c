/** What a service's records of errors say, the most frequent first. */
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { LogPatternsResponse } from '@tendril/api/log-patterns';
import type { TimeRange } from '@tendril/model/time-range';
import { quoteText } from '@tendril/query/print';
import { useApi } from '../../lib/api.ts';

const PATTERNS_SHOWN = 10;

export function errorsQuery(service: string): string {
  return `service.name:${quoteText(service)} and level >= error`;
}

export function useErrorPatterns(
  service: string,
  range: TimeRange,
): UseQueryResult<LogPatternsResponse> {
  const api = useApi();
  const bounds = { from: String(range.fromNs), to: String(range.toNs) };
  return useQuery({
    queryKey: ['logs', 'patterns', 'errors', service, bounds],
    queryFn: async ({ signal }) =>
      await api.logPatterns(
        { query: errorsQuery(service), ...bounds, limit: PATTERNS_SHOWN, buckets: 1 },
        signal,
      ),
    placeholderData: keepPreviousData,
  });
}
