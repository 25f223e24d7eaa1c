import { describe, expect, test } from 'vitest';
import { idTestKey, idTestsOf, withoutIdTests } from './absent-ids.ts';
import { fieldCatalogue } from './catalogue.ts';
import { readQuery } from './check.ts';
import type { ResolvedQuery } from './resolved.ts';

function read(text: string): ResolvedQuery {
  return readQuery(text, { catalogue: fieldCatalogue([]), nowNs: 0n });
}

function withoutAll(text: string): ResolvedQuery {
  const query = read(text);
  return withoutIdTests(query, new Set(idTestsOf(query).map(idTestKey)));
}

describe('ids that no record has', () => {
  test.each([
    ['timeout', 'body:timeout'],
    ['not timeout', 'not body:timeout'],
    [
      'level:error and (timeout or "pool exhausted")',
      'level:error and (body:timeout or body:"pool exhausted")',
    ],
  ])('leave of “%s” what is said of the message', (text, left) => {
    expect(withoutAll(text)).toEqual(read(left));
  });

  test.each(['service.name:gateway or user_id:7', 'operationID:op1', 'level:error', ''])(
    'are not looked for in “%s”, which names its fields',
    (text) => {
      expect(idTestsOf(read(text))).toEqual([]);
    },
  );

  test('are left out one by one', () => {
    const query = read('op1704955171708');
    const tests = idTestsOf(query);
    const [kept, ...absent] = tests;
    expect(tests.length).toBeGreaterThan(3);
    const left = withoutIdTests(query, new Set(absent.map(idTestKey)));
    expect(idTestsOf(left)).toEqual([kept]);
  });
});
