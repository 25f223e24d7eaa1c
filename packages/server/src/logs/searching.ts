/** What every kind of search works on, and how its rows become events. */
import type { LogSearchEvent, LogSearchRequest } from '@tendril/api/log-search';
import type { RecordsPlan } from '@tendril/query/plan';
import type { LogReader, PreparedQuery } from './log-reader.ts';
import { cells, records, type RowShape } from './row-shape.ts';
import type { StatementOptions } from './statement.ts';

export interface Searching {
  readonly reader: LogReader;
  readonly request: LogSearchRequest;
  readonly prepared: PreparedQuery;
  readonly options: StatementOptions;
}

/** Rows of a records plan as events: whole records, or cells of columns. */
export function eventShape(reader: LogReader, plan: RecordsPlan): RowShape<LogSearchEvent> {
  const { columns, definitions } = plan;
  return columns
    ? mapped(cells(definitions, columns), (row) => ({ kind: 'cells', cells: row }))
    : mapped(records(reader, plan), (record) => ({ kind: 'row', record }));
}

function mapped<From, To>(shape: RowShape<From>, map: (row: From) => To): RowShape<To> {
  return { ...shape, read: async (rows, options) => (await shape.read(rows, options)).map(map) };
}
