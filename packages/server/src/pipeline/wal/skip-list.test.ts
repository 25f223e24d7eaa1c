import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SkipList } from './skip-list.ts';

const ranges = fc.array(
  fc.tuple(fc.nat(200), fc.nat(5)).map(([first, more]) => [first, first + more] as const),
);

describe('SkipList', () => {
  test('keeps its size when every segment repeats the ranges of those before it', () => {
    let voids: readonly (readonly [number, number])[] = [];
    for (let start = 1; start <= 200; start += 1) {
      const heads = Array.from({ length: 3 }, () => voids);
      const list = new SkipList(heads.flat());
      list.addVoid([start * 10, start * 10 + 2]);
      voids = list.voids();
    }
    expect(voids).toHaveLength(200);
  });

  test('holds exactly the frames of its ranges, however they overlap', () => {
    fc.assert(
      fc.property(ranges, ranges, (first, later) => {
        const list = new SkipList(first);
        for (const range of later) list.addVoid(range);
        for (let frame = 0; frame < 210; frame += 1) {
          const isVoid = [...first, ...later].some(([from, to]) => frame >= from && frame <= to);
          expect(list.isVoid(frame)).toBe(isVoid);
        }
      }),
    );
  });
});
