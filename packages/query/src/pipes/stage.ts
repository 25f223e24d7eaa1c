/**
 * What a query gives after some of its pipes: still records, or a table. Each pipe makes the next stage
 * of the one before. Names of columns never become names in SQL: a column is `c0`, `c1` … there,
 * so that no name can be hostile, and none can hide a column of `logs`.
 */
import { type Sql, EMPTY_SQL, integer, joinSql, sql, uint32 } from '@tendril/sql/sql';

import type { Position } from '../ast.ts';
import { piecesText } from '../ast.ts';
import type { Candidate, CheckContext } from '../check.ts';
import { fieldCandidates, unknownColumn } from '../check.ts';
import type { Cell, Column, KnownColumns } from '../column.ts';
import { likeMatches } from '../like-pattern.ts';
import type { Name } from '../pipe-reader.ts';
import { QueryFailure } from '../query-failure.ts';
import type { ResolvedQuery } from '../resolved.ts';
import type { TimeCondition } from '../roll-up.ts';
import { cellOf } from './cell.ts';

export interface SortKey {
  readonly cell: Cell;
  readonly direction: 'asc' | 'desc';
}

/** An expression under its SQL name. */
export interface Definition {
  readonly alias: Sql;
  readonly sql: Sql;
}

interface StageParts {
  readonly definitions: readonly Definition[];
  /** Empty: newest first for records, any for tables. */
  readonly order: readonly SortKey[];
  readonly limit: number | undefined;
  /** SQL names given so far. */
  readonly aliasCount: number;
}

export interface RecordsStage extends StageParts {
  readonly kind: 'records';
  /** The records that a limit left; undefined for all of them. */
  readonly inner: RecordsStage | undefined;
  /** Conditions on records, for those who need more than SQL. */
  readonly filters: readonly ResolvedQuery[];
  readonly conditions: readonly Sql[];
  /** Columns that pipes added to the records. */
  readonly added: readonly Column[];
  /** What `fields` shows of a record; undefined for all of it. Later pipes still see the rest. */
  readonly visible: readonly Column[] | undefined;
  readonly around: Around | undefined;
}

export interface Around {
  readonly before: number;
  readonly after: number;
}

export interface TableStage extends StageParts {
  readonly kind: 'table';
  /** The rows, given the condition on time; neither ordered nor limited. */
  readonly rows: (time: TimeCondition) => Sql;
  readonly columns: readonly Column[];
}

export type Stage = RecordsStage | TableStage;

export interface PipeContext extends CheckContext {
  /** Of a query's filter to SQL. */
  readonly lower: (query: ResolvedQuery) => Sql;
}

export const ALL_RECORDS: RecordsStage = {
  kind: 'records',
  inner: undefined,
  filters: [],
  conditions: [],
  definitions: [],
  added: [],
  visible: undefined,
  order: [],
  limit: undefined,
  around: undefined,
  aliasCount: 0,
};

/** The column of a name: one that pipes made, else a field of the records. */
export function cellNamed(stage: Stage, name: Name, context: PipeContext): Cell {
  return cellOf(candidatesNamed(stage, name, context));
}

export function candidatesNamed(
  stage: Stage,
  name: Name,
  context: PipeContext,
): readonly Candidate[] {
  if (name.pieces.length > 1) {
    throw new QueryFailure({
      code: 'query_bad_value',
      detail: `“${name.text}” may mean several fields`,
      position: name,
      hint: 'name one field',
    });
  }
  return fieldCandidates(name, { ...context, columns: columnsOf(stage) });
}

/** All that a name with stars means, in order. */
export function columnsNamed(stage: Stage, name: Name, context: PipeContext): readonly Column[] {
  const text = piecesText(name.pieces);
  if (name.pieces.length === 1) {
    return [{ name: text, cell: cellNamed(stage, name, context) }];
  }
  const { known, isWhole } = columnsOf(stage);
  const made = known.filter((column) => likeMatches(name.pieces, column.name));
  if (isWhole) {
    if (made.length > 0) return made;
    throw unknownColumn(name, known);
  }
  const fields = fieldCandidates(name, context).map((candidate): Column => ({
    name: candidateName(candidate),
    cell: cellOf([candidate]),
  }));
  return [...made, ...fields];
}

