import { expect, test } from 'vitest';
import { RecentRate } from './recent-rate.ts';

test('a rate is of the last minute and of nothing older', () => {
  const rate = new RecentRate();
  rate.add(600, 1_000_000);
  rate.add(600, 1_030_000);
  expect(rate.perSecond(1_031_000)).toBe(20);
  expect(rate.perSecond(1_065_000)).toBe(10);
  expect(rate.perSecond(2_000_000)).toBe(0);
});
