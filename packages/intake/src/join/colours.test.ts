import { stripVTControlCharacters } from 'node:util';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { withoutColours } from './colours.ts';

test('takes away what a terminal would not show', () => {
  const colour = fc.constantFrom(
    '\u001b[31m',
    '\u001b[0m',
    '\u001b[m',
    '\u001b[1;31m',
    '\u001b[38;2;1;2;3m',
  );
  const other = fc.constantFrom(
    '\u001b[2K',
    '\u001b]0;title\u0007',
    '\u001b[',
    '\u001b',
    '\u001b[31',
    'm',
  );
  const text = fc.array(fc.oneof(fc.string(), colour, other));
  fc.assert(
    fc.property(text, (parts) => {
      const line = parts.join('');
      expect(withoutColours(line)).toBe(stripVTControlCharacters(line));
    }),
    { numRuns: 2000 },
  );
});

test('plain text is the same text', () => {
  expect(withoutColours('a [31m b')).toBe('a [31m b');
});
