/** The most frequent values. */
import { joinSql, sql } from '@tendril/sql/sql';

import type { Cell } from '../column.ts';
import { cellExists } from './cell.ts';
import { LIMIT_DEFAULT, LIMIT_MAX } from './limit.ts';
import { definePipe, printNames, type PipeDefinition } from './pipe.ts';
import { cellNamed, define, filtered, refuseTwins, selectedTable, withColumn } from './stage.ts';

export const top: PipeDefinition = definePipe({
  name: 'top',
  syntax: '[N] [by] FIELD, …',
  summary: {
    en: 'The N most frequent values, with their count and their share in percent; 10 unless told.',
    zh: '出现最多的 N 个值，以及次数和百分比，默认 10 个。',
  },
  details: [
    {
      en: 'Several fields are counted together. Rows that have none of them are left out, also of the percentage.',
      zh: '多个字段按组合计数。这些字段都没有的行不计入，也不计入百分比。',
    },
  ],
  examples: [
    {
      query: 'level:error | top 5 service.name',
      says: { en: 'the five services with the most errors', zh: '错误最多的五个服务' },
    },
  ],
  readArguments: (reader) => {
    const rows = reader.wholeNumber({ min: 1, max: LIMIT_MAX }) ?? LIMIT_DEFAULT;
    reader.keyword('by');
    return { rows, names: reader.list(() => reader.field()) };
  },
  print: ({ rows, names }) => `${rows} ${printNames(names)}`,
  apply: (before, { rows, names, at }, context) => {
    const found = names.map((name) => cellNamed(before, name, context));
    const exist = joinSql(found.map(cellExists), ' OR ');
    const stage = filtered(before, sql`(${exist})`);
    const count: Cell = { sql: sql`count()`, type: 'integer', size: 1 };
    const columns = [
      ...found.map((cell, index) => ({ name: names[index]?.text ?? '', cell })),
      { name: 'count', cell: count },
    ];
    const counted = selectedTable(stage, {
      columns,
      groupBy: (cells) =>
        sql`\nGROUP BY ${joinSql(
          cells.slice(0, -1).map((cell) => cell.sql),
          ', ',
        )}`,
      order: (cells) => [
        ...cells.slice(-1).map((cell) => ({ cell, direction: 'desc' as const })),
        ...cells.slice(0, -1).map((cell) => ({ cell, direction: 'asc' as const })),
      ],
    });
    const counts = counted.columns.at(-1)?.cell.sql ?? count.sql;
    const percent: Cell = {
      sql: sql`round(100 * ${counts} / sum(${counts}) OVER (), 2)`,
      type: 'number',
      size: 1,
    };
    const { stage: shared, cell } = define(counted, percent);
    const table = withColumn(shared, { name: 'percent', cell });
    refuseTwins(table.columns, at);
    return { ...table, limit: rows };
  },
});
