/** A parsed query to what has to be read for it: records in the order of time, or one statement. */
import { type Sql, EMPTY_SQL, integer, joinSql, sql } from '@tendril/sql/sql';

import type { TableColumn } from '@tendril/api/table';
import { checkQuery, type CheckContext } from './check.ts';
import type { FieldCatalogue } from './catalogue.ts';
import type { Column, KnownColumns } from './column.ts';
import { lowerQuery, type LowerOptions } from './lower.ts';
import type { Pipeline } from './pipeline.ts';
import { cellOutput } from './pipes/cell.ts';
import {
  ALL_RECORDS,
  type Around,
  type PipeContext,
  type RecordsStage,
  type Stage,
  type TableStage,
  columnsOf,
  orderBy,
  recordsSource,
  tableStatement,
  withDefinitions,
} from './pipes/stage.ts';
import type { ResolvedQuery } from './resolved.ts';
import type { TimeCondition } from './roll-up.ts';

export interface RecordsPlan {
  readonly kind: 'records';
  /** Of the records that are read: what stands in front and after pipes that only filter. */
  readonly filter: ResolvedQuery;
  /** The same in SQL, with conditions on columns that pipes made. */
  readonly condition: Sql;
  /** `WITH …` before the SELECT, or nothing. */
  readonly definitions: Sql;
  /** What each record gets beside its own fields. */
  readonly added: readonly OutputColumn[];
  /** What is shown of each; undefined for whole records. */
  readonly columns: readonly OutputColumn[] | undefined;
  readonly limit: number | undefined;
  readonly around: Around | undefined;
  /**
   * Set when the records are not simply the newest ones: what follows the list of a SELECT, given the
   * condition on time; ordered, not limited.
   */
  readonly ordered: ((time: TimeCondition) => Sql) | undefined;
}

export interface TablePlan {
  readonly kind: 'table';
  /** Of the records that the table is made of, when they are all that match conditions. */
  readonly filter: ResolvedQuery;
  readonly columns: readonly TableColumn[];
  /** Columns are named `o0`, `o1`, …; ordered, and limited where a pipe says so. */
  readonly statement: (time: TimeCondition) => Sql;
}

export type Plan = RecordsPlan | TablePlan;

export interface OutputColumn {
  readonly column: TableColumn;
  /** As the answer wants it. */
  readonly sql: Sql;
}

/** Throws a QueryFailure. */
export function planQuery(
  { source, pipes }: Pipeline,
  context: CheckContext,
  options: LowerOptions = {},
): Plan {
  const query = checkQuery(source, context);
  const lower = (each: ResolvedQuery): Sql => lowerQuery(each, options);
  const pipeContext: PipeContext = { ...context, lower };
  const first: RecordsStage = { ...ALL_RECORDS, filters: [query], conditions: [lower(query)] };
  const filter = filterOf(pipes.reduce(filtersOnly(pipeContext), { stage: first, isOver: false }));
  const last = pipes.reduce((stage: Stage, pipe) => pipe.apply(stage, pipeContext), first);
  return last.kind === 'table' ? tablePlan(last, filter) : recordsPlan(last, filter);
}

/** Columns that the pipes make, whatever fields there are. Throws a QueryFailure. */
export function columnsOfPipeline({ pipes }: Pipeline): KnownColumns {
  const context: PipeContext = {
    catalogue: EVERY_FIELD,
    nowNs: 0n,
    lower: (query) => lowerQuery(query),
  };
  return columnsOf(pipes.reduce((stage: Stage, pipe) => pipe.apply(stage, context), ALL_RECORDS));
}

/** Takes each name for an attribute. */
const EVERY_FIELD: FieldCatalogue = {
  find: (key) => [{ key, scope: 'attribute', types: ['string'], storage: 'path' }],
  names: () => [],
};

interface LeadingFilters {
  readonly stage: RecordsStage;
  readonly isOver: boolean;
}

/** What `where` adds before anything else happens is part of which records are meant. */
function filtersOnly(context: PipeContext) {
  return ({ stage, isOver }: LeadingFilters, pipe: Pipeline['pipes'][number]): LeadingFilters => {
    if (isOver || pipe.name !== 'where') return { stage, isOver: true };
    const next = pipe.apply(stage, context);
    return next.kind === 'records' ? { stage: next, isOver } : { stage, isOver: true };
  };
}

function filterOf({ stage }: LeadingFilters): ResolvedQuery {
  const [only, ...more] = stage.filters;
  if (only && more.length === 0) return only;
  return { kind: 'and', operands: stage.filters };
}

function recordsPlan(stage: RecordsStage, filter: ResolvedQuery): RecordsPlan {
  const { conditions, definitions, added, visible, limit, around, inner, order } = stage;
  const isPlain = inner === undefined && order.length === 0;
  return {
    kind: 'records',
    filter,
    condition: conditions.length === 0 ? sql`true` : joinSql(conditions, ' AND '),
    definitions: withDefinitions(definitions),
    added: outputs(added),
    columns: visible && outputs(visible),
    limit,
    around,
    ordered: isPlain ? undefined : (time) => sql`${recordsSource(stage, time)}${orderBy(stage)}`,
  };
}

function tablePlan(stage: TableStage, filter: ResolvedQuery): TablePlan {
  return {
    kind: 'table',
    filter,
    columns: stage.columns.map(tableColumn),
    statement: (time) => tableStatement(stage, time, (columns) => outputList(outputs(columns))),
  };
}

function outputs(columns: readonly Column[]): readonly OutputColumn[] {
  return columns.map((column) => ({ column: tableColumn(column), sql: cellOutput(column.cell) }));
}

function tableColumn({ name, cell }: Column): TableColumn {
  const { type, field, bucket } = cell;
  return {
    name,
    type,
    ...(field !== undefined && { field }),
    ...(bucket !== undefined && { bucket }),
  };
}

/** `… AS o0, … AS o1`. */
export function outputList(columns: readonly OutputColumn[]): Sql {
  if (columns.length === 0) return EMPTY_SQL;
  return joinSql(
    columns.map(({ sql: value }, index) => sql`${value} AS ${outputName(index)}`),
    ', ',
  );
}

function outputName(index: number): Sql {
  return sql`o${integer(index)}`;
}