function candidateName(candidate: Candidate): string {
  if (candidate.kind === 'field') return candidate.field.name;
  const { field } = cellOf([candidate]);
  return field ?? '';
}

export function columnsOf(stage: Stage): KnownColumns {
  if (stage.kind === 'table') return { known: stage.columns, isWhole: true };
  return { known: stage.added, isWhole: false };
}

/** Names of a table must differ, or nobody could say which is meant. */
export function refuseTwins(columns: readonly Column[], at: Position): void {
  const names = new Set<string>();
  for (const { name } of columns) {
    if (names.has(name)) {
      throw new QueryFailure({
        code: 'query_bad_value',
        detail: `two columns are named “${name.slice(0, 100)}”`,
        position: at,
        hint: 'give one of them another name with “as”',
      });
    }
    names.add(name);
  }
}

export function aliasSql(index: number): Sql {
  return sql`c${integer(index)}`;
}

/** The stage with an expression under a name of its own, and the cell that stands for it. */
export function define<S extends Stage>(stage: S, cell: Cell): { stage: S; cell: Cell } {
  const alias = aliasSql(stage.aliasCount);
  const definitions = [...stage.definitions, { alias, sql: cell.sql }];
  return {
    stage: { ...stage, definitions, aliasCount: stage.aliasCount + 1 },
    cell: { ...cell, sql: alias },
  };
}

/** Adds or replaces a column. On whole records it becomes an attribute of each. */
export function withColumn<S extends Stage>(stage: S, column: Column): S {
  const add = (columns: readonly Column[]): readonly Column[] => {
    const index = columns.findIndex(({ name }) => name === column.name);
    return index < 0 ? [...columns, column] : columns.with(index, column);
  };
  if (stage.kind === 'table') return { ...stage, columns: add(stage.columns) };
  const { visible } = stage;
  return { ...stage, added: add(stage.added), visible: visible && add(visible) };
}

/** A stage that may be filtered, sorted and grouped: what a limit left is a source of its own. */
export function unlimited(stage: Stage): Stage {
  if (stage.limit === undefined) return stage;
  if (stage.kind === 'table') {
    const { columns, order, aliasCount } = stage;
    const rows = (time: TimeCondition): Sql => limitedRows(stage, time);
    return { kind: 'table', rows, columns, definitions: [], order, limit: undefined, aliasCount };
  }
  const { added, visible, order, aliasCount } = stage;
  return { ...ALL_RECORDS, inner: stage, added, visible, order, aliasCount };
}

/** The stage with a condition more, in SQL alone. */
export function filtered(before: Stage, condition: Sql): Stage {
  const stage = unlimited(before);
  if (stage.kind === 'table') return filteredTable(stage, condition);
  return { ...stage, conditions: [...stage.conditions, condition] };
}

/** A condition on the rows of a table. */
export function filteredTable(stage: TableStage, condition: Sql): TableStage {
  const rows = (time: TimeCondition): Sql =>
    sql`SELECT * FROM (\n${definedRows(stage, time)}\n) WHERE ${condition}`;
  return { ...stage, rows, definitions: [] };
}

function definedRows({ rows, definitions }: TableStage, time: TimeCondition): Sql {
  if (definitions.length === 0) return rows(time);
  return sql`SELECT *, ${definitionsList(definitions)} FROM (\n${rows(time)}\n)`;
}

function limitedRows(stage: TableStage, time: TimeCondition): Sql {
  return sql`SELECT * FROM (\n${definedRows(stage, time)}\n)${orderBy(stage)}${limitBy(stage)}`;
}

function definitionsList(definitions: readonly Definition[]): Sql {
  return joinSql(
    definitions.map(({ alias, sql: value }) => sql`${value} AS ${alias}`),
    ', ',
  );
}

/** `WITH …` before a SELECT from records. */
export function withDefinitions(definitions: readonly Definition[]): Sql {
  return definitions.length === 0 ? EMPTY_SQL : sql`WITH ${definitionsList(definitions)}\n`;
}

/** From FROM to before GROUP BY or ORDER BY. */
export function recordsSource({ inner, conditions }: RecordsStage, time: TimeCondition): Sql {
  if (!inner) return sql`FROM logs\nWHERE ${joinSql([time.whole, ...conditions], ' AND ')}`;
  const source = sql`FROM\n(\n${limitedRecords(inner, time)}\n)`;
  if (conditions.length === 0) return source;
  return sql`${source}\nWHERE ${joinSql(conditions, ' AND ')}`;
}

