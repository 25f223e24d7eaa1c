import { describe, expect, test } from 'vitest';
import { RedisError } from './resp.ts';
import { RedisStore } from './redis-store.ts';

const READ = 'XREADGROUP GROUP g c COUNT 10 BLOCK 5 STREAMS s >'.split(' ');
const add = (value: string): readonly string[] => [
  'XADD',
  's',
  'MAXLEN',
  '~',
  '9',
  '*',
  'v',
  value,
];

function started(bytesMax = 0): RedisStore {
  const store = new RedisStore(() => bytesMax);
  store.run(['XGROUP', 'CREATE', 's', 'g', '$', 'MKSTREAM']);
  return store;
}

describe('the stand-in for Redis', () => {
  test('a group gets each message once, in order', () => {
    const store = started();
    store.run(add('1'));
    store.run(add('2'));
    expect(JSON.stringify(store.run(READ))).toMatch(/\["v","1"\].*\["v","2"\]/);
    expect(store.run(READ)).toBeNull();
  });

  test('a full memory refuses writes and still reads', () => {
    const store = started(8);
    expect(store.run(add('too much for it'))).toBeInstanceOf(RedisError);
    expect(store.run(['GET', 'x'])).toBeNull();
  });

  test('counts, keeps values, and says what it does not know', () => {
    const store = started();
    store.run(['INCR', 'n']);
    expect(store.run(['INCR', 'n'])).toBe(2);
    store.run(['SET', 'k', 'v']);
    expect(store.run(['GET', 'k'])).toBe('v');
    expect(store.run(['FLUSHALL'])).toEqual(new RedisError("ERR unknown command 'FLUSHALL'"));
  });
});
