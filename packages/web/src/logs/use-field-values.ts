/** The most frequent values of one field among the records that match, exactly counted. */
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { LogFieldValuesResponse } from '@tendril/api/log-fields';
import type { TimeRange } from '@tendril/model/time-range';
import { useApi } from '../lib/api.ts';

export interface FieldValuesRequest {
  readonly field: string;
  readonly query: string;
  readonly range: TimeRange;
  readonly prefix: string;
  readonly limit: number;
  readonly isEnabled: boolean;
}

export function useFieldValues(
  request: FieldValuesRequest,
): UseQueryResult<LogFieldValuesResponse> {
  const api = useApi();
  const { field, query, range, prefix, limit, isEnabled } = request;
  const bounds = { from: String(range.fromNs), to: String(range.toNs) };
  return useQuery({
    queryKey: ['logs', 'values', field, query, bounds, prefix, limit],
    queryFn: async ({ signal }) =>
      await api.logFieldValues({ field, query, ...bounds, prefix, limit }, signal),
    enabled: isEnabled,
    placeholderData: keepPreviousData,
  });
}
