import { expect, test } from 'vitest';
import { spanText } from './span-text.ts';

test.each([
  [0n, '0s'],
  [900_000_000_000n, '15m'],
  [5_400_000_000_000n, '1.5h'],
  [3_600_000_000_001n, '1h'],
  [604_800_000_000_000n, '7d'],
])('%d ns is %s', (ns, text) => {
  expect(spanText(ns)).toBe(text);
});
