/** Traces as dots of a chart: times ascending, durations in two rows, with and without errors. */
import type { TraceSummary } from '@tendril/api/trace-search';

export interface ScatterDots {
  readonly timesMs: readonly number[];
  readonly calm: readonly (number | null)[];
  readonly failed: readonly (number | null)[];
  /** By the same index. */
  readonly traces: readonly TraceSummary[];
}

/** What took no time at all still has a place on an axis of powers of ten. */
const DURATION_NS_MIN = 1;

export function scatterDots(traces: readonly TraceSummary[]): ScatterDots {
  const sorted = traces.toSorted((a, b) => timeMs(a) - timeMs(b));
  return {
    timesMs: sorted.map(timeMs),
    calm: sorted.map((trace) => (trace.errors === 0 ? heightOf(trace) : null)),
    failed: sorted.map((trace) => (trace.errors > 0 ? heightOf(trace) : null)),
    traces: sorted,
  };
}

interface Place {
  readonly left: number;
  readonly top: number;
}

interface ToPlace {
  readonly x: (timeMs: number) => number;
  readonly y: (durationNs: number) => number;
}

/** Farther away is beside it. */
const REACH_PX = 10;

export function nearestDot(
  { timesMs, traces }: ScatterDots,
  { left, top }: Place,
  to: ToPlace,
): TraceSummary | undefined {
  let nearest: TraceSummary | undefined;
  let least = REACH_PX;
  for (const [index, trace] of traces.entries()) {
    const acrossPx = Math.abs(to.x(timesMs[index] ?? 0) - left);
    if (acrossPx > least) continue;
    const distancePx = Math.hypot(acrossPx, to.y(heightOf(trace)) - top);
    if (distancePx > least) continue;
    nearest = trace;
    least = distancePx;
  }
  return nearest;
}

function timeMs({ timestamp }: TraceSummary): number {
  return Number(timestamp) / 1e6;
}

function heightOf({ durationNs }: TraceSummary): number {
  return Math.max(DURATION_NS_MIN, Number(durationNs));
}
