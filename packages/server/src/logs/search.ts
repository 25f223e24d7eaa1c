/** Log search: events of the API from a scan. */
import type { Cost, Partial, ProgressEvent, Summary } from '@tendril/api/answer';
import type { LogSearchEvent, LogSearchRequest } from '@tendril/api/log-search';
import type { TimeRange } from '@tendril/model/time-range';
import { printSql, type Sql } from '@tendril/sql/sql';
import { parseCursor, printCursor } from './cursor.ts';
import type { LogReader } from './log-reader.ts';
import type { ReadBudget } from './read-budget.ts';
import { scanLogs, type ScanOutcome } from './scan.ts';

export async function* searchLogs(
  reader: LogReader,
  request: LogSearchRequest,
  signal: AbortSignal,
): AsyncGenerator<LogSearchEvent> {
  const cursor = request.cursor === undefined ? undefined : parseCursor(request.cursor);
  const options = { budget: reader.budget(), signal };
  const { range, condition } = await reader.prepare(request, options);
  const { order, limit } = request;
  const scan = { range, condition, order, limit, cursor };
  for await (const event of scanLogs(reader, scan, options)) {
    switch (event.kind) {
      case 'record':
        yield { kind: 'row', record: event.record };
        break;
      case 'progress':
        yield progressEvent(event.cost, event.searchedToNs);
        break;
      case 'end':
        yield {
          ...summaryOf({ range, outcome: event, budget: options.budget, withSql: request.sql }),
          counts: { rows: event.rows },
          next: event.next === undefined ? null : printCursor(event.next),
        };
    }
  }
}

export function progressEvent(
  { elapsedMs, rowsRead, bytesRead }: Cost,
  searchedToNs: bigint,
): ProgressEvent {
  return { kind: 'progress', elapsedMs, rowsRead, bytesRead, searchedTo: String(searchedToNs) };
}

export interface SummaryFacts {
  readonly range: TimeRange;
  readonly outcome: Pick<ScanOutcome, 'partial' | 'searchedToNs' | 'statements'>;
  readonly budget: ReadBudget;
  readonly withSql: boolean;
}

/** What all streamed answers end with. */
export function summaryOf({ range, outcome, budget, withSql }: SummaryFacts): Summary {
  return {
    kind: 'summary',
    range: { from: String(range.fromNs), to: String(range.toNs) },
    partial: partialOf(outcome),
    cost: budget.cost(),
    ...(withSql && { sql: outcome.statements.map((statement: Sql) => printSql(statement)) }),
  };
}

export function partialOf({
  partial,
  searchedToNs,
}: Pick<ScanOutcome, 'partial' | 'searchedToNs'>): Partial | null {
  return partial === undefined ? null : { reason: partial, searchedTo: String(searchedToNs) };
}
