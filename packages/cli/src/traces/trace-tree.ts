/**
 * Spans of a trace as the lines of a tree: each below its parent, by start. Spans are hostile: a parent
 * may be missing, its own child, or come twice; every span has exactly one line.
 */
import type { Span } from '@tendril/model/span';

export interface TreeLine {
  readonly span: Span;
  readonly depth: number;
}

export function treeOf(spans: readonly Span[]): readonly TreeLine[] {
  const sorted = spans.toSorted(byStart);
  const known = new Set(sorted.map(({ spanId }) => spanId));
  const children = Map.groupBy(sorted, ({ parentSpanId }) => parentSpanId);
  const lines: TreeLine[] = [];
  const placed = new Set<Span>();
  const place = (root: Span): void => {
    // A stack of our own: chains are as long as senders make them.
    const waiting: TreeLine[] = [{ span: root, depth: 0 }];
    const open = new Set<string>();
    for (let line = waiting.pop(); line !== undefined; line = waiting.pop()) {
      if (placed.has(line.span)) continue;
      placed.add(line.span);
      lines.push(line);
      const { spanId } = line.span;
      // Of spans that share an id the first has the children.
      if (open.has(spanId)) continue;
      open.add(spanId);
      const below = children.get(spanId) ?? [];
      const { depth } = line;
      waiting.push(...below.toReversed().map((span) => ({ span, depth: depth + 1 })));
    }
  };
  for (const span of sorted) if (!known.has(span.parentSpanId)) place(span);
  // What is left hangs in circles.
  for (const span of sorted) if (!placed.has(span)) place(span);
  return lines;
}

function byStart(one: Span, other: Span): number {
  const difference = BigInt(one.timestamp) - BigInt(other.timestamp);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
