/** Conditions after other pipes. On records they join the filter in front, so indexes serve them too. */
import { checkQuery } from '../check.ts';
import { printQuery } from '../print.ts';
import { definePipe, type PipeDefinition } from './pipe.ts';
import { columnsOf, filteredTable, unlimited } from './stage.ts';

export const where: PipeDefinition = definePipe({
  name: 'where',
  aliases: ['filter'],
  syntax: 'CONDITION',
  summary: {
    en: 'Keeps the rows that a condition holds for.',
    zh: '只保留满足条件的行。',
  },
  details: [
    {
      en: 'The condition is written as before the first pipe. After a pipe that makes a table it speaks of the columns of that table: numbers, durations, levels and times compare as such, text is compared whole and with `*`.',
      zh: '条件的写法与第一个管道之前相同。在生成表格的管道之后，条件针对表格的列：数字、时长、级别和时间按各自的类型比较，文本整体比较，可用 `*`。',
    },
  ],
  examples: [
    {
      query: '* | stats count() as records by service.name | where records > 1000',
      says: { en: 'services with more than 1,000 records', zh: '日志超过 1000 条的服务' },
    },
  ],
  readArguments: (reader) => ({ condition: reader.filter() }),
  print: ({ condition }) => printQuery(condition),
  apply: (before, { condition }, context) => {
    const stage = unlimited(before);
    const query = checkQuery(condition, { ...context, columns: columnsOf(stage) });
    const lowered = context.lower(query);
    if (stage.kind === 'table') return filteredTable(stage, lowered);
    return {
      ...stage,
      filters: [...stage.filters, query],
      conditions: [...stage.conditions, lowered],
    };
  },
});
