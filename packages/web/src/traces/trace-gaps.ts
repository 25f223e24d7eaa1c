/** Stretches of a trace in which nothing ran: waiting in a queue, or spans that are missing. */
import { endOf, type TraceTree } from './trace-tree.ts';

/** Nanoseconds from the start of the trace. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/** Shorter ones cannot be seen. */
const SHARE_MIN = 0.01;

export function traceGaps(tree: TraceTree): readonly Gap[] {
  const byStart = Int32Array.from(tree.order).sort(
    (a, b) => (tree.starts[a] ?? 0) - (tree.starts[b] ?? 0),
  );
  const gaps: Gap[] = [];
  let coveredTo = 0;
  for (const span of byStart) {
    const start = tree.starts[span] ?? 0;
    if (start - coveredTo >= tree.widthNs * SHARE_MIN) gaps.push({ from: coveredTo, to: start });
    coveredTo = Math.max(coveredTo, endOf(tree, span));
  }
  return gaps;
}