function limitedRecords(stage: RecordsStage, time: TimeCondition): Sql {
  const aliases = stage.definitions.map(({ alias }) => sql`, ${alias}`);
  const defined = aliases.reduce((all, alias) => sql`${all}${alias}`, EMPTY_SQL);
  return sql`${withDefinitions(stage.definitions)}SELECT *${defined}
${recordsSource(stage, time)}${orderBy(stage)}${limitBy(stage)}`;
}

/** Newest first where nothing else is asked for or equal. */
export function orderBy({ kind, order }: Stage): Sql {
  const keys = order.map(({ cell, direction }) =>
    direction === 'asc' ? sql`${cell.sql} ASC` : sql`${cell.sql} DESC`,
  );
  if (kind === 'records') keys.push(sql`Timestamp DESC`, sql`RecordId DESC`);
  return keys.length === 0 ? EMPTY_SQL : sql`\nORDER BY ${joinSql(keys, ', ')}`;
}

function limitBy({ limit }: Stage): Sql {
  return limit === undefined ? EMPTY_SQL : sql`\nLIMIT ${uint32(limit)}`;
}

/** A table of groups or rows: `columns` become its SQL names in order. */
export interface Selection {
  readonly columns: readonly Column[];
  /** After the source; empty for a row each. */
  readonly groupBy: (cells: readonly Cell[]) => Sql;
  readonly order: (cells: readonly Cell[]) => readonly SortKey[];
  /** What stands from FROM to before GROUP BY, instead of the rows of the stage. */
  readonly source?: (time: TimeCondition) => Sql;
}

/** The table that a SELECT over a stage gives. */
export function selectedTable(before: Stage, selection: Selection): TableStage {
  const stage = unlimited(before);
  const first = stage.aliasCount;
  const cells = selection.columns.map(({ cell }, index): Cell => ({
    ...cell,
    sql: aliasSql(first + index),
    size: 1,
  }));
  const list = joinSql(
    selection.columns.map(({ cell }, index) => sql`${cell.sql} AS ${aliasSql(first + index)}`),
    ', ',
  );
  const groupBy = selection.groupBy(cells);
  const { source } = selection;
  const rows = (time: TimeCondition): Sql =>
    sql`${selectFrom(stage, time, { list, source })}${groupBy}`;
  return {
    kind: 'table',
    rows,
    columns: selection.columns.map(({ name }, index) => ({ name, cell: cells[index] ?? NO_CELL })),
    definitions: [],
    order: selection.order(cells),
    limit: undefined,
    aliasCount: first + selection.columns.length,
  };
}

interface SelectFrom {
  readonly list: Sql;
  readonly source: Selection['source'];
}

function selectFrom(stage: Stage, time: TimeCondition, { list, source }: SelectFrom): Sql {
  if (source) return sql`SELECT ${list}\n${source(time)}`;
  if (stage.kind === 'table') return sql`SELECT ${list}\nFROM\n(\n${definedRows(stage, time)}\n)`;
  return sql`${withDefinitions(stage.definitions)}SELECT ${list}\n${recordsSource(stage, time)}`;
}

const NO_CELL: Cell = { sql: EMPTY_SQL, type: 'text', size: 0 };

/** The whole statement of a table. */
export function tableStatement(
  stage: TableStage,
  time: TimeCondition,
  outputs: (columns: readonly Column[]) => Sql,
): Sql {
  return sql`SELECT ${outputs(stage.columns)}
FROM
(
${definedRows(stage, time)}
)${orderBy(stage)}${limitBy(stage)}`;
}

/** Names in expressions that the engine writes out, doubled by each pipe that uses one twice. */
const EXPRESSION_SIZE_MAX = 2_000;

export function refuseLarge({ size }: Cell, at: Position): void {
  if (size <= EXPRESSION_SIZE_MAX) return;
  throw new QueryFailure({
    code: 'query_too_many_clauses',
    detail: `the expressions of these pipes, written out, have more than ${EXPRESSION_SIZE_MAX} parts`,
    position: at,
    hint: 'use a computed column less often',
    params: { clausesMax: EXPRESSION_SIZE_MAX },
  });
}
