/** The outline of a trace, whole: a waterfall of half a trace would be another one. */
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { Partial } from '@tendril/api/answer';
import type { SpanOutline } from '@tendril/api/trace-outline';
import { useApi } from '../lib/api.ts';

export interface LoadedTrace {
  readonly spans: readonly SpanOutline[];
  readonly partial: Partial | null;
  readonly elapsedMs: number;
}

export function useTrace(traceId: string): UseQueryResult<LoadedTrace> {
  const api = useApi();
  return useQuery({
    queryKey: ['traces', 'outline', traceId],
    queryFn: async ({ signal }): Promise<LoadedTrace> => {
      const batches: (readonly SpanOutline[])[] = [];
      for await (const event of api.traceOutline({ traceId }, signal)) {
        if (event.kind === 'spans') batches.push(event.spans);
        else {
          const { partial, cost } = event;
          return { spans: batches.flat(), partial, elapsedMs: cost.elapsedMs };
        }
      }
      return { spans: batches.flat(), partial: null, elapsedMs: 0 };
    },
    // Comparing 100,000 spans with those before would cost more than drawing them.
    structuralSharing: false,
    enabled: traceId !== '',
  });
}
