/**
 * A checked query to a ClickHouse condition over the table `logs`. Values are bound, names quoted. No
 * condition is ever NULL, so that `NOT` keeps the records that lack a field.
 *
 * Resource attributes lie in a table of their own: what a query says of them becomes
 * `ResourceId IN (SELECT …)`, one for each group.
 */
import { type Sql, identifier, int64, joinSql, sql } from '@tendril/sql/sql';

import { cellCondition } from './lower-cell.ts';
import { textCondition } from './lower-text.ts';
import {
  attributeCondition,
  columnCondition,
  hexCondition,
  resourceCondition,
} from './lower-value.ts';
import type { ResolvedQuery, Test } from './resolved.ts';

export interface LowerOptions {
  /** Table of resource attributes; a cluster has another name for it. */
  readonly resourcesTable?: string;
  /** What is lowered instead of a query, as far as it means the same. */
  readonly rewrite?: (query: ResolvedQuery) => ResolvedQuery;
}

/** The condition of a WHERE clause. */
export function lowerQuery(query: ResolvedQuery, options: LowerOptions = {}): Sql {
  const { resourcesTable = 'resources', rewrite } = options;
  return lowerMixed(rewrite ? rewrite(query) : query, resourcesTable);
}

function lowerMixed(query: ResolvedQuery, resourcesTable: string): Sql {
  if (isAboutResources(query)) return resourcesCondition([query], 'and', resourcesTable);
  if (query.kind !== 'and' && query.kind !== 'or') {
    return lowerWith(query, (operand) => lowerMixed(operand, resourcesTable));
  }
  const others = query.operands.filter((operand) => !isAboutResources(operand));
  const resources = query.operands.filter(isAboutResources);
  const conditions = others.map((operand) => lowerMixed(operand, resourcesTable));
  if (resources.length > 0) {
    conditions.push(resourcesCondition(resources, query.kind, resourcesTable));
  }
  return joinConditions(query.kind, conditions);
}

function isAboutResources(query: ResolvedQuery): boolean {
  switch (query.kind) {
    case 'and':
    case 'or':
      return query.operands.every(isAboutResources);
    case 'not':
      return isAboutResources(query.operand);
    case 'value':
      return query.target.kind === 'resource';
    case 'all':
    case 'text':
    case 'cell':
    case 'hex':
    case 'integer':
    case 'time':
      return false;
  }
}

function resourcesCondition(
  operands: readonly ResolvedQuery[],
  kind: 'and' | 'or',
  resourcesTable: string,
): Sql {
  const where = joinConditions(kind, operands.map(lowerPlain));
  return sql`ResourceId IN (SELECT ResourceId FROM ${identifier(resourcesTable)} WHERE ${where})`;
}

function lowerPlain(query: ResolvedQuery): Sql {
  return lowerWith(query, lowerPlain);
}

function lowerWith(query: ResolvedQuery, lowerOperand: (operand: ResolvedQuery) => Sql): Sql {
  switch (query.kind) {
    case 'all':
      return sql`true`;
    case 'not':
      return sql`NOT (${lowerOperand(query.operand)})`;
    case 'and':
    case 'or':
      return joinConditions(query.kind, query.operands.map(lowerOperand));
    case 'text':
    case 'value':
    case 'cell':
    case 'hex':
    case 'integer':
    case 'time':
      return testCondition(query);
  }
}

function joinConditions(kind: 'and' | 'or', conditions: readonly Sql[]): Sql {
  const [only] = conditions;
  if (conditions.length === 1 && only) return only;
  return sql`(${joinSql(conditions, kind === 'and' ? ' AND ' : ' OR ')})`;
}

function testCondition(test: Test): Sql {
  switch (test.kind) {
    case 'text':
      return textCondition(test.column, test.test);
    case 'cell':
      return cellCondition(test.cell, test.test);
    case 'hex':
      return hexCondition(test.column, test.test);
    case 'integer':
      return between(sql`${identifier(test.column)}`, {
        least: test.min === undefined ? undefined : sql`${int64(test.min)}`,
        most: test.max === undefined ? undefined : sql`${int64(test.max)}`,
      });
    case 'time':
      return timeCondition(test);
    case 'value':
      return valueCondition(test);
  }
}

function valueCondition({ target, test }: Extract<Test, { readonly kind: 'value' }>): Sql {
  switch (target.kind) {
    case 'column':
      return columnCondition(target, test);
    case 'attribute':
      return attributeCondition(target.attribute, test);
    case 'resource':
      return resourceCondition(target.key, test);
  }
}

function between(value: Sql, bounds: { least: Sql | undefined; most: Sql | undefined }): Sql {
  const { least, most } = bounds;
  if (least && most) return sql`${value} BETWEEN ${least} AND ${most}`;
  if (least) return sql`${value} >= ${least}`;
  return most ? sql`${value} <= ${most}` : sql`true`;
}

function timeCondition({ column, fromNs, toNs }: Extract<Test, { readonly kind: 'time' }>): Sql {
  const name = identifier(column);
  const bounds = [
    ...(fromNs === undefined ? [] : [sql`${name} >= fromUnixTimestamp64Nano(${int64(fromNs)})`]),
    ...(toNs === undefined ? [] : [sql`${name} < fromUnixTimestamp64Nano(${int64(toNs)})`]),
  ];
  return joinConditions('and', bounds);
}
