import { describe, expect, test } from 'vitest';
import { ClockDifferences } from './clock-differences.ts';

const HOUR_MS = 3_600_000;
const at = (ms: number): bigint => BigInt(ms) * 1_000_000n;

function operations(clocks: ClockDifferences, source: string, shiftMs: number, count = 5): void {
  for (let n = 0; n < count; n += 1) {
    const timeNs = at(HOUR_MS * 24 + n * 1000 + shiftMs);
    clocks.add({ source, timeNs, transportNs: undefined, operationId: `op-${n}` });
  }
}

describe('ClockDifferences', () => {
  test('tells how far two sources are apart that share operations', () => {
    const clocks = new ClockDifferences();
    operations(clocks, 'gateway.log', 0);
    operations(clocks, 'browser.log', 8 * HOUR_MS);
    operations(clocks, 'push.log', 120);
    expect(clocks.differences()).toEqual([
      { source: 'browser.log', other: 'gateway.log', differenceMs: 8 * HOUR_MS },
      { source: 'browser.log', other: 'push.log', differenceMs: 8 * HOUR_MS - 120 },
    ]);
  });

  test('one operation that waited says nothing', () => {
    const clocks = new ClockDifferences();
    operations(clocks, 'a', 0, 2);
    operations(clocks, 'b', 60_000, 2);
    expect(clocks.differences()).toEqual([]);
  });

  test('tells how far a line and its transport are apart, by the line that was fastest', () => {
    const clocks = new ClockDifferences();
    for (const lateMs of [9000, 5000, 7000]) {
      clocks.add({ source: 'a', timeNs: at(0), transportNs: at(lateMs), operationId: '' });
      clocks.add({ source: 'b', timeNs: at(0), transportNs: at(lateMs - 4000), operationId: '' });
    }
    clocks.add({ source: 'c', timeNs: undefined, transportNs: at(99_000), operationId: '' });
    expect(clocks.differences()).toEqual([{ source: 'a', other: '', differenceMs: -5000 }]);
  });
});
