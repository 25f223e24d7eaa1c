import { goldenActuals } from '@tendril/testkit/golden';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { highlightQuery } from './highlight.ts';
import { PIPES } from './pipes/registry.ts';

describe('highlightQuery', () => {
  const cases = goldenActuals(new URL('../testdata/highlight.txt', import.meta.url), (text) =>
    highlightQuery(text)
      .map(({ kind, start, end }) => `${kind} ${text.slice(start, end)}`)
      .join('\n'),
  );
  test.each(cases)('$name', ({ actual, expected }) => {
    expect(actual).toBe(expected);
  });

  test('takes any text, and gives parts of it in order', () => {
    const unit = fc.constantFrom(
      ...'ab:()"*\\/<>={}|, \n连'.split(''),
      'and ',
      'not ',
      ...PIPES.map(({ name }) => ` | ${name} `),
    );
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        let last = 0;
        for (const { start, end } of highlightQuery(text)) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          last = end;
        }
        expect(last).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 1_000 },
    );
  });
});
