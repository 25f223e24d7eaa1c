import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tableLines } from './table.ts';
import { fit, padEnd, padStart, widthOf } from './width.ts';

describe('width', () => {
  test('Chinese is two columns wide', () => {
    expect(widthOf('消息 ok')).toBe(7);
    expect(padEnd('消息', 6)).toBe('消息  ');
    expect(padStart('消息', 6)).toBe('  消息');
  });

  test.each([
    ['hello', 5, 'hello'],
    ['hello', 4, 'hel…'],
    ['消息发送', 8, '消息发送'],
    ['消息发送', 7, '消息发…'],
    ['消息发送', 6, '消息…'],
    ['x', 0, ''],
  ])('"%s" in %i columns is "%s"', (text, width, expected) => {
    expect(fit(text, width)).toBe(expected);
  });

  test('nothing fitted is wider than asked', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (text, width) => {
        expect(widthOf(fit(text, width))).toBeLessThanOrEqual(width);
      }),
    );
  });

  test('tables align with Chinese in them', () => {
    const columns = [
      { title: '来源', align: 'left' as const },
      { title: 'n', align: 'right' as const },
    ];
    expect(
      tableLines(columns, [
        ['消息网关', '7'],
        ['api', '1200'],
      ]),
    ).toEqual(['来源         n', '消息网关     7', 'api       1200']);
  });
});
