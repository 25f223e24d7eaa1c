/** What a query with pipes answers: a table, its rows as they come. */
import {
  experimental_streamedQuery as streamedQuery,
  useQuery,
  type UseQueryResult,
} from '@tanstack/react-query';
import type { LogSearchEvent, LogSearchSummary } from '@tendril/api/log-search';
import type { WithoutError } from '@tendril/api/stream';
import type { TableCell, TableColumn } from '@tendril/api/table';
import type { TimeRange } from '@tendril/model/time-range';
import { useApi } from '../lib/api.ts';

export interface ResultTable {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly TableCell[])[];
  readonly summary: LogSearchSummary | undefined;
}

const ROWS_MAX = 10_000;
const NOTHING: ResultTable = { columns: [], rows: [], summary: undefined };

export function useTable(query: string, range: TimeRange): UseQueryResult<ResultTable> {
  const api = useApi();
  const bounds = { from: String(range.fromNs), to: String(range.toNs) };
  return useQuery({
    queryKey: ['logs', 'table', query, bounds],
    queryFn: streamedQuery({
      streamFn: ({ signal }) => api.searchLogs({ query, ...bounds, limit: ROWS_MAX }, signal),
      reducer: withEvent,
      initialValue: NOTHING,
      refetchMode: 'replace',
    }),
  });
}

// The array of rows is ours until the summary: copying it for each row would take quadratic time.
function withEvent(table: ResultTable, event: WithoutError<LogSearchEvent>): ResultTable {
  switch (event.kind) {
    case 'columns':
      return { ...table, columns: event.columns, rows: [] };
    case 'cells':
      (table.rows as (readonly TableCell[])[]).push(event.cells);
      return table;
    case 'summary':
      return { ...table, rows: [...table.rows], summary: event };
    case 'row':
    case 'page':
    case 'overview':
    case 'facets':
    case 'progress':
      return table;
  }
}
