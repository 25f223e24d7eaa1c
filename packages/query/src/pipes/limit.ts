/** The first rows. */
import { definePipe, type PipeDefinition } from './pipe.ts';

export const LIMIT_DEFAULT = 10;
/** Of what may be asked for; answers have limits of their own. */
export const LIMIT_MAX = 10_000_000;

export const limit: PipeDefinition = definePipe({
  name: 'limit',
  aliases: ['head'],
  syntax: '[N]',
  summary: { en: 'Keeps the first N rows; 10 unless told.', zh: '保留前 N 行，默认 10 行。' },
  details: [
    {
      en: 'Without `sort` the first records are the newest ones.',
      zh: '没有 `sort` 时，最前面的是最新的日志。',
    },
  ],
  examples: [
    {
      query: 'level:error | limit 100 | stats count() by service.name',
      says: { en: 'services of the newest 100 errors', zh: '最新 100 条错误属于哪些服务' },
    },
  ],
  readArguments: (reader) => ({
    rows: reader.wholeNumber({ min: 1, max: LIMIT_MAX }) ?? LIMIT_DEFAULT,
  }),
  print: ({ rows }) => String(rows),
  apply: (stage, { rows }) => ({ ...stage, limit: Math.min(rows, stage.limit ?? rows) }),
});
