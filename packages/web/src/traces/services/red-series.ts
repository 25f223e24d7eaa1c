/** Points of a service as series of charts: steps without calls are zero, and have no duration. */
import type { TraceSeriesResponse } from '@tendril/api/trace-services';

export interface RedSeries {
  readonly timesMs: readonly number[];
  readonly callsPerSecond: readonly number[];
  readonly errorsPerSecond: readonly number[];
  readonly p50Ns: readonly (number | null)[];
  readonly p95Ns: readonly (number | null)[];
  readonly p99Ns: readonly (number | null)[];
}

/** The API gives no more. */
const STEPS_MAX = 5_000;

export function redSeries({ range, stepNs, points }: TraceSeriesResponse): RedSeries {
  const step = BigInt(stepNs);
  const byStart = new Map(points.map((point) => [BigInt(point.start), point]));
  const first = (BigInt(range.from) / step) * step;
  const count = Math.min(
    STEPS_MAX,
    Math.max(0, Number((BigInt(range.to) - first + step - 1n) / step)),
  );
  const starts = Array.from({ length: count }, (_, index) => first + BigInt(index) * step);
  const seconds = Number(step) / 1e9;
  const of = starts.map((start) => byStart.get(start));
  return {
    timesMs: starts.map((start) => Number(start / 1_000_000n)),
    callsPerSecond: of.map((point) => (point?.calls ?? 0) / seconds),
    errorsPerSecond: of.map((point) => (point?.errors ?? 0) / seconds),
    p50Ns: of.map((point) => point?.p50Ns ?? null),
    p95Ns: of.map((point) => point?.p95Ns ?? null),
    p99Ns: of.map((point) => point?.p99Ns ?? null),
  };
}
