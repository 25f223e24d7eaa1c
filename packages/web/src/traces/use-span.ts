/** One span in full, by its place in the store: ids of spans may be used twice. */
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { SpanOutline } from '@tendril/api/trace-outline';
import type { Span } from '@tendril/model/span';
import { quoteText } from '@tendril/query/print';
import { useApi } from '../lib/api.ts';

/** Of one id at one moment. */
const SPANS_MAX = 20;

export function useSpan(
  traceId: string,
  outline: SpanOutline | undefined,
): UseQueryResult<Span | undefined> {
  const api = useApi();
  return useQuery({
    queryKey: ['traces', 'span', traceId, outline?.id],
    queryFn: async ({ signal }): Promise<Span | null> => {
      if (!outline) return null;
      const query = `traceId:${quoteText(traceId.toLowerCase().padStart(32, '0'))} and spanId:${quoteText(outline.spanId)}`;
      const to = String(BigInt(outline.timestamp) + 1n);
      const request = { query, from: outline.timestamp, to, limit: SPANS_MAX };
      for await (const event of api.searchSpans(request, signal)) {
        if (event.kind === 'row' && event.span.id === outline.id) return event.span;
      }
      return null;
    },
    select: (span) => span ?? undefined,
    enabled: outline !== undefined,
    structuralSharing: false,
  });
}
