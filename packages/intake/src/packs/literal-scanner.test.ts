import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LiteralScanner } from './literal-scanner.ts';

function found(texts: readonly string[], haystack: string): readonly number[] {
  const numbers: number[] = [];
  new LiteralScanner(texts).scan(haystack, (number) => numbers.push(number));
  return [...new Set(numbers)].toSorted((a, b) => a - b);
}

describe('LiteralScanner', () => {
  test('finds texts that overlap, contain and end each other', () => {
    expect(found(['he', 'she', 'his', 'hers'], 'ushers')).toEqual([0, 1, 3]);
    expect(found(['abc', 'bc', 'c'], 'xabcx')).toEqual([0, 1, 2]);
    expect(found(['aab'], 'aaab')).toEqual([0]);
  });

  test('takes ASCII letters in both cases, and Chinese as it is', () => {
    expect(found(['Out Of Memory', '连接失败'], 'OUT of memory, 连接失败')).toEqual([0, 1]);
    expect(found(['[a]'], '{A}')).toEqual([]);
  });

  test('finds nothing where there is nothing to look for', () => {
    expect(found([], 'x')).toEqual([]);
    expect(found([''], 'x')).toEqual([]);
  });

  test('finds what includes() finds', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'B', 'b', '错', '\ud83d'), maxLength: 6 });
    const haystack = fc.string({
      unit: fc.constantFrom('A', 'a', 'b', '错', '误', '\ud83d'),
      maxLength: 60,
    });
    fc.assert(
      fc.property(fc.array(text, { maxLength: 8 }), haystack, (texts, hay) => {
        const expected = texts.flatMap((each, number) =>
          each !== '' && hay.toLowerCase().includes(each.toLowerCase()) ? [number] : [],
        );
        expect(found(texts, hay)).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });
});
