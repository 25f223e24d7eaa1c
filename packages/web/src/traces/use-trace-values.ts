/** What can be done with a value of a span: search traces by it, go where more is known of it. */
import { useMemo } from 'react';
import { useGo } from '../lib/navigation.ts';
import { withFilter } from '../query/query-edit.ts';
import type { ValueHandlers } from '../records/value-actions.tsx';
import { useRecordLinks } from '../records/use-record-links.ts';

/** `query` is the one that a value is put into. */
function useTraceValues(query: string, onQuery: (query: string) => void): ValueHandlers {
  const links = useRecordLinks();
  return useMemo(
    () => ({ filter: (value, kind) => onQuery(withFilter(query, value, kind)), links }),
    [query, onQuery, links],
  );
}

/** From a page without a search of its own: the search of traces opens. */
export function useTraceSearchValues(): ValueHandlers {
  const go = useGo();
  const onQuery = useMemo(
    () =>
      (query: string): void =>
        go({ path: '/traces', search: { q: query } }),
    [go],
  );
  return useTraceValues('', onQuery);
}
