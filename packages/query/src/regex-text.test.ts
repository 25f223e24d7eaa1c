import * as fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, test } from 'vitest';

import { requiredText } from './regex-text.ts';
import { fold } from './words.ts';

describe('requiredText', () => {
  test.each([
    ['attempt 1\\d+5,', 'attempt 1'],
    ['time(d )?out', 'time'],
    ['^Connection to \\[', 'connection to ['],
    ['abc+def', 'def'],
    ['连接失败.*重试中', '连接失败'],
    ['a\\/login\\.go', 'a/login.go'],
    ['[xyz]attempt[0-9]', 'attempt'],
    ['[]x]attempt', 'attempt'],
  ])('of %s is %s', (source, text) => {
    expect(requiredText(source)).toBe(text);
  });

  test.each(['ab', 'error|warn', '(?i)error', 'a.b.c', 'err?', '(error)', '\\Qabc\\E', '\\pLabc'])(
    'of %s is none',
    (source) => {
      expect(requiredText(source)).toBeUndefined();
    },
  );

  test('is in everything that the expression matches', () => {
    let checkedCount = 0;
    fc.assert(
      fc.property(fc.array(partArbitrary(), { minLength: 3, maxLength: 8 }), (parts) => {
        const pattern = parts.map(({ source }) => source).join('');
        const text = parts.map(({ sample }) => sample).join('');
        const required = requiredText(pattern);
        if (required === undefined || !matches(pattern, text)) return;
        checkedCount += 1;
        expect(fold(text, 'ascii')).toContain(required);
      }),
      { numRuns: 3_000 },
    );
    expect(checkedCount).toBeGreaterThan(20);
  });
});

interface Part {
  readonly source: string;
  /** Text that it matches. */
  readonly sample: string;
}

function partArbitrary(): fc.Arbitrary<Part> {
  const plain = fc
    .constantFrom(...'abcdAB ,'.split(''))
    .map((text) => ({ source: text, sample: text }));
  const other = fc.constantFrom(
    { source: '\\.', sample: '.' },
    { source: '\\d', sample: '7' },
    { source: '[ab]', sample: 'b' },
    { source: '[^a]', sample: 'x' },
    { source: '[]b]', sample: ']' },
    { source: '(ab)', sample: 'ab' },
    { source: '(a[)]b)', sample: 'a)b' },
    { source: '.', sample: 'z' },
    { source: '(a|b)', sample: 'b' },
  );
  const repeat = fc.constantFrom(
    ...['', '', '', ''].map((source) => ({ source, count: 1 })),
    ...['*', '?', '{0}', '{0,2}', '*?', '??'].map((source) => ({ source, count: 0 })),
    ...['+', '{2}', '{2,}', '+?'].map((source) => ({ source, count: 2 })),
  );
  return fc
    .tuple(fc.oneof({ weight: 4, arbitrary: plain }, { weight: 1, arbitrary: other }), repeat)
    .map(([part, { source, count }]) => ({
      source: part.source + source,
      sample: part.sample.repeat(count),
    }));
}

function matches(pattern: string, text: string): boolean {
  try {
    return RE2JS.compile(pattern, RE2JS.DOTALL).matcher(text).find();
  } catch {
    return false;
  }
}
