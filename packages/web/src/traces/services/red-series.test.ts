import { expect, test } from 'vitest';
import { redSeries } from './red-series.ts';

test('steps without calls are zero, and have no duration', () => {
  const minute = 60_000_000_000n;
  const series = redSeries({
    range: { from: '0', to: String(3n * minute) },
    stepNs: String(minute),
    cost: { elapsedMs: 0, rowsRead: 0, bytesRead: 0, statements: 1 },
    points: [{ start: String(minute), calls: 120, errors: 6, p50Ns: 1, p95Ns: 2, p99Ns: 3 }],
  });
  expect(series).toEqual({
    timesMs: [0, 60_000, 120_000],
    callsPerSecond: [0, 2, 0],
    errorsPerSecond: [0, 0.1, 0],
    p50Ns: [null, 1, null],
    p95Ns: [null, 2, null],
    p99Ns: [null, 3, null],
  });
});
