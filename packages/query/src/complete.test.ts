import { goldenActuals } from '@tendril/testkit/golden';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { Completion } from './complete.ts';
import { completionsAt } from './complete.ts';

describe('completionsAt', () => {
  // The cursor is drawn as a bar.
  const cases = goldenActuals(new URL('../testdata/complete.txt', import.meta.url), (text) => {
    const cursor = text.indexOf('▮');
    return completionsAt(text.replace('▮', ''), cursor).map(draw).join('\n');
  });
  test.each(cases)('$input', ({ actual, expected }) => {
    expect(actual).toBe(expected);
  });

  test('takes any text', () => {
    const unit = fc.constantFrom(...'ab:()"*\\/<>={}| \n'.split(''), 'and ', ' or ', 'not ');
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        for (const { start } of completionsAt(text, text.length)) {
          expect(start).toBeLessThanOrEqual(text.length);
        }
      }),
    );
  });

  test('is not slowed by a long text', () => {
    expect(completionsAt('not '.repeat(16_000), 64_000)).not.toEqual([]);
    expect(completionsAt('a or '.repeat(12_000), 60_000)).not.toEqual([]);
  });
});

function draw(completion: Completion): string {
  const { kind, start, prefix, field, keywords, isArgument, columns, hasOnlyColumns } = completion;
  const parts = [
    `${kind} at ${start}`,
    ...(prefix === '' ? [] : [`from “${prefix}”`]),
    ...(field === undefined ? [] : [`of ${field}`]),
    ...(isArgument ? ['as argument'] : []),
    ...(columns === undefined
      ? []
      : [`with ${hasOnlyColumns ? 'nothing but ' : ''}[${columns.join(' ')}]`]),
    ...(keywords === undefined ? [] : [`of [${keywords.join(' ')}]`]),
  ];
  return parts.join(' ');
}
