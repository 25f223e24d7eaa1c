import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeOf, scaleTicks, timeScale } from './time-scale.ts';

const moment = fc.bigInt(0n, 10n ** 19n);

describe('timeScale', () => {
  it('places every moment on the line, in their order', () => {
    fc.assert(
      fc.property(moment, moment, moment, moment, (start, end, one, other) => {
        const scale = timeScale(start, end);
        const places = [one, other]
          .toSorted((a, b) => (a < b ? -1 : 1))
          .map((ns) => placeOf(scale, ns));
        expect(Math.min(...places)).toBeGreaterThanOrEqual(0);
        expect(Math.max(...places)).toBeLessThanOrEqual(1);
        expect(places).toEqual(places.toSorted((a, b) => a - b));
      }),
    );
  });

  it('labels round distances, no more than wanted', () => {
    expect(scaleTicks(timeScale(0n, 5_060_000_000n), 6).map(({ label }) => label)).toEqual([
      '+0',
      '+1 s',
      '+2 s',
      '+3 s',
      '+4 s',
      '+5 s',
    ]);
    fc.assert(
      fc.property(moment, fc.integer({ min: 1, max: 30 }), (length, most) => {
        const ticks = scaleTicks(timeScale(0n, length), most);
        expect(ticks.length).toBeLessThanOrEqual(most + 1);
        expect(ticks.every(({ place }) => place >= 0 && place <= 1)).toBe(true);
      }),
    );
  });
});
