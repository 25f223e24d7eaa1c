/**
 * Values of columns: of fields, and of what pipes make. A cell is an SQL expression and what it means;
 * where a record has no such value, text is empty, numbers are NULL, a level is 0.
 */
import type { TableColumnType } from '@tendril/api/table';
import { type Sql, identifier, joinSql, jsonPath, sql, string } from '@tendril/sql/sql';

import type { AttributeField, AttributeType } from '../catalogue.ts';
import type { Candidate } from '../check.ts';
import type { Cell } from '../column.ts';

/** The first of the candidates that a record has. */
export function cellOf(candidates: readonly Candidate[]): Cell {
  const cells = candidates.map(candidateCell);
  const [only] = cells;
  if (cells.length === 1 && only) return only;
  const texts = cells.map((cell) => sql`nullIf(${cellText(cell)}, '')`);
  return textCell(sql`coalesce(${joinSql(texts, ', ')}, '')`, only?.field);
}

function textCell(value: Sql, field: string | undefined): Cell {
  return { sql: value, type: 'text', size: 1, ...(field !== undefined && { field }) };
}

function candidateCell(candidate: Candidate): Cell {
  if (candidate.kind === 'cell') return candidate.cell;
  if (candidate.kind === 'field') return columnCell(candidate.field);
  const { target } = candidate;
  switch (target.kind) {
    case 'column':
      return textCell(sql`${identifier(target.column)}`, undefined);
    case 'attribute':
      return attributeCell(target.attribute);
    case 'resource':
      return textCell(resourceValue(target.key), target.key);
  }
}

function columnCell({ column, name, type }: Extract<Candidate, { kind: 'field' }>['field']): Cell {
  const value = sql`${identifier(column)}`;
  const cell = (expression: Sql, cellType: TableColumnType): Cell => ({
    sql: expression,
    type: cellType,
    field: name,
    size: 1,
  });
  switch (type) {
    case 'time':
      return cell(value, 'time');
    case 'severity':
      return cell(sql`intDiv(${value} + 3, 4)`, 'level');
    case 'number':
      return cell(sql`nullIf(${value}, 0)`, 'integer');
    case 'duration':
      return cell(sql`nullIf(${value}, 0)`, 'duration');
    case 'id':
    case 'keyword':
    case 'text':
      return HEX_COLUMNS.has(column)
        ? cell(sql`if(${value} = 0, '', lower(leftPad(hex(${value}), 16, '0')))`, 'text')
        : cell(value, 'text');
  }
}

const HEX_COLUMNS: ReadonlySet<string> = new Set(['RecordId', 'PatternId']);

// The value of each resource is looked up once; a dictionary would be asked for every block.
function resourceValue(key: string): Sql {
  const values = sql`(SELECT (groupArray(ResourceId), groupArray(value)) FROM (SELECT ResourceId, any(Attributes[${string(key)}]) AS value FROM resources WHERE mapContains(Attributes, ${string(key)}) GROUP BY ResourceId))`;
  return sql`transform(ResourceId, tupleElement(${values}, 1), tupleElement(${values}, 2), '')`;
}

function attributeCell({ key, types, storage }: AttributeField): Cell {
  const overflow = sql`AttributesOverflow[${string(key)}]`;
  if (storage === 'overflow') return textCell(overflow, key);
  const number = storage === 'path' ? numberPath(key, types) : undefined;
  if (number) return { ...number, field: key, size: 1 };
  const path = pathText(key, types);
  const otherwise = storage === 'path' ? sql`''` : overflow;
  return textCell(sql`ifNull(${path}, ${otherwise})`, key);
}

function numberPath(
  key: string,
  types: readonly AttributeType[],
): Pick<Cell, 'sql' | 'type'> | undefined {
  const path = sql`${jsonPath('Attributes', key)}`;
  const [only, ...more] = types;
  if (only === 'int' && more.length === 0) return { sql: sql`${path}.:Int64`, type: 'integer' };
  if (types.length === 0 || types.some((type) => type !== 'int' && type !== 'float')) {
    return undefined;
  }
  const numbers = types.map((type) =>
    type === 'int' ? sql`toFloat64(${path}.:Int64)` : sql`${path}.:Float64`,
  );
  return { sql: sql`coalesce(${joinSql(numbers, ', ')})`, type: 'number' };
}

/** NULL where absent. The sub-column of each type that the key was seen with: the whole path is slower to read. */
export function pathText(key: string, types: readonly AttributeType[]): Sql {
  const path = sql`${jsonPath('Attributes', key)}`;
  if (types.length === 0 || types.includes('array')) return sql`toString(${path})`;
  const texts = types.map((type): Sql => {
    switch (type) {
      case 'string':
        return sql`${path}.:String`;
      case 'int':
        return sql`toString(${path}.:Int64)`;
      case 'float':
        return sql`toString(${path}.:Float64)`;
      case 'bool':
        return sql`toString(${path}.:Bool)`;
      case 'array':
        return sql`toString(${path})`;
    }
  });
  const [only] = texts;
  return texts.length === 1 && only ? only : sql`coalesce(${joinSql(texts, ', ')})`;
}

export const LEVEL_NAMES: Sql = sql`['trace', 'debug', 'info', 'warn', 'error', 'fatal']`;

/** As text; empty where there is no value. */
export function cellText({ sql: value, type }: Cell): Sql {
  switch (type) {
    case 'text':
      return value;
    case 'texts':
      return sql`arrayStringConcat(${value}, ', ')`;
    case 'level':
      return sql`${LEVEL_NAMES}[${value}]`;
    case 'time':
      return sql`ifNull(toString(${value}), '')`;
    case 'number':
    case 'integer':
    case 'duration':
      return sql`ifNull(toString(${value}), '')`;
  }
}

/** As a number, NULL where it is none; undefined for columns that are never numbers. */
export function cellNumber({ sql: value, type }: Cell): Sql | undefined {
  switch (type) {
    case 'number':
    case 'integer':
    case 'duration':
      return sql`toFloat64(${value})`;
    case 'text':
      return sql`toFloat64OrNull(${value})`;
    case 'level':
    case 'time':
    case 'texts':
      return undefined;
  }
}

/** That there is a value. */
export function cellExists({ sql: value, type }: Cell): Sql {
  switch (type) {
    case 'text':
      return sql`${value} != ''`;
    case 'texts':
      return sql`notEmpty(${value})`;
    case 'level':
      return sql`${value} != 0`;
    case 'time':
    case 'number':
    case 'integer':
    case 'duration':
      return sql`isNotNull(${value})`;
  }
}

/** As the answer wants it. */
export function cellOutput({ sql: value, type }: Cell): Sql {
  switch (type) {
    case 'time':
      return sql`toString(toUnixTimestamp64Nano(${value}))`;
    case 'level':
      return sql`${LEVEL_NAMES}[${value}]`;
    case 'integer':
      return sql`toString(${value})`;
    case 'duration':
      return sql`toFloat64(${value})`;
    case 'text':
    case 'texts':
    case 'number':
      return value;
  }
}
