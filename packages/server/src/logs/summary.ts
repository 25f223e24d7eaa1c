/** What all streamed answers end with, and how they say how far they are. */
import type { Cost, Partial, ProgressEvent, Summary } from '@tendril/api/answer';
import type { TimeRange } from '@tendril/model/time-range';
import { printSql, type Sql } from '@tendril/sql/sql';
import type { ReadBudget } from './read-budget.ts';
import type { ScanOutcome } from './scan.ts';

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
