import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PendingTimes } from './pending-times.ts';

const range = (fromNs: number, toNs: number): { fromNs: bigint; toNs: bigint } => ({
  fromNs: BigInt(fromNs),
  toNs: BigInt(toNs),
});

describe('PendingTimes', () => {
  test('names the newest frame that overlaps the range, and no other', () => {
    const times = new PendingTimes(0);
    times.add({ frame: 1, table: 'logs', ...range(100, 200) }, 0);
    times.add({ frame: 2, table: 'logs', ...range(10, 20) }, 0);
    times.add({ frame: 3, table: 'logs', ...range(150, 300) }, 0);
    expect(times.newestIn(range(0, 50), 0)).toBe(2);
    expect(times.newestIn(range(200, 250), 0)).toBe(3);
    expect(times.newestIn(range(300, 400), 0)).toBe(0);
    expect(times.newestIn(range(20, 100), 0)).toBe(0);
  });

  test('tells tables apart, where it knows them', () => {
    const times = new PendingTimes(1);
    times.add({ frame: 2, table: 'logs', ...range(100, 200) }, 0);
    times.add({ frame: 3, table: 'traces', ...range(100, 200) }, 0);
    expect(times.newestIn(range(100, 200), 0, 'logs')).toBe(2);
    expect(times.newestIn(range(100, 200), 0, 'traces')).toBe(3);
    expect(times.newestIn(range(100, 200), 0)).toBe(3);
    expect(times.newestIn(range(10, 20), 0, 'traces')).toBe(1);
    expect(times.newestIn(range(100, 200), 2, 'logs')).toBe(0);
  });

  test('forgets what has been fed', () => {
    const times = new PendingTimes(0);
    times.add({ frame: 1, table: 'logs', ...range(100, 200) }, 0);
    times.add({ frame: 2, table: 'logs', ...range(100, 200) }, 0);
    expect(times.newestIn(range(100, 200), 1)).toBe(2);
    expect(times.newestIn(range(100, 200), 2)).toBe(0);
  });

  test('takes frames of before the start for any time', () => {
    const times = new PendingTimes(7);
    expect(times.newestIn(range(5, 6), 3)).toBe(7);
    expect(times.newestIn(range(5, 6), 7)).toBe(0);
  });

  test('never misses a pending frame, however many there are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20_000 }), fc.nat(19_999), (count, index) => {
        const times = new PendingTimes(0);
        const frame = 1 + (index % count);
        for (let each = 1; each <= count; each += 1) {
          const written = each === frame ? range(500, 501) : range(1_000, 1_001);
          times.add({ frame: each, table: 'logs', ...written }, 0);
        }
        expect(times.newestIn(range(500, 501), 0)).toBeGreaterThanOrEqual(frame);
      }),
      { numRuns: 20 },
    );
  });
});
