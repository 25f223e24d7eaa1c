/** How a list of traces is sorted. */
import type { TraceSummary } from '@tendril/api/trace-search';
import type { TraceSort } from './traces-url.ts';

/** `traces` come newest first; among equals that order stays. */
export function sortedTraces(
  traces: readonly TraceSummary[],
  sort: TraceSort,
): readonly TraceSummary[] {
  switch (sort) {
    case 'newest':
      return traces.toSorted((a, b) => Number(BigInt(b.timestamp) - BigInt(a.timestamp)));
    case 'longest':
      return traces.toSorted((a, b) => Number(b.durationNs) - Number(a.durationNs));
    case 'spans':
      return traces.toSorted((a, b) => b.spans - a.spans);
    case 'errors':
      return traces.toSorted((a, b) => b.errors - a.errors);
  }
}
