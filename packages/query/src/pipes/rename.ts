/** Other names for columns. */
import { definePipe, printName, type PipeDefinition } from './pipe.ts';
import { type Stage, cellNamed, refuseTwins } from './stage.ts';
import type { Cell, Column } from '../column.ts';

export const renamePipe: PipeDefinition = definePipe({
  name: 'rename',
  aliases: ['mv'],
  syntax: 'FIELD as NAME, …',
  summary: { en: 'Gives columns other names.', zh: '给列改名。' },
  details: [
    {
      en: 'A record keeps its own fields: it gets another one with the new name.',
      zh: '日志保留原有字段，并多出一个新名称的字段。',
    },
  ],
  examples: [
    {
      query: '* | top 5 service.name | rename count as records',
      says: { en: 'the column is called “records”', zh: '把列名改为 records' },
    },
  ],
  readArguments: (reader) => ({
    items: reader.bareList(() => {
      const name = reader.field();
      if (!reader.keyword('as')) throw reader.refused('“as” and the new name', ['as']);
      return { name, as: reader.newName() };
    }),
  }),
  print: ({ items }) =>
    items.map(({ name, as }) => `${printName(name)} as ${printName(as)}`).join(', '),
  apply: (before, { items, at }, context) => {
    let stage: Stage = before;
    for (const { name, as } of items) {
      stage = renamed(stage, {
        from: name.text,
        to: as.text,
        cell: cellNamed(stage, name, context),
      });
    }
    refuseTwins(shown(stage), at);
    return stage;
  },
});

interface Renaming {
  readonly from: string;
  readonly to: string;
  readonly cell: Cell;
}

function renamed(stage: Stage, { from, to, cell }: Renaming): Stage {
  const rename = (columns: readonly Column[]): readonly Column[] =>
    columns.map((column) => (column.name === from ? { name: to, cell } : column));
  if (stage.kind === 'table') return { ...stage, columns: rename(stage.columns) };
  const others = stage.added.filter(({ name }) => name !== from && name !== to);
  const visible = stage.visible && rename(stage.visible);
  return { ...stage, added: [...others, { name: to, cell }], visible };
}

function shown(stage: Stage): readonly Column[] {
  return stage.kind === 'table' ? stage.columns : (stage.visible ?? []);
}
