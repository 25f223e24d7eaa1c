/**
 * The rows of a waterfall: spans in their order without what is folded, with the log records of each span
 * between its children, at their place in time.
 */
import type { LogRecord } from '@tendril/model/log-record';
import type { TraceTree } from './trace-tree.ts';

/** A span's index, or for a record the complement of its index. */
export type RowCode = number;

/** Records by the span they belong to; those of no span that is here belong to the first. */
export interface PlacedRecords {
  readonly records: readonly LogRecord[];
  /** Nanoseconds from the start of the trace. */
  readonly times: Float64Array;
  readonly ofSpan: ReadonlyMap<number, readonly number[]>;
  /** The span of each record. */
  readonly spans: Int32Array;
}

export function placeRecords(tree: TraceTree, records: readonly LogRecord[]): PlacedRecords {
  const times = Float64Array.from(records, ({ timestamp }) =>
    Number(BigInt(timestamp) - tree.startNs),
  );
  const spanOfId = new Map<string, number>();
  for (const span of tree.order.toReversed()) spanOfId.set(tree.spans[span]?.spanId ?? '', span);
  const first = tree.order[0] ?? 0;
  const spans = Int32Array.from(records, ({ spanId }) =>
    spanId === '' ? first : (spanOfId.get(spanId) ?? first),
  );
  const ofSpan = new Map<number, number[]>();
  for (const [record, span] of spans.entries()) {
    const known = ofSpan.get(span);
    if (known) known.push(record);
    else ofSpan.set(span, [record]);
  }
  for (const own of ofSpan.values()) own.sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0));
  return { records, times, ofSpan, spans };
}

export const NO_RECORDS: PlacedRecords = {
  records: [],
  times: new Float64Array(),
  ofSpan: new Map(),
  spans: new Int32Array(),
};

interface OpenSpan {
  readonly span: number;
  /** Place in the order after the last of its subtree. */
  readonly end: number;
  readonly records: readonly number[];
  next: number;
}

export function waterfallRows(
  tree: TraceTree,
  folded: ReadonlySet<number>,
  placed: PlacedRecords,
): readonly RowCode[] {
  const rows: RowCode[] = [];
  const open: OpenSpan[] = [];
  const giveRecords = (owner: OpenSpan, before: number): void => {
    for (; owner.next < owner.records.length; owner.next += 1) {
      const record = owner.records[owner.next] ?? 0;
      if ((placed.times[record] ?? 0) >= before) return;
      rows.push(~record);
    }
  };
  const close = (place: number): void => {
    for (let last = open.at(-1); last && last.end <= place; last = open.at(-1)) {
      giveRecords(last, Infinity);
      open.pop();
    }
  };
  for (let place = 0; place < tree.order.length;) {
    close(place);
    const span = tree.order[place] ?? 0;
    const owner = open.at(-1);
    if (owner && owner.span === tree.parents[span]) giveRecords(owner, tree.starts[span] ?? 0);
    rows.push(span);
    const size = tree.sizes[span] ?? 1;
    const records = placed.ofSpan.get(span);
    if (!folded.has(span)) {
      if (records) open.push({ span, end: place + size, records, next: 0 });
      place += 1;
    } else place += size;
  }
  close(Infinity);
  return rows;
}

/** Folds the lowest of the levels that are open. */
export function foldDeepest(tree: TraceTree, folded: ReadonlySet<number>): ReadonlySet<number> {
  const open = foldable(tree).filter((span) => !folded.has(span));
  const deepest = open.reduce((depth, span) => Math.max(depth, tree.depths[span] ?? 0), 0);
  return folded.union(new Set(open.filter((span) => tree.depths[span] === deepest)));
}

/** Opens the highest of the levels that are folded. */
export function unfoldTop(tree: TraceTree, folded: ReadonlySet<number>): ReadonlySet<number> {
  const top = [...folded].reduce(
    (depth, span) => Math.min(depth, tree.depths[span] ?? 0),
    Infinity,
  );
  return new Set([...folded].filter((span) => tree.depths[span] !== top));
}

/** All that have something below them. */
export function foldable(tree: TraceTree): readonly number[] {
  return [...tree.order].filter((span) => (tree.sizes[span] ?? 1) > 1);
}
