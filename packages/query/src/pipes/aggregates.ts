/** Functions of `| stats`, each with its words. */
import { type Sql, decimal, joinSql, sql } from '@tendril/sql/sql';

import type { TableColumnType } from '@tendril/api/table';
import type { Cell } from '../column.ts';
import { cellExists, cellNumber, cellText } from './cell.ts';
import type { Bilingual } from './pipe.ts';

/** What a function is given. */
export interface Aggregation {
  readonly cells: readonly Cell[];
  /** Only rows that this holds for. */
  readonly condition: Sql | undefined;
  /** Whether rows are records, which have an order in time. */
  readonly ofRecords: boolean;
}

export type Aggregated = Pick<Cell, 'sql' | 'type' | 'field'>;

/** Undefined: the fields are of no type that the function takes. */
export type Aggregate = (aggregation: Aggregation) => Aggregated | undefined;

export interface AggregateFunction {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly fields: { readonly min: number; readonly max: number };
  /** Of the quantile that a first argument names. */
  readonly takesLevel?: boolean;
  readonly says: Bilingual;
  readonly lower: (level: number) => Aggregate;
}

const NO_FIELD = { min: 0, max: 0 } as const;
const ONE_FIELD = { min: 1, max: 1 } as const;
const FIELDS = { min: 1, max: 8 } as const;

/** More values of one group than anybody reads. */
const VALUES_MAX = 100;

export const AGGREGATE_FUNCTIONS: readonly AggregateFunction[] = [
  {
    name: 'count',
    aliases: [],
    fields: { ...NO_FIELD, max: 1 },
    says: { en: 'rows; with a field, rows that have it', zh: '行数；给出字段时为有该字段的行数' },
    lower: () => count,
  },
  {
    name: 'count_uniq',
    aliases: ['dcount', 'count_distinct', 'uniq'],
    fields: FIELDS,
    says: { en: 'different values, exactly', zh: '不同值的个数，精确' },
    lower: () => countUniq,
  },
  number('sum', [], { en: 'sum', zh: '总和' }, sql`sum`),
  number('avg', ['mean'], { en: 'average', zh: '平均值' }, sql`avg`),
  extreme(
    'min',
    { en: 'smallest; of text the first in order', zh: '最小值；文本按顺序取最前' },
    sql`min`,
  ),
  extreme(
    'max',
    { en: 'greatest; of text the last in order', zh: '最大值；文本按顺序取最后' },
    sql`max`,
  ),
  {
    name: 'quantile',
    aliases: ['percentile'],
    fields: ONE_FIELD,
    takesLevel: true,
    says: {
      en: 'the value below which a share of the values lie, exactly: quantile(0.95, duration)',
      zh: '分位数，精确：quantile(0.95, duration)',
    },
    lower: quantile,
  },
  ...[50, 75, 90, 95, 99].map((percent): AggregateFunction => ({
    name: `p${percent}`,
    aliases: percent === 50 ? ['median'] : [],
    fields: ONE_FIELD,
    says: { en: `quantile ${percent / 100}`, zh: `${percent / 100} 分位数` },
    lower: () => quantile(percent / 100),
  })),
  {
    name: 'values',
    aliases: [],
    fields: ONE_FIELD,
    says: { en: `up to ${VALUES_MAX} different values`, zh: `最多 ${VALUES_MAX} 个不同的值` },
    lower: () => values,
  },
  {
    name: 'first',
    aliases: ['earliest'],
    fields: ONE_FIELD,
    says: { en: 'value of the oldest record that has one', zh: '最早一条有该字段的日志的值' },
    lower: () => byTime(sql`argMin`),
  },
  {
    name: 'last',
    aliases: ['latest'],
    fields: ONE_FIELD,
    says: { en: 'value of the newest record that has one', zh: '最新一条有该字段的日志的值' },
    lower: () => byTime(sql`argMax`),
  },
];

