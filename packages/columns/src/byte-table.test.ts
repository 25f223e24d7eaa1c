import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteSource } from './byte-store.ts';
import { ByteTable } from './byte-table.ts';

function intern(table: ByteTable, text: string): number {
  const bytes = Buffer.from(`<${text}>`);
  return table.intern(new ByteSource(bytes), 1, bytes.length - 1);
}

describe('ByteTable', () => {
  test('numbers distinct texts in the order of their first appearance', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 12 }), { maxLength: 600 }), (texts) => {
        const table = new ByteTable();
        const expected = [...new Set(texts)];
        expect(texts.map((text) => intern(table, text))).toEqual(
          texts.map((text) => expected.indexOf(text)),
        );
        expect(expected.map((_, number) => table.textOf(number))).toEqual(expected);
      }),
    );
  });

  test('says the number of a text without giving it one', () => {
    const table = new ByteTable();
    for (let i = 0; i < 1000; i += 1) intern(table, `value ${i}`);
    const numberOf = (text: string): number => {
      const bytes = Buffer.from(text);
      return table.numberOf(new ByteSource(bytes), 0, bytes.length);
    };
    expect([numberOf('value 999'), numberOf('value 0'), numberOf('other')]).toEqual([999, 0, -1]);
    expect(table.count).toBe(1000);
  });

  test('forgets what truncate takes back and gives its numbers again', () => {
    const table = new ByteTable();
    for (let i = 0; i < 1000; i += 1) intern(table, `value ${i}`);
    table.truncate(10);
    expect(table.count).toBe(10);
    expect(intern(table, 'value 999')).toBe(10);
    expect(intern(table, 'value 3')).toBe(3);
  });

  test('is empty after reset', () => {
    const table = new ByteTable();
    intern(table, 'a');
    table.reset();
    expect(table.count).toBe(0);
    expect(intern(table, 'b')).toBe(0);
    expect(intern(table, 'a')).toBe(1);
  });
});
