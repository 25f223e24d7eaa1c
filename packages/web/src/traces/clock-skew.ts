/**
 * Clocks of different hosts differ: a called span seems to start before its caller. What cannot be is
 * found here, and, when asked for, put right: the called side is moved into its caller, with half of what
 * is left as the way there, as Jaeger does.
 */
import { endOf, type TraceTree } from './trace-tree.ts';

/** By span: how long before its caller it seems to start, in nanoseconds. Only between different clocks. */
export function skewedSpans(tree: TraceTree): ReadonlyMap<number, number> {
  const skewed = new Map<number, number>();
  for (const [span, parent] of tree.parents.entries()) {
    if (parent < 0 || haveOneClock(tree, span, parent)) continue;
    const early = (tree.starts[parent] ?? 0) - (tree.starts[span] ?? 0);
    if (early > 0) skewed.set(span, early);
  }
  return skewed;
}

/** What to add to each span's start, so that none starts before its caller on another clock. */
export function clockShifts(tree: TraceTree): Float64Array {
  const shifts = new Float64Array(tree.spans.length);
  for (const span of tree.order) {
    const parent = tree.parents[span] ?? -1;
    if (parent < 0) continue;
    shifts[span] = haveOneClock(tree, span, parent)
      ? (shifts[parent] ?? 0)
      : shiftInto(tree, span, { parent, parentShift: shifts[parent] ?? 0 });
  }
  return shifts;
}

interface Caller {
  readonly parent: number;
  readonly parentShift: number;
}

function shiftInto(tree: TraceTree, span: number, { parent, parentShift }: Caller): number {
  const callerStart = (tree.starts[parent] ?? 0) + parentShift;
  const start = tree.starts[span] ?? 0;
  const callerEnd = endOf(tree, parent) + parentShift;
  if (start >= callerStart) return 0;
  const slack = callerEnd - callerStart - (tree.durations[span] ?? 0);
  return callerStart + Math.max(0, slack) / 2 - start;
}

// Where hosts are not told, a service is taken for one.
function haveOneClock({ spans }: TraceTree, a: number, b: number): boolean {
  const [one, other] = [spans[a], spans[b]];
  if (!one || !other) return true;
  if (one.host !== '' && other.host !== '') return one.host === other.host;
  return one.serviceName === other.serviceName;
}
