/** The traces that a search finds, as they come. */
import {
  experimental_streamedQuery as streamedQuery,
  keepPreviousData,
  useQuery,
  type UseQueryResult,
} from '@tanstack/react-query';
import type { LogSearchSummary } from '@tendril/api/log-search';
import type { WithoutError } from '@tendril/api/stream';
import type { TraceSearchEvent, TraceSummary } from '@tendril/api/trace-search';
import type { TimeRange } from '@tendril/model/time-range';
import { useApi } from '../lib/api.ts';

export interface FoundTraces {
  /** Newest first. */
  readonly traces: readonly TraceSummary[];
  /** Undefined while more may come. */
  readonly summary: LogSearchSummary | undefined;
}

export interface TraceSearchRequest {
  readonly query: string;
  readonly range: TimeRange;
  readonly limit: number;
}

const NOTHING: FoundTraces = { traces: [], summary: undefined };

export function useTraceSearch({
  query,
  range,
  limit,
}: TraceSearchRequest): UseQueryResult<FoundTraces> {
  const api = useApi();
  const bounds = { from: String(range.fromNs), to: String(range.toNs) };
  return useQuery({
    queryKey: ['traces', 'search', query, bounds, limit],
    queryFn: streamedQuery({
      streamFn: ({ signal }) => api.searchTraces({ query, ...bounds, limit }, signal),
      reducer: withEvent,
      initialValue: NOTHING,
      refetchMode: 'replace',
    }),
    placeholderData: keepPreviousData,
  });
}

function withEvent(found: FoundTraces, event: WithoutError<TraceSearchEvent>): FoundTraces {
  switch (event.kind) {
    case 'row':
      return { ...found, traces: [...found.traces, event.trace] };
    case 'progress':
      return found;
    case 'summary':
      return { ...found, summary: event };
  }
}
