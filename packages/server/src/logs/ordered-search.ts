/** Records that are not simply the newest ones: sorted by a field, or what a limit left of them. */
import type { PartialReason } from '@tendril/api/answer';
import type { LogSearchEvent } from '@tendril/api/log-search';
import type { TimeRange } from '@tendril/model/time-range';
import type { RecordsPlan } from '@tendril/query/plan';
import { sql, uint32, type Sql } from '@tendril/sql/sql';
import { rangeCondition } from './cursor.ts';
import { limitReached } from './read-budget.ts';
import type { RowShape } from './row-shape.ts';
import { shapedRows } from './scan.ts';
import { eventShape, type Searching } from './searching.ts';
import { progressEvent } from './summary.ts';
import { tableSummary } from './table-search.ts';

type Ordered = NonNullable<RecordsPlan['ordered']>;

export async function* orderedEvents(
  { reader, request, prepared, options }: Searching,
  plan: RecordsPlan,
  ordered: Ordered,
): AsyncGenerator<LogSearchEvent> {
  const { range } = prepared;
  const shape = eventShape(reader, plan);
  const wanted = Math.min(request.limit, plan.limit ?? Infinity);
  // One more tells whether there are more.
  const statement = orderedQuery(ordered, { range, shape, limit: wanted + 1 });
  let rows = 0;
  let partial: PartialReason | undefined;
  if (plan.columns) {
    yield { kind: 'columns', columns: plan.columns.map(({ column }) => column) };
  }
  try {
    for await (const event of shapedRows(reader, statement, shape, options)) {
      if (event.kind === 'progress') {
        yield progressEvent(options.budget.cost(event.running), range.toNs);
      } else if (rows < wanted) {
        rows += 1;
        yield event.row;
      } else if (plan.limit !== wanted) {
        partial = 'rows';
      }
    }
  } catch (error) {
    partial = limitReached(error);
    if (partial === undefined) throw error;
  }
  yield tableSummary({ range, rows, partial, statement, withSql: request.sql, options });
}

interface OrderedRead {
  readonly range: TimeRange;
  readonly shape: Pick<RowShape<unknown>, 'definitions' | 'columns' | 'settings'>;
  readonly limit: number;
}

export function orderedQuery(ordered: Ordered, { range, shape, limit }: OrderedRead): Sql {
  return sql`${shape.definitions}SELECT
  ${shape.columns}
${ordered({ whole: rangeCondition(range) })}
LIMIT ${uint32(limit)}${shape.settings}`;
}
