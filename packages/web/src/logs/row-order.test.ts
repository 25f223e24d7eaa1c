import { expect, test } from 'vitest';
import { sortedRows } from './row-order.ts';

test('numbers sort as numbers, texts as texts, and what is missing comes last either way', () => {
  const rows = [
    ['b', 10],
    ['', null],
    ['a', '9'],
    ['c', 100],
  ];
  const column = (at: number, direction: 'asc' | 'desc'): readonly unknown[] =>
    sortedRows(rows, { column: at, direction }).map((row) => row[at]);
  expect(column(0, 'asc')).toEqual(['a', 'b', 'c', '']);
  expect(column(0, 'desc')).toEqual(['c', 'b', 'a', '']);
  expect(column(1, 'asc')).toEqual(['9', 10, 100, null]);
  expect(column(1, 'desc')).toEqual([100, 10, '9', null]);
  expect(sortedRows(rows, undefined)).toBe(rows);
});
