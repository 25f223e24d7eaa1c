/**
 * The critical path: what the trace's end waited for. From the end backwards, the child that ended last
 * before the time in question was waited for, and before it started the one before; what no child covers
 * is the span's own. As Jaeger finds it.
 */
import { endOf, type TraceTree } from './trace-tree.ts';

/** Times are nanoseconds from the start of the trace. */
export interface CriticalSection {
  readonly span: number;
  readonly from: number;
  readonly to: number;
}

/** Of the root that takes longest; by span, each with its sections from the last to the first. */
export function criticalPath(tree: TraceTree): ReadonlyMap<number, readonly CriticalSection[]> {
  const sections = new Map<number, CriticalSection[]>();
  const root = longestRoot(tree);
  const waiting: { readonly span: number; readonly limit: number }[] = [];
  if (root !== undefined) waiting.push({ span: root, limit: Infinity });
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { span } = next;
    const start = tree.starts[span] ?? 0;
    const end = Math.min(next.limit, endOf(tree, span));
    const own: CriticalSection[] = [];
    let cursor = end;
    for (const child of byEndDescending(tree, span, end)) {
      const childEnd = Math.min(end, endOf(tree, child));
      // It ran beside one that ended later.
      if (childEnd > cursor) continue;
      if (cursor > childEnd) own.push({ span, from: childEnd, to: cursor });
      waiting.push({ span: child, limit: childEnd });
      cursor = Math.max(start, tree.starts[child] ?? 0);
    }
    if (cursor > start) own.push({ span, from: start, to: cursor });
    sections.set(span, own);
  }
  return sections;
}

function longestRoot({ parents, durations }: TraceTree): number | undefined {
  let longest: number | undefined;
  for (const [index, parent] of parents.entries()) {
    if (parent >= 0) continue;
    if (longest === undefined || (durations[index] ?? 0) > (durations[longest] ?? 0)) {
      longest = index;
    }
  }
  return longest;
}

/** Without those that only begin after the end, or ended before the start: nobody waited for them. */
function byEndDescending(tree: TraceTree, span: number, end: number): readonly number[] {
  const { offsets, list } = tree.children;
  const start = tree.starts[span] ?? 0;
  return [...list.subarray(offsets[span] ?? 0, offsets[span + 1] ?? 0)]
    .filter((child) => (tree.starts[child] ?? 0) < end && endOf(tree, child) > start)
    .sort((a, b) => endOf(tree, b) - endOf(tree, a));
}
