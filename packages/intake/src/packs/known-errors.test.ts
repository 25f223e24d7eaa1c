import { describe, expect, test } from 'vitest';
import type { AttributeValue } from '@tendril/model/attribute';
import { knownErrorsOf, readPacks } from './load-packs.ts';

const known = knownErrorsOf(readPacks({ sections: ['errors', 'codes'] }));

function record(
  body: string,
  attributes: Readonly<Record<string, AttributeValue>> = {},
  serviceName = '',
): Parameters<typeof known.match>[0] {
  return { body, serviceName, attributes: new Map(Object.entries(attributes)) };
}

function ids(...given: Parameters<typeof record>): readonly string[] {
  return known.match(record(...given)).map(({ spec }) => spec.id);
}

describe('KnownErrors', () => {
  test('looks into the message and into what else speaks of errors', () => {
    const text = 'dial tcp 127.0.0.1:16379: connect: connection refused';
    expect(ids(text)).toEqual(['network.connection-refused']);
    expect(ids('cannot start', { error: text })).toEqual(['network.connection-refused']);
    expect(ids('cannot start', { 'exception.stacktrace': text })).toHaveLength(1);
    expect(ids('sent', { reqBody: text })).toEqual([]);
  });

  test('knows an error by a field alone', () => {
    expect(ids('rpc failed', { errCode: 14 })).toEqual(['openim.rpc-down']);
    expect(ids('rpc failed', { errCode: '14' })).toEqual(['openim.rpc-down']);
    expect(ids('rpc failed', { errCode: 140 })).toEqual([]);
  });

  test('puts the surest first, what only says that something is wrong last', () => {
    const [first, ...others] = ids(
      'panic: runtime error: invalid memory address or nil pointer dereference',
    );
    expect(first).toBe('go.nil-pointer');
    expect(others).toEqual(['go.panic']);
  });

  test('ordinary lines show nothing', () => {
    const lines = [
      'http request processed',
      'Server listening on 0.0.0.0:10002',
      'connection established',
      'user u1 logged in',
      '消息发送成功',
    ];
    for (const line of lines) expect(ids(line)).toEqual([]);
  });

  test('codes mean what their table says, and tables disagree', () => {
    const found = known.codes(record('login failed', { errCode: 1501 }, 'openim-api'));
    expect(found[0]).toMatchObject({
      table: { id: 'openim.server' },
      code: { name: 'TokenExpiredError', kind: 'refusal' },
    });
    expect(known.explain('10003').map(({ table }) => table.id)).toEqual([
      'openim.server-legacy',
      'openim.sdk',
      'openim.indexeddb',
    ]);
    expect(known.explain('1006', 'websocket.close')).toMatchObject([
      { code: { reconnect: true, meaning: { zh: expect.stringContaining('断网') } } },
    ]);
    expect(known.codes(record('x', { 'process.exit.code': 137 }))).toMatchObject([
      { code: { name: 'SIGKILL' } },
    ]);
    expect(known.explain('999999')).toEqual([]);
  });

  test('looks at the first 64 KiB of a record', () => {
    const text = 'no space left on device';
    const at = 64 * 1024;
    expect(ids(`${'x'.repeat(at - text.length)}${text}`)).toEqual(['build.disk-full']);
    expect(ids(`${'x'.repeat(at - text.length + 1)}${text}`)).toEqual([]);
  });

  test('hostile attributes are attributes', () => {
    expect(ids('x', { __proto__: 'y', constructor: 'connection refused' })).toEqual([]);
  });
});
