import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson } from './json-text.ts';
import { topLevelEntries } from './json-entries.ts';

describe('topLevelEntries', () => {
  test('keeps repeated names in order', () => {
    expect(
      topLevelEntries('{"a":1, "b" : [1,{"a":2}] ,"a":"}\\"{", "c":{"x":"]"},"d":null}'),
    ).toEqual([
      ['a', 1],
      ['b', [1, { a: 2 }]],
      ['a', '}"{'],
      ['c', { x: ']' }],
      ['d', null],
    ]);
    expect(topLevelEntries('{}')).toEqual([]);
  });

  test('is what parsing gives when no name is repeated', () => {
    const spaces = fc.constantFrom(0, 1, 2);
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), spaces, (map, indent) => {
        const text = JSON.stringify(map, undefined, indent);
        const parsed = parseJson(text) as object;
        expect(new Map(topLevelEntries(text))).toEqual(new Map(Object.entries(parsed)));
      }),
    );
  });
});
