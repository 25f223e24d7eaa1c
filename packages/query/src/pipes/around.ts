/** What lies before and after the records that match. */
import { QueryFailure } from '../query-failure.ts';
import { definePipe, type PipeDefinition } from './pipe.ts';

const RECORDS_DEFAULT = 5;
/** On each side of each record. */
const RECORDS_MAX = 1_000;

export const around: PipeDefinition = definePipe({
  name: 'around',
  syntax: '[N] [before N] [after N]',
  summary: {
    en: 'Adds what lies around each record: N records before it and N after it, of the same source; 5 unless told.',
    zh: '加上每条日志前后的内容：同一来源的前 N 条和后 N 条，默认各 5 条。',
  },
  details: [
    {
      en: 'Of the newest 20 records that match. The same source means the same resource: the service, host and instance that wrote it. This must be the last pipe.',
      zh: '只取最新的 20 条匹配的日志。同一来源指同一资源，即写下它的服务、主机和实例。它必须是最后一个管道。',
    },
  ],
  examples: [
    {
      query: '"index out of range" | around before 20 after 2',
      says: { en: 'each with 20 records before and 2 after', zh: '每条带上之前 20 条和之后 2 条' },
    },
  ],
  readArguments: (reader) => {
    const number = (): number | undefined => reader.wholeNumber({ min: 0, max: RECORDS_MAX });
    const both = number();
    let before = both;
    let after = both;
    for (let side = reader.keyword('before', 'after'); side;) {
      const records = number();
      if (records === undefined) throw reader.refused('a number', ['number']);
      if (side === 'before') before = records;
      else after = records;
      side = reader.keyword('before', 'after');
    }
    const isGiven = before !== undefined || after !== undefined;
    const otherwise = isGiven ? 0 : RECORDS_DEFAULT;
    return { before: before ?? otherwise, after: after ?? otherwise };
  },
  print: ({ before, after }) => `before ${before} after ${after}`,
  apply: (stage, { before, after, at }) => {
    if (stage.kind === 'records' && stage.visible === undefined && stage.order.length === 0) {
      return { ...stage, around: { before, after } };
    }
    throw new QueryFailure({
      code: 'query_pipe_unfit',
      detail: '“around” needs whole records, newest first',
      position: at,
      hint: 'use it after conditions and “limit” alone',
      params: { pipe: 'around' },
    });
  },
});
