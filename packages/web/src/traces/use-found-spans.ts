/** The spans of a trace that a text or a condition finds, as indices in the order of the rows. */
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useMemo } from 'react';
import { useApi } from '../lib/api.ts';
import { isCondition, spansWithText } from './span-search.ts';
import type { TraceTree } from './trace-tree.ts';

export interface FoundSpans {
  readonly spans: readonly number[];
  /** What is wrong with the condition. */
  readonly error: unknown;
}

/** More are not gone through one by one. */
const FOUND_MAX = 1_000;

export function useFoundSpans(traceId: string, tree: TraceTree, text: string): FoundSpans {
  const api = useApi();
  const wanted = useDeferredValue(text.trim());
  const isAsked = isCondition(wanted);
  const texts = useMemo(
    () => (isAsked ? [] : spansWithText(tree, wanted)),
    [tree, wanted, isAsked],
  );
  const { data, error } = useQuery({
    queryKey: ['traces', 'find', traceId, wanted],
    queryFn: async ({ signal }) => {
      const ids = new Set<string>();
      const query = `traceId:"${traceId.toLowerCase().padStart(32, '0')}" and (${wanted})`;
      const from = String(tree.startNs);
      const to = String(lastStartNs(tree) + 1n);
      for await (const event of api.searchSpans({ query, from, to, limit: FOUND_MAX }, signal)) {
        if (event.kind === 'row') ids.add(event.span.id);
      }
      return ids;
    },
    enabled: isAsked,
    retry: false,
  });
  const asked = useMemo(
    () =>
      isAsked && data ? [...tree.order].filter((span) => data.has(tree.spans[span]?.id ?? '')) : [],
    [isAsked, data, tree],
  );
  return isAsked ? { spans: asked, error } : { spans: texts, error: undefined };
}

function lastStartNs({ spans }: TraceTree): bigint {
  return spans.reduce((last, { timestamp }) => {
    const ns = BigInt(timestamp);
    return ns > last ? ns : last;
  }, 0n);
}
