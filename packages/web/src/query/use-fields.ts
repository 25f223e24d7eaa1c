/** All fields that records, or spans, of a range have, for columns and for completion. */
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { LogFieldsResponse } from '@tendril/api/log-fields';
import type { TimeRange } from '@tendril/model/time-range';
import { useApi } from '../lib/api.ts';

export type QuerySource = 'logs' | 'spans';

export function useFields(
  range: TimeRange,
  source: QuerySource = 'logs',
): UseQueryResult<LogFieldsResponse> {
  const api = useApi();
  // The fields of a day are near enough those of its minutes, and the cache holds longer.
  const from = String(range.fromNs - (range.fromNs % HOUR_NS));
  const to = String(range.toNs - (range.toNs % HOUR_NS) + HOUR_NS);
  return useQuery({
    queryKey: [source, 'fields', from, to],
    queryFn: async ({ signal }) =>
      source === 'logs'
        ? await api.logFields({ from, to }, signal)
        : await api.spanFields({ from, to }, signal),
    placeholderData: keepPreviousData,
  });
}

const HOUR_NS = 3_600_000_000_000n;
