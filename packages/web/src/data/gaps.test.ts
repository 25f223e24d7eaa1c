import { describe, expect, test } from 'vitest';
import { gapsOf } from './gaps.ts';

describe('gapsOf', () => {
  test('finds silence in the middle and at the end', () => {
    expect(gapsOf([9, 8, 0, 0, 9, 9, 7, 0, 0])).toEqual([
      { from: 2, to: 4 },
      { from: 7, to: 9 },
    ]);
  });

  test('takes no notice of the time before the first record, nor of the bucket that is under way', () => {
    expect(gapsOf([0, 0, 9, 8, 9, 0])).toEqual([]);
  });

  test('takes no notice of services that speak little or now and then', () => {
    expect(gapsOf([1, 0, 2, 0, 0, 1])).toEqual([]);
    expect(gapsOf([50, 0, 0, 0, 0, 60, 0])).toEqual([]);
    expect(gapsOf([0, 0])).toEqual([]);
  });
});
