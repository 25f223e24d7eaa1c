/**
 * Records by what they say once their values are masked. What was learned to be one pattern is one
 * here: the table `pattern_alias` names the group of a skeleton, `patterns` what each looks like.
 */
import { type Sql, sql } from '@tendril/sql/sql';

import type { Cell, Column } from '../column.ts';
import { LIMIT_MAX } from './limit.ts';
import { definePipe, type PipeDefinition } from './pipe.ts';
import { type TableStage, define, filtered, selectedTable, unlimited } from './stage.ts';
import { QueryFailure } from '../query-failure.ts';

const ROWS_DEFAULT = 50;
/** More than one installation has; texts of others are left out. */
const TEXTS_MAX = sql`20000`;

export const patterns: PipeDefinition = definePipe({
  name: 'patterns',
  syntax: '[N]',
  summary: {
    en: 'The N most frequent kinds of messages, with `<*>` where their values differ; 50 unless told.',
    zh: '出现最多的 N 种消息，不同的值以 `<*>` 表示，默认 50 种。',
  },
  details: [
    {
      en: 'The columns are pattern, patternId, count, percent, firstSeen and lastSeen. `patternId:ID` finds the records of one.',
      zh: '列为 pattern、patternId、count、percent、firstSeen 和 lastSeen。`patternId:ID` 可找到某一种的日志。',
    },
  ],
  examples: [
    {
      query: 'level >= error | patterns 10',
      says: { en: 'the ten most frequent kinds of errors', zh: '最常见的十种错误' },
    },
  ],
  readArguments: (reader) => ({
    rows: reader.wholeNumber({ min: 1, max: LIMIT_MAX }) ?? ROWS_DEFAULT,
  }),
  print: ({ rows }) => String(rows),
  apply: (before, { rows, at }) => {
    if (before.kind === 'table') {
      throw new QueryFailure({
        code: 'query_pipe_unfit',
        detail: '“patterns” needs records: rows of a table have no pattern',
        position: at,
        hint: 'use it before pipes that make tables',
        params: { pipe: 'patterns' },
      });
    }
    const counted = selectedTable(filtered(unlimited(before), sql`PatternId != 0`), {
      columns: COUNTED,
      groupBy: ([group]) => sql`\nGROUP BY ${group?.sql ?? sql`PatternId`}`,
      order: ([group, count]) => [
        ...(count ? [{ cell: count, direction: 'desc' as const }] : []),
        ...(group ? [{ cell: group, direction: 'asc' as const }] : []),
      ],
    });
    return { ...described(counted), limit: rows };
  },
});

const LEARNED: Sql = sql`(SELECT (groupArray(SkeletonId), groupArray(GroupId)) FROM pattern_alias FINAL)`;
const GROUP: Sql = sql`transform(SkeletonId, tupleElement(${LEARNED}, 1), tupleElement(${LEARNED}, 2), PatternId)`;

const COUNTED: readonly Column[] = [
  column('group', 'integer', GROUP),
  column('count', 'integer', sql`count()`),
  column('firstSeen', 'time', sql`min(Timestamp)`),
  column('lastSeen', 'time', sql`max(Timestamp)`),
  column('aPattern', 'integer', sql`any(PatternId)`),
  column('aSkeleton', 'integer', sql`any(SkeletonId)`),
];

function column(name: string, type: Cell['type'], value: Sql): Column {
  return { name, cell: { sql: value, type, size: 1 } };
}

/** The patterns' texts are looked up for the groups alone, not for each record. */
function described(counted: TableStage): TableStage {
  const [group, count, firstSeen, lastSeen, aPattern, aSkeleton] = counted.columns.map(
    ({ cell }) => cell.sql,
  );
  if (!group || !count || !firstSeen || !lastSeen || !aPattern || !aSkeleton) return counted;
  const text = sql`if(${group} = ${aPattern}, ${textOf(aPattern, sql`PatternId`, sql`Template`)}, ${textOf(aSkeleton, sql`SkeletonId`, sql`Skeleton`)})`;
  const withText = define(counted, { sql: text, type: 'text', size: 2 });
  const hex = sql`lower(leftPad(hex(${group}), 16, '0'))`;
  const withId = define(withText.stage, { sql: hex, type: 'text', field: 'patternId', size: 1 });
  const percent = sql`round(100 * ${count} / sum(${count}) OVER (), 2)`;
  const withPercent = define(withId.stage, { sql: percent, type: 'number', size: 1 });
  return {
    ...withPercent.stage,
    columns: [
      { name: 'pattern', cell: withText.cell },
      { name: 'patternId', cell: withId.cell },
      column('count', 'integer', count),
      { name: 'percent', cell: withPercent.cell },
      column('firstSeen', 'time', firstSeen),
      column('lastSeen', 'time', lastSeen),
    ],
  };
}

function textOf(id: Sql, key: Sql, text: Sql): Sql {
  const texts = sql`(SELECT (groupArray(id), groupArray(text)) FROM (SELECT ${key} AS id, any(${text}) AS text FROM patterns GROUP BY id LIMIT ${TEXTS_MAX}))`;
  return sql`transform(${id}, tupleElement(${texts}, 1), tupleElement(${texts}, 2), '')`;
}
