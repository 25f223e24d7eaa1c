/** What a query would do: its statement, and what the engine says it would read for it. */
import { z } from 'zod';
import type { LogExplainRequest, LogExplanation } from '@tendril/api/log-explain';
import type { TimeRange } from '@tendril/model/time-range';
import type { Plan } from '@tendril/query/plan';
import { printSql, sql, type Sql } from '@tendril/sql/sql';
import { timeConditionOf } from './histogram-query.ts';
import type { LogReader } from './log-reader.ts';
import { orderedQuery } from './ordered-search.ts';
import { searchQuery } from './scan.ts';
import { eventShape } from './searching.ts';
import { allRows, type StatementOptions } from './statement.ts';

/** Of a search that does not say how many. */
const ROWS = 100;

export async function explainLogs(
  reader: LogReader,
  request: LogExplainRequest,
  signal: AbortSignal,
): Promise<LogExplanation> {
  const options = { budget: reader.budget(), signal };
  const { range, plan, text } = await reader.prepare(request, options);
  const statement = statementOf(reader, plan, range);
  return {
    query: text,
    range: { from: String(range.fromNs), to: String(range.toNs) },
    shape: plan.kind === 'table' || plan.columns ? 'table' : 'records',
    sql: printSql(statement),
    estimate: await estimateOf(reader, statement, options),
    plan: await planOf(reader, statement, options),
  };
}

/** The one that a search over so much would begin with, were it not read in windows. */
function statementOf(reader: LogReader, plan: Plan, range: TimeRange): Sql {
  if (plan.kind === 'table') return plan.statement(timeConditionOf(range));
  const shape = eventShape(reader, plan);
  const limit = plan.limit ?? ROWS;
  if (plan.ordered) return orderedQuery(plan.ordered, { range, shape, limit });
  return searchQuery({ range, condition: plan.condition, order: 'desc', limit }, shape);
}

const estimateSchema = z.object({ parts: z.coerce.number(), rows: z.coerce.number() });

async function estimateOf(
  reader: LogReader,
  statement: Sql,
  options: StatementOptions,
): Promise<LogExplanation['estimate']> {
  const tables = await allRows(reader.engine, sql`EXPLAIN ESTIMATE ${statement}`, options);
  return tables
    .map((row) => estimateSchema.parse(row))
    .reduce((sum, { parts, rows }) => ({ parts: sum.parts + parts, rows: sum.rows + rows }), {
      parts: 0,
      rows: 0,
    });
}

async function planOf(
  reader: LogReader,
  statement: Sql,
  options: StatementOptions,
): Promise<readonly string[]> {
  const lines = await allRows(reader.engine, sql`EXPLAIN indexes = 1 ${statement}`, options);
  return lines.map(({ explain }) => String(explain));
}
