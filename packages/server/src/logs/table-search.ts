/** Answers that are tables: one statement, cut at the limits of an answer. */
import type { PartialReason } from '@tendril/api/answer';
import { TABLE_ROWS_MAX, type LogSearchEvent } from '@tendril/api/log-search';
import type { TableCell } from '@tendril/api/table';
import type { TimeRange } from '@tendril/model/time-range';
import type { TablePlan } from '@tendril/query/plan';
import type { Sql } from '@tendril/sql/sql';
import { timeConditionOf } from './histogram-query.ts';
import type { LogReader } from './log-reader.ts';
import { limitReached } from './read-budget.ts';
import type { Searching } from './searching.ts';
import { runStatement, type StatementEvent, type StatementOptions } from './statement.ts';
import { progressEvent, summaryOf } from './summary.ts';
import { cellsOf } from './table-cells.ts';

export async function* tableEvents(
  { reader, request, prepared, options }: Searching,
  plan: TablePlan,
): AsyncGenerator<LogSearchEvent> {
  const { range } = prepared;
  const statement = plan.statement(timeConditionOf(range));
  let rows = 0;
  let partial: PartialReason | undefined;
  yield { kind: 'columns', columns: plan.columns };
  for await (const event of tableRows(
    reader,
    { plan, statement, rowsMax: TABLE_ROWS_MAX },
    options,
  )) {
    switch (event.kind) {
      case 'progress':
        yield progressEvent(options.budget.cost(event.running), range.toNs);
        break;
      case 'cells':
        rows += 1;
        yield event;
        break;
      case 'cut':
        ({ partial } = event);
    }
  }
  yield tableSummary({ range, rows, partial, statement, withSql: request.sql, options });
}

type TableEvent =
  | { readonly kind: 'cells'; readonly cells: readonly TableCell[] }
  | Extract<StatementEvent, { kind: 'progress' }>
  | { readonly kind: 'cut'; readonly partial: PartialReason };

/**
 * Groups that do not fit into memory go to the engine's disk, and so does sorting: half of the
 * memory that a query may take.
 */
const SPILL_BYTES = 300_000_000;
export const SPILL_SETTINGS: Readonly<Record<string, number>> = {
  max_bytes_before_external_group_by: SPILL_BYTES,
  max_bytes_before_external_sort: SPILL_BYTES,
};

interface TableRead {
  readonly plan: TablePlan;
  readonly statement: Sql;
  readonly rowsMax: number;
}

/** The rows of a table; the last event says why there are no more, when there would be. */
export async function* tableRows(
  reader: LogReader,
  { plan, statement, rowsMax }: TableRead,
  options: StatementOptions,
): AsyncGenerator<TableEvent> {
  let rows = 0;
  let isCut = false;
  const settings = SPILL_SETTINGS;
  const cutAt = {
    rowsMax,
    onCut: () => {
      isCut = true;
    },
  };
  try {
    for await (const event of runStatement(reader.engine, statement, {
      ...options,
      settings,
      cutAt,
    })) {
      if (event.kind === 'progress') {
        yield event;
        continue;
      }
      rows += 1;
      yield { kind: 'cells', cells: cellsOf(plan.columns, event.row) };
    }
  } catch (error) {
    const partial = limitReached(error);
    if (partial === undefined) throw error;
    yield { kind: 'cut', partial };
    return;
  }
  const partial = cutAtEnd({ isCut, isFull: rows >= rowsMax, isReadUp: options.budget.isReadUp() });
  if (partial) yield { kind: 'cut', partial };
}

function cutAtEnd(found: {
  readonly isCut: boolean;
  readonly isFull: boolean;
  readonly isReadUp: boolean;
}): PartialReason | undefined {
  if (found.isReadUp) return 'bytes_read';
  if (!found.isCut) return undefined;
  return found.isFull ? 'rows' : 'time';
}

interface TableOutcome {
  readonly range: TimeRange;
  readonly rows: number;
  readonly partial: PartialReason | undefined;
  readonly statement: Sql;
  readonly withSql: boolean;
  readonly options: StatementOptions;
}

/** Of an answer that is not read in windows: nothing is known to be read whole when it is cut. */
export function tableSummary(outcome: TableOutcome): LogSearchEvent {
  const { range, rows, partial, statement, withSql, options } = outcome;
  const facts = { partial, searchedToNs: range.toNs, statements: [statement] };
  return {
    ...summaryOf({ range, outcome: facts, budget: options.budget, withSql }),
    counts: { rows },
    next: null,
  };
}
