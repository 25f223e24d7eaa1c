/** The order of rows. */
import type { Name } from '../pipe-reader.ts';
import { definePipe, printName, type PipeDefinition } from './pipe.ts';
import { type SortKey, cellNamed, unlimited } from './stage.ts';

export const sort: PipeDefinition = definePipe({
  name: 'sort',
  aliases: ['order'],
  syntax: '[by] FIELD [asc|desc], …',
  summary: {
    en: 'Orders the rows; ascending unless told.',
    zh: '给行排序，默认升序。',
  },
  details: [
    {
      en: 'Rows that are equal keep the order that they had. Numbers without a value come last either way.',
      zh: '相等的行保持原来的顺序。没有值的数字无论升序还是降序都排在最后。',
    },
  ],
  examples: [
    {
      query: 'duration > 1s | sort duration desc | limit 20',
      says: { en: 'the 20 slowest', zh: '最慢的 20 条' },
    },
  ],
  readArguments: (reader) => {
    reader.keyword('by');
    return {
      keys: reader.list((): { name: Name; direction: 'asc' | 'desc' } => {
        const name = reader.field();
        return { name, direction: reader.keyword('asc', 'desc') === 'desc' ? 'desc' : 'asc' };
      }),
    };
  },
  print: ({ keys }) =>
    keys
      .map(({ name, direction }) => printName(name) + (direction === 'desc' ? ' desc' : ''))
      .join(', '),
  apply: (before, { keys }, context) => {
    const stage = unlimited(before);
    const order = keys.map(({ name, direction }): SortKey => ({
      cell: cellNamed(stage, name, context),
      direction,
    }));
    const isNew = (key: SortKey): boolean => order.every(({ cell }) => cell !== key.cell);
    return { ...stage, order: [...order, ...stage.order.filter(isNew)] };
  },
});
