/** The patterns of the records that match, compared with the time before. */
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { LogPatternsResponse, PatternShow } from '@tendril/api/log-patterns';
import type { TimeRange } from '@tendril/model/time-range';
import { useApi } from '../lib/api.ts';

export interface PatternsRequest {
  readonly query: string;
  readonly range: TimeRange;
  readonly show: PatternShow;
}

/** More than a person reads through; the search narrows them. */
const PATTERNS_SHOWN = 300;
const BUCKETS = 40;

export function usePatterns({
  query,
  range,
  show,
}: PatternsRequest): UseQueryResult<LogPatternsResponse> {
  const api = useApi();
  const bounds = { from: String(range.fromNs), to: String(range.toNs) };
  return useQuery({
    queryKey: ['logs', 'patterns', query, bounds, show],
    queryFn: async ({ signal }) => {
      const request = { query, ...bounds, show, compare: 'before' };
      return await api.logPatterns({ ...request, limit: PATTERNS_SHOWN, buckets: BUCKETS }, signal);
    },
    placeholderData: keepPreviousData,
  });
}