function count({ cells: [cell], condition }: Aggregation): Aggregated {
  const conditions = [...(cell ? [cellExists(cell)] : []), ...(condition ? [condition] : [])];
  if (conditions.length === 0) return { sql: sql`count()`, type: 'integer' };
  return { sql: sql`countIf(${joinSql(conditions, ' AND ')})`, type: 'integer' };
}

function countUniq({ cells, condition }: Aggregation): Aggregated {
  const exists = sql`(${joinSql(cells.map(cellExists), ' OR ')})`;
  const wanted = condition ? sql`${exists} AND ${condition}` : exists;
  const texts = joinSql(cells.map(cellText), ', ');
  return { sql: sql`uniqExactIf(${texts}, ${wanted})`, type: 'integer' };
}

function number(
  name: string,
  aliases: readonly string[],
  says: Bilingual,
  aggregate: Sql,
): AggregateFunction {
  const lower: Aggregate = ({ cells: [cell], condition }) => {
    const value = cell && cellNumber(cell);
    if (!value) return undefined;
    return { sql: applied(aggregate, value, condition), type: numberType(cell.type) };
  };
  return { name, aliases, fields: ONE_FIELD, says, lower: () => lower };
}

function numberType(type: TableColumnType): TableColumnType {
  return type === 'duration' ? 'duration' : 'number';
}

/** Nothing where no row has a value: an aggregate of no numbers would be 0, which nobody measured. */
function applied(aggregate: Sql, value: Sql, condition: Sql | undefined): Sql {
  const nullable = sql`toNullable(${value})`;
  return condition
    ? sql`${aggregate}If(${nullable}, ${condition})`
    : sql`${aggregate}(${nullable})`;
}

function extreme(name: string, says: Bilingual, aggregate: Sql): AggregateFunction {
  const lower: Aggregate = ({ cells: [cell], condition }) => {
    if (!cell || cell.type === 'texts') return undefined;
    const { type } = cell;
    if (type !== 'text') return { sql: applied(aggregate, cell.sql, condition), type };
    const wanted = condition ? sql`${cellExists(cell)} AND ${condition}` : cellExists(cell);
    return { sql: sql`${aggregate}If(${cell.sql}, ${wanted})`, type };
  };
  return { name, aliases: [], fields: ONE_FIELD, says, lower: () => lower };
}

function quantile(level: number): Aggregate {
  return ({ cells: [cell], condition }) => {
    const value = cell && cellNumber(cell);
    if (!value) return undefined;
    const nullable = sql`toNullable(${value})`;
    const type = numberType(cell.type);
    if (!condition)
      return { sql: sql`quantileExactInclusive(${decimal(level)})(${nullable})`, type };
    return {
      sql: sql`quantileExactInclusiveIf(${decimal(level)})(${nullable}, ${condition})`,
      type,
    };
  };
}

function values({ cells: [cell], condition }: Aggregation): Aggregated | undefined {
  if (!cell) return undefined;
  const wanted = condition ? sql`${cellExists(cell)} AND ${condition}` : cellExists(cell);
  const unique = sql`groupUniqArrayIf(${decimal(VALUES_MAX)})(${cellText(cell)}, ${wanted})`;
  return { sql: sql`arraySort(${unique})`, type: 'texts', ...withField(cell) };
}

function byTime(aggregate: Sql): Aggregate {
  return ({ cells: [cell], condition, ofRecords }) => {
    if (!cell || !ofRecords || cell.type === 'texts') return undefined;
    const wanted = condition ? sql`${cellExists(cell)} AND ${condition}` : cellExists(cell);
    const type = cell.type;
    const value = type === 'text' || type === 'level' ? cell.sql : sql`toNullable(${cell.sql})`;
    return {
      sql: sql`${aggregate}If(${value}, (Timestamp, RecordId), ${wanted})`,
      type,
      ...withField(cell),
    };
  };
}

function withField({ field }: Cell): Pick<Cell, 'field'> {
  return field === undefined ? {} : { field };
}
