import fc from 'fast-check';
import { expect, test } from 'vitest';
import { durationTicks } from './duration-ticks.ts';

const labels = (to: number): readonly string[] =>
  durationTicks({ from: 0, to }, 6).map(({ label }) => label);

test('an axis of durations is labelled at round values', () => {
  expect(labels(4.1e9)).toEqual(['0', '1 s', '2 s', '3 s']);
  expect(labels(100e9)).toEqual(['0', '30 s', '1 min', '1.5 min']);
  expect(labels(37)).toEqual(['0', '10 ns', '20 ns', '30 ns']);
});

test('whatever the width, labels are few, within the axis and in order', () => {
  const width = fc.double({ min: 1, max: 2 ** 63, noNaN: true });
  const from = fc.double({ min: 0, max: 2 ** 63, noNaN: true });
  fc.assert(
    fc.property(from, width, (start, wide) => {
      const places = durationTicks({ from: start, to: start + wide }, 6).map(({ place }) => place);
      expect(places.length).toBeLessThanOrEqual(7);
      for (const place of places) expect(place).toBeLessThanOrEqual(1);
      expect(places).toEqual([...places].sort((a, b) => a - b));
    }),
  );
});
