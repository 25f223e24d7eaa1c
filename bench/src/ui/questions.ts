/**
 * What a person asks of the log page, one after the other: much and little, whole words and parts of them, ids. No
 * two are equal, as no two of a person are: each is about another word, service or id, and ends when it is asked.
 */
import type { LogRecord } from '@tendril/model/log-record';
import { SERVICES } from '@tendril/testkit/load/vocabulary';
import { postLines } from '../tendril-api.ts';

export interface Question {
  readonly kind: string;
  readonly query: string;
}

const LEVELS = ['level:error', 'level >= warn', 'level:debug', 'level:warn'] as const;
const WORDS = ['handshake', 'rotated', 'fired', 'mismatch', 'limits', 'retry'] as const;
const PARTS = ['eadlin', 'uplicat', 'ndshak', 'chedul'] as const;
const CHINESE = ['正在使用', '离线推', '数据库超时', '令牌摘'] as const;
const HOSTS = ['node-1', 'node-3', 'node-5', 'node-7'] as const;

/** Twenty, the frequent kinds more than once. */
export function questionsOf(samples: readonly LogRecord[], round: number): readonly Question[] {
  const pick = (values: readonly string[], at = 0): string =>
    values[(round * 3 + at) % values.length] ?? '';
  return [
    { kind: 'everything', query: '' },
    { kind: 'a level', query: pick(LEVELS) },
    { kind: 'service and level', query: `service.name:${pick(SERVICES)} and ${pick(LEVELS, 1)}` },
    { kind: 'a word of the message', query: `body:${pick(WORDS)}` },
    { kind: 'an operation', query: `operationID:${sampled(samples, round).operationId}` },
    { kind: 'a level', query: pick(LEVELS, 2) },
    { kind: 'a word anywhere', query: pick(WORDS, 1) },
    { kind: 'service and level', query: `service.name:${pick(SERVICES, 4)} and level:error` },
    { kind: 'a user', query: `userID:${String(sampled(samples, round).attributes['userID'])}` },
    { kind: 'word, not another', query: `body:${pick(WORDS, 2)} and not websocket` },
    { kind: 'part of a word', query: `body:*${pick(PARTS)}*` },
    { kind: 'everything', query: '*' },
    { kind: 'an attribute', query: `host.name:${pick(HOSTS)} and level:error` },
    { kind: 'a word of the message', query: `body:"deadline exceeded, attempt" and level:error` },
    { kind: 'part of a Chinese text', query: `body:${pick(CHINESE)}` },
    { kind: 'service and level', query: `service.name:openim-r* and ${pick(LEVELS, 3)}` },
    { kind: 'an operation', query: sampled(samples, round + 1).operationId },
    { kind: 'a word anywhere', query: `${pick(WORDS, 4)} and level:error` },
    { kind: 'a trace', query: `trace_id:${sampled(samples, round).traceId}` },
    { kind: 'a pattern of characters', query: `body:/attempt 1\\d+${round % 10},/` },
  ];
}

function sampled(samples: readonly LogRecord[], at: number): LogRecord {
  const record = samples[(at * 7) % samples.length];
  if (record === undefined) throw new Error('no record has an operation, a user and a trace');
  return record;
}

/** Records whose ids are asked for. */
export async function sampleRecords(url: string): Promise<readonly LogRecord[]> {
  const events = await postLines(`${url}/api/v1/logs/search`, {
    from: 'now-12h',
    to: 'now-1s',
    query: 'operationID:* and userID:* and trace_id:* and service.name:openim-*',
    limit: 100,
  });
  return events.flatMap((event) => (event['kind'] === 'row' ? [event['record'] as LogRecord] : []));
}
