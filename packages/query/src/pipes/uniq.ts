/** Each combination of values once. */
import { joinSql, sql } from '@tendril/sql/sql';

import { definePipe, printNames, type PipeDefinition } from './pipe.ts';
import { cellNamed, refuseTwins, selectedTable, unlimited } from './stage.ts';

export const uniq: PipeDefinition = definePipe({
  name: 'uniq',
  aliases: ['distinct'],
  syntax: '[by] FIELD, …',
  summary: { en: 'Each combination of values once.', zh: '每种取值组合只出现一次。' },
  details: [],
  examples: [
    {
      query: '"index out of range" | uniq operationId',
      says: { en: 'the operations that had it', zh: '出现过该错误的操作' },
    },
  ],
  readArguments: (reader) => {
    reader.keyword('by');
    return { names: reader.list(() => reader.field()) };
  },
  print: ({ names }) => printNames(names),
  apply: (before, { names, at }, context) => {
    const stage = unlimited(before);
    const columns = names.map((name) => ({
      name: name.text,
      cell: cellNamed(stage, name, context),
    }));
    refuseTwins(columns, at);
    return selectedTable(stage, {
      columns,
      groupBy: (cells) =>
        sql`\nGROUP BY ${joinSql(
          cells.map((cell) => cell.sql),
          ', ',
        )}`,
      order: (cells) => cells.map((cell) => ({ cell, direction: 'asc' })),
    });
  },
});
