/** Which columns are shown. */
import { definePipe, printName, type PipeDefinition } from './pipe.ts';
import { columnsNamed, refuseTwins } from './stage.ts';
import { QueryFailure } from '../query-failure.ts';

/** More columns than anybody reads; a star may mean thousands of attributes. */
export const COLUMNS_MAX = 200;

export const fields: PipeDefinition = definePipe({
  name: 'fields',
  aliases: ['keep'],
  syntax: 'FIELD [as NAME], …',
  summary: {
    en: 'Shows these fields as columns, in this order.',
    zh: '按此顺序把这些字段显示为列。',
  },
  details: [
    {
      en: 'A `*` in a name means all fields that fit. Pipes that follow still see the other fields of the records.',
      zh: '名称中的 `*` 表示所有匹配的字段。之后的管道仍能看到日志的其他字段。',
    },
  ],
  examples: [
    {
      query: 'level:error | fields timestamp, service.name, body',
      says: { en: 'errors as a table of three columns', zh: '把错误显示为三列的表格' },
    },
  ],
  readArguments: (reader) => ({
    items: reader.list(() => {
      const name = reader.field();
      return { name, as: reader.keyword('as') ? reader.newName() : undefined };
    }),
  }),
  print: ({ items }) =>
    items.map(({ name, as }) => printName(name) + (as ? ` as ${printName(as)}` : '')).join(', '),
  apply: (stage, { items, at }, context) => {
    const columns = items.flatMap(({ name, as }) => {
      const found = columnsNamed(stage, name, context);
      return as ? found.map(({ cell }) => ({ name: as.text, cell })) : found;
    });
    if (columns.length > COLUMNS_MAX) {
      throw new QueryFailure({
        code: 'query_too_many_clauses',
        detail: `these names mean ${columns.length} fields, the limit is ${COLUMNS_MAX}`,
        position: at,
        params: { clausesMax: COLUMNS_MAX },
      });
    }
    refuseTwins(columns, at);
    if (stage.kind === 'table') return { ...stage, columns };
    const renamed = columns.filter((_column, index) => items[index]?.as !== undefined);
    return { ...stage, visible: columns, added: [...stage.added, ...renamed] };
  },
});
