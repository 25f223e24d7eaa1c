/** What a query will do, without doing it. */
import { z } from 'zod';
import { rangeSchema, type ResolvedRange } from './answer.ts';
import type { Route } from './route.ts';
import {
  querySchema,
  timeBoundsShape,
  type TimeBounds,
  type TimeBoundsInput,
} from './time-bounds.ts';

export interface LogExplainRequest extends TimeBounds {
  readonly query: string;
}

export interface LogExplainInput extends TimeBoundsInput {
  readonly query?: string | undefined;
}

export interface LogExplanation {
  /** The query as the language prints it: the one spelling of saved views and URLs. */
  readonly query: string;
  readonly range: ResolvedRange;
  /** Whether the answer is records or a table. */
  readonly shape: 'records' | 'table';
  /** The statement over the whole range, with its parameters; a search of records reads it in windows. */
  readonly sql: string;
  /** What the engine would read at most: indexes on values are not counted yet, only those on time. */
  readonly estimate: { readonly rows: number; readonly parts: number };
  /** The engine's plan with the indexes it uses, as text. */
  readonly plan: readonly string[];
}

export const logExplainRequestSchema: z.ZodType<LogExplainRequest, LogExplainInput> = z
  .strictObject({ query: querySchema, ...timeBoundsShape })
  .meta({ id: 'LogExplainRequest' });

export const logExplanationSchema: z.ZodType<LogExplanation> = z
  .object({
    query: z.string(),
    range: rangeSchema,
    shape: z.enum(['records', 'table']),
    sql: z.string(),
    estimate: z.object({ rows: z.number().int(), parts: z.number().int() }),
    plan: z.array(z.string()),
  })
  .meta({ id: 'LogExplanation' });

export const LOG_EXPLAIN: Route = {
  method: 'POST',
  path: '/api/v1/logs/explain',
  scope: 'read',
  operationId: 'explainLogs',
  summary: 'What a query would do: its statement, what it reads, which indexes it uses',
  request: { mediaTypes: ['application/json'], schema: logExplainRequestSchema },
  response: { mediaTypes: ['application/json'], schema: logExplanationSchema },
};
