import { expect, test } from 'vitest';
import { sparkline } from './sparkline.ts';

test.each([
  [[], ''],
  [[0, 0], '▁▁'],
  [[0, 1, 2, 4, 8], '▁▂▃▅█'],
  [[1, 1_000_000], '▂█'],
])('%j is %s', (counts, line) => {
  expect(sparkline(counts)).toBe(line);
});
