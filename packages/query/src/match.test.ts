import { emptyAttributes } from '@tendril/model/attribute';
import type { LogRecord } from '@tendril/model/log-record';
import { describe, expect, test } from 'vitest';

import { readQuery } from './check.ts';
import { matcherOf } from './match.ts';
import { TEST_CONTEXT } from './testing/test-context.ts';

const RECORD: LogRecord = {
  id: '00000000a1f30007',
  timestamp: '1780390443101000000',
  observedTimestamp: '1780390444000000000',
  severityText: 'WARN',
  severityNumber: 13,
  body: '发送消息失败 error: dial tcp 10.0.0.1:8080, connection refused (attempt 3)',
  original: '',
  serviceName: 'openim-api',
  environment: 'prod',
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: '',
  operationId: '0b6f6c0e',
  patternId: '9f31c06ad2e1b044',
  resource: { 'host.name': 'node-3', status: 'up' },
  scope: { name: 'gin' },
  attributes: {
    status: 200,
    'http.status_code': '503',
    ok: true,
    tags: ['a', 'urgent'],
    ip: '10.9.9.9:443',
    latency_ms: 120,
    userID: 'u1001',
    cost: '120ms',
    errCode: 1001,
    source: 'nginx',
  },
};

describe('matcherOf', () => {
  test.each([
    '*',
    'level >= warn and not level:error',
    'message:"Connection Refused"',
    'message:refused nothing',
    'message:"*消息失败*" and message:消息',
    'body:/attempt \\d/',
    '"openim-api"',
    'openim-* and not openim',
    'u1001 and 0af7651916cd43dd8448eb211c80319c',
    'status:200 and status:up and attributes.status:"200"',
    'http.status_code >= 500 and http.status_code:503',
    'ok:true and tags:urgent and ip:10.0.0.0/8',
    'latency_ms > 100ms and latency_ms < 0.2s and duration:120ms',
    'user_id:u1001 and errorCode:1001 and errorCode < 2000',
    'source:nginx and caller:"" and not caller:*',
    'host.name:node* and not resource.host.name:node',
    'timestamp:2026-06-02 and timestamp >= now and id:00000000A1F30007',
    'pattern:9f31* and opid:(x or 0b6f6c0e) and scope:gin and env:prod',
  ])('takes the record for %s', (text) => {
    expect(takes(text)).toBe(true);
  });

  test.each([
    'not *',
    'message:refuse',
    'message:"refused connection"',
    'level:custom',
    'service:Openim-api',
    'opid:0b6f',
    'tags:URGENT',
    'body:/Attempt/',
    'body:/^connection/',
    'ip:10.9.9.9',
    'timestamp < 2026-06-02',
    'span_id:*',
  ])('leaves the record for %s', (text) => {
    expect(takes(text)).toBe(false);
  });

  test('does not take a key from the prototype for an attribute', () => {
    const attribute = { scope: 'attribute', types: ['string'], storage: 'path' } as const;
    const names = ['constructor', '__proto__', 'toString'];
    const catalogue = {
      find: (key: string) => (names.includes(key) ? [{ key, ...attribute }] : []),
      names: () => names,
    };
    const record = { ...RECORD, attributes: { ...emptyAttributes() }, resource: {} };
    for (const name of names) {
      const query = readQuery(`${name}:*`, { catalogue, nowNs: 0n });
      expect(matcherOf(query)(record)).toBe(false);
    }
  });

  test('prefers columns that are handed in to what the attributes say', () => {
    const domain = {
      UserId: 'u2',
      ConnectionId: '',
      ConversationId: '',
      ErrorCode: '',
      Caller: '',
      DurationNs: 0n,
    };
    const matches = matcherOf(readQuery('user_id:u2 and not duration:*', TEST_CONTEXT));
    expect(matches(RECORD, domain)).toBe(true);
    expect(matches(RECORD)).toBe(false);
  });

  test('is not slowed by a regular expression made to be slow', () => {
    const record = { ...RECORD, body: 'a'.repeat(2_000) };
    expect(matcherOf(readQuery('body:/(a*)*(a*)*b/', TEST_CONTEXT))(record)).toBe(false);
  });
});

function takes(text: string): boolean {
  return matcherOf(readQuery(text, TEST_CONTEXT))(RECORD);
}
