/**
 * The roll-up of `logs`: a projection that counts rows by steps of ten seconds, severity, service and
 * environment. What asks for nothing else is counted from it, but for the ends of a range that are no
 * whole step.
 */
import { type Sql, joinSql, sql } from '@tendril/sql/sql';

import type { ResolvedQuery, Test } from './resolved.ts';

/** Of the projection `counts`. */
export const ROLLUP_STEP_NS = 10_000_000_000n;
/** As the projection writes it, letter for letter: otherwise it is not recognised. */
export const ROLLUP_STEP: Sql = sql`toStartOfInterval(Timestamp, toIntervalSecond(10))`;

/** Conditions on time, for a statement over a range. */
export interface TimeCondition {
  readonly whole: Sql;
  /** The same in whole steps of the roll-up and what is left at the ends; undefined without a whole step. */
  readonly steps?: { readonly middle: Sql; readonly edges: readonly Sql[] } | undefined;
}

const ROLLUP_COLUMNS: ReadonlySet<string> = new Set(['ServiceName', 'Environment']);

export function isRollUpColumn(column: string): boolean {
  return column === 'SeverityNumber' || ROLLUP_COLUMNS.has(column);
}

/** Whether the query looks at severity, service and environment alone, and at what else `fits`. */
export function asksOnlyRollUp(
  query: ResolvedQuery,
  fits: (test: Test) => boolean = () => false,
): boolean {
  switch (query.kind) {
    case 'all':
      return true;
    case 'and':
    case 'or':
      return query.operands.every((operand) => asksOnlyRollUp(operand, fits));
    case 'not':
      return asksOnlyRollUp(query.operand, fits);
    case 'integer':
      return query.column === 'SeverityNumber' || fits(query);
    case 'value': {
      const { target } = query;
      return (target.kind === 'column' && ROLLUP_COLUMNS.has(target.column)) || fits(query);
    }
    case 'text':
    case 'cell':
    case 'hex':
    case 'time':
      return fits(query);
  }
}

export interface RolledRows {
  readonly time: NonNullable<TimeCondition['steps']>;
  /** Of the query; says nothing of time. */
  readonly condition: Sql;
  /** Whether the begin of the step is wanted, under the name `Timestamp`. */
  readonly withTime: boolean;
}

/** What follows FROM: rows of the columns of the roll-up, each with the number of its records, `rolled`. */
export function rolledRows({ time, condition, withTime }: RolledRows): Sql {
  const step = withTime ? sql`toDateTime64(${ROLLUP_STEP}, 9, 'UTC') AS step, ` : sql``;
  const groupStep = withTime ? sql`step, ` : sql``;
  const columns = sql`SeverityNumber, ServiceName, Environment`;
  const part = (when: Sql): Sql =>
    sql`SELECT ${step}${columns}, count() AS rolled\nFROM logs\nWHERE ${when} AND ${condition}\nGROUP BY ${groupStep}${columns}`;
  const parts = joinSql([time.middle, ...time.edges].map(part), ' UNION ALL ');
  if (!withTime) return sql`(\n${parts}\n)`;
  return sql`(\nSELECT step AS Timestamp, ${columns}, rolled\nFROM\n(\n${parts}\n)\n)`;
}
