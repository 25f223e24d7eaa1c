import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { goldenActuals } from '@tendril/testkit/golden';
import { JOINED_LENGTH_MAX, JOINED_LINES_MAX } from './continuation.ts';
import { LineJoiner } from './joined-lines.ts';

function join(lines: readonly string[]): string[] {
  return [...new LineJoiner().join(lines)];
}

describe('LineJoiner', () => {
  const cases = goldenActuals(new URL('testdata/join.txt', import.meta.url), (input) =>
    join(input.split('\n'))
      .map((record) => `| ${record.replaceAll('\n', '\n  ')}`)
      .join('\n'),
  );
  test.each(cases)('$name', ({ actual, expected }) => {
    expect(actual).toBe(expected);
  });

  test(`joins ${JOINED_LINES_MAX} lines and not one more`, () => {
    const lines = [
      '2026-06-02 01:14:03 ERROR x',
      ...Array<string>(JOINED_LINES_MAX).fill('  at f'),
    ];
    const [first = '', second = ''] = join(lines);
    expect(first.split('\n')).toHaveLength(JOINED_LINES_MAX);
    expect(second).toBe('  at f');
  });

  test('a record grows to the length limit and not past it', () => {
    const head = '2026-06-02 01:14:03 ERROR x';
    const frame = (length: number): string => ` ${'y'.repeat(length - 1)}`;
    const room = JOINED_LENGTH_MAX - head.length - 1;
    expect(join([head, frame(room)])).toHaveLength(1);
    expect(join([head, frame(room + 1)])).toHaveLength(2);
  });

  test('keeps every line that is not blank', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (texts) => {
        const lines = texts.map((text) => text.replaceAll(/[\n\r]/g, ' '));
        expect(join(lines).join('\n')).toBe(lines.filter((line) => /\S/.test(line)).join('\n'));
      }),
    );
  });
});
