import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteSource } from '@tendril/columns/byte-store';
import { goldenActuals } from '@tendril/testkit/golden';
import { TOKENS_MAX } from './line-tokens.ts';
import { idText } from './pattern-id.ts';
import { PatternScanner } from './pattern-scanner.ts';

const scanner = new PatternScanner();

function idsOf(text: string): { readonly pattern: string; readonly skeleton: string } {
  scanner.scanText(text);
  return { pattern: idText(scanner.pattern), skeleton: idText(scanner.skeleton) };
}

/** Ids are in the expectations: they are stored, so a change of them is a change of stored data. */
function described(line: string): string {
  const { template, skeleton } = scanner.describe(unescaped(line));
  const { pattern, skeleton: skeletonId } = idsOf(unescaped(line));
  const soft = skeleton === template ? [] : [`                  ${skeleton}`];
  return [`${pattern}  ${template}`, ...soft, skeletonId].join('\n');
}

function unescaped(line: string): string {
  return line.replaceAll('\\x1b', '\u001b').replaceAll('\\n', '\n');
}

describe('PatternScanner', () => {
  const cases = goldenActuals(new URL('testdata/templates.txt', import.meta.url), (lines) =>
    lines.split('\n').map(described).join('\n'),
  );
  test.each(cases)('$name', ({ actual, expected }) => {
    expect(actual).toBe(expected);
  });

  const number = fc.integer({ min: 0, max: 1e9 }).map(String);
  const hex = fc.stringMatching(/^[0-9a-f]{15,31}$/).map((digits) => `0${digits}`);
  const address = fc
    .ipV4()
    .chain((ip) => fc.integer({ min: 1, max: 65_535 }).map((port) => `${ip}:${port}`));
  const value = fc.oneof(number, hex, fc.uuid(), address);

  test('says the same whatever the values are', () => {
    fc.assert(
      fc.property(value, value, value, value, (one, other, third, fourth) => {
        const line = (a: string, b: string): string =>
          `消息 ${a} sent to peer ${b} in group=${a}, retry later`;
        expect(idsOf(line(one, other))).toEqual(idsOf(line(third, fourth)));
      }),
    );
  });

  test('tells lines with other words apart', () => {
    const word = fc.stringMatching(/^[g-z]{3,9}$/);
    fc.assert(
      fc.property(word, word, (one, other) => {
        fc.pre(one !== other);
        const line = (verb: string): string => `message ${verb} after 3 tries`;
        expect(idsOf(line(one)).pattern).not.toBe(idsOf(line(other)).pattern);
        expect(idsOf(line(one)).skeleton).not.toBe(idsOf(line(other)).skeleton);
      }),
    );
  });

  test('a pattern has one skeleton', () => {
    const lines = fc.array(
      fc.constantFrom('state=ready', 'state=dead', 'user bob', 'user 7', 'x', '12'),
    );
    const seen = new Map<string, string>();
    fc.assert(
      fc.property(lines, (parts) => {
        const { pattern, skeleton } = idsOf(parts.join(' '));
        expect(seen.get(pattern) ?? skeleton).toBe(skeleton);
        seen.set(pattern, skeleton);
      }),
      { numRuns: 1000 },
    );
  });

  const pieces = ['a:/', 'x1y', '=', ':', '"', '.', '..', ' ', '-', '/', '12', 'ms', '(', ')', ','];
  const more = [
    '用户',
    '‹redacted:x',
    '›',
    'Mon',
    'user',
    '{',
    ']',
    '?',
    '\\',
    '@',
    '\u001b[31m',
    'é',
  ];
  const line = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    fc.array(fc.constantFrom(...pieces, ...more), { maxLength: 30 }).map((of) => of.join('')),
  );

  test('gives bytes anywhere in memory the ids of their text', () => {
    fc.assert(
      fc.property(
        line,
        fc.nat(20),
        fc.constantFrom('1=', '//', '..', '›'),
        (raw, offset, after) => {
          const text = raw.toWellFormed();
          const bytes = Buffer.concat([
            Buffer.alloc(offset, 'a'),
            Buffer.from(text),
            Buffer.from(after),
          ]);
          const end = offset + Buffer.byteLength(text);
          scanner.scan(new ByteSource(bytes), offset, end);
          const ids = { pattern: idText(scanner.pattern), skeleton: idText(scanner.skeleton) };
          expect(ids).toEqual(idsOf(text));
        },
      ),
    );
  });

  test('never throws and stays inside its limits, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 6000 }), (bytes) => {
        scanner.scan(new ByteSource(bytes), 0, bytes.length);
      }),
      { numRuns: 200 },
    );
  });

  test('reads no further than its limit of tokens', () => {
    const words = (count: number): string => Array.from({ length: count }, () => 'x').join(' ');
    expect(idsOf(words(TOKENS_MAX))).toEqual(idsOf(words(TOKENS_MAX + 1)));
    expect(idsOf(words(TOKENS_MAX - 1))).not.toEqual(idsOf(words(TOKENS_MAX)));
  });

  test('an empty line has an id of its own that is not 0', () => {
    expect(idsOf('').pattern).not.toBe('0000000000000000');
  });
});
