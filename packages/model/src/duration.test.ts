import { describe, expect, test } from 'vitest';
import { parseDurationNs } from './duration.ts';

describe('parseDurationNs', () => {
  test.each<[string, number | undefined]>([
    ['12.354ms', 12_354_000],
    ['300µs', 300_000],
    ['300μs', 300_000],
    ['1m2.5s', 62_500_000_000],
    ['1h2m3s', 3_723_000_000_000],
    ['12 ms', 12_000_000],
    ['0s', 0],
    ['5ns', 5],
    ['1.ms', undefined],
    ['.5ms', undefined],
    ['1.2.3ms', undefined],
    ['12', undefined],
    ['ms', undefined],
    ['', undefined],
    ['1constructor', undefined],
    ['-1s', undefined],
    ['12msx', undefined],
    [`${'1'.repeat(40)}s`, undefined],
  ])('%s', (text, expected) => {
    expect(parseDurationNs(text, 0)).toBe(expected);
  });

  test('a number has the unit that its key names', () => {
    expect(parseDurationNs('1.5', 1e6)).toBe(1_500_000);
    expect(parseDurationNs('1.5s', 1e6)).toBe(1_500_000_000);
  });
});
