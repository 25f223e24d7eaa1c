/**
 * The spans of a trace put in order: who called whom, in which row each stands, how much time was its own.
 * Pure and near linear, done once for a trace; columns of numbers, since there may be 200,000 spans. What
 * senders get wrong (loops, parents that never came, ids used twice) is marked and drawn all the same.
 */
import type { SpanOutline } from '@tendril/api/trace-outline';

/** Bits of `marks`. */
export const MARK = { orphan: 1, loop: 2, duplicate: 4 } as const;

/** Columns are by the span's index in `spans`; times are nanoseconds from the start of the trace. */
export interface TraceTree {
  readonly spans: readonly SpanOutline[];
  readonly startNs: bigint;
  readonly widthNs: number;
  readonly starts: Float64Array;
  readonly durations: Float64Array;
  /** -1 for a root. */
  readonly parents: Int32Array;
  readonly depths: Int32Array;
  /** Indices of spans, each before its children, those by their start. */
  readonly order: Int32Array;
  /** Where the span stands in `order`. */
  readonly places: Int32Array;
  /** Of the span's subtree, itself included: so many follow each other in `order`. */
  readonly sizes: Int32Array;
  readonly errorsBelow: Int32Array;
  /** Time in which none of the span's children ran. */
  readonly selfTimes: Float64Array;
  readonly marks: Uint8Array;
  readonly children: Children;
}

/** Children of span i: `list` from `offsets[i]` up to `offsets[i + 1]`, by their start. */
interface Children {
  readonly offsets: Int32Array;
  readonly list: Int32Array;
}

/** `shifts`, in nanoseconds, are added to the starts: for clocks that were put right. */
export function traceTree(spans: readonly SpanOutline[], shifts?: Float64Array): TraceTree {
  const times = timesOf(spans, shifts);
  const byStart = sortedByStart(times.starts);
  const marks = new Uint8Array(spans.length);
  const parents = parentsOf(spans, byStart, marks);
  breakLoops(parents, byStart, marks);
  const children = childrenOf(parents, byStart);
  const { order, places, depths } = preOrder(parents, byStart, children);
  const { sizes, errorsBelow } = sumsBelow(spans, order, parents);
  const selfTimes = selfTimesOf(times, children);
  const tree = { spans, ...times, parents, depths, order, places, sizes, errorsBelow };
  return { ...tree, selfTimes, marks, children };
}

type Times = Pick<TraceTree, 'startNs' | 'widthNs' | 'starts' | 'durations'>;

function timesOf(spans: readonly SpanOutline[], shifts: Float64Array | undefined): Times {
  const timestamps = spans.map(({ timestamp }) => BigInt(timestamp));
  const startNs = timestamps.reduce((least, ns) => (ns < least ? ns : least), timestamps[0] ?? 0n);
  const starts = Float64Array.from(
    timestamps,
    (ns, index) => Number(ns - startNs) + (shifts?.[index] ?? 0),
  );
  const durations = Float64Array.from(spans, ({ durationNs }) => Math.max(0, Number(durationNs)));
  let widthNs = 1;
  for (const [index, start] of starts.entries()) {
    widthNs = Math.max(widthNs, start + (durations[index] ?? 0));
  }
  return { startNs, widthNs, starts, durations };
}

function sortedByStart(starts: Float64Array): Int32Array {
  const byStart = Int32Array.from(starts, (_, index) => index);
  // Stable: spans that start together stay in the order of the answer.
  return byStart.sort((a, b) => (starts[a] ?? 0) - (starts[b] ?? 0) || a - b);
}

function parentsOf(
  spans: readonly SpanOutline[],
  byStart: Int32Array,
  marks: Uint8Array,
): Int32Array {
  const firstOfId = new Map<string, number>();
  for (const index of byStart) {
    const { spanId = '' } = spans[index] ?? {};
    if (spanId === '') continue;
    if (firstOfId.has(spanId)) addMark(marks, index, MARK.duplicate);
    else firstOfId.set(spanId, index);
  }
  return Int32Array.from(spans, ({ spanId, parentSpanId, kind }, index) => {
    const first = firstOfId.get(spanId) ?? index;
    // Zipkin's two ends of a call share an id: the called end belongs below the calling one.
    if (first !== index && kind === 'server') return first;
    if (parentSpanId === '') return -1;
    const parent = firstOfId.get(parentSpanId);
    if (parent === undefined) addMark(marks, index, MARK.orphan);
    return parent ?? -1;
  });
}

function addMark(marks: Uint8Array, index: number, mark: number): void {
  marks[index] = (marks[index] ?? 0) | mark;
}

/** Of each loop the span that was come to first becomes a root. */
function breakLoops(parents: Int32Array, byStart: Int32Array, marks: Uint8Array): void {
  const pathOf = new Int32Array(parents.length);
  for (const [path, first] of byStart.entries()) {
    let at = first;
    while (at >= 0 && pathOf[at] === 0) {
      pathOf[at] = path + 1;
      at = parents[at] ?? -1;
    }
    if (at < 0 || pathOf[at] !== path + 1) continue;
    parents[at] = -1;
    addMark(marks, at, MARK.loop);
  }
}

function childrenOf(parents: Int32Array, byStart: Int32Array): Children {
  const offsets = new Int32Array(parents.length + 1);
  for (const parent of parents)
    if (parent >= 0) offsets[parent + 1] = (offsets[parent + 1] ?? 0) + 1;
  for (let at = 1; at < offsets.length; at += 1) {
    offsets[at] = (offsets[at] ?? 0) + (offsets[at - 1] ?? 0);
  }
  const next = offsets.slice();
  const list = new Int32Array(offsets[parents.length] ?? 0);
  for (const index of byStart) {
    const parent = parents[index] ?? -1;
    if (parent < 0) continue;
    const place = next[parent] ?? 0;
    list[place] = index;
    next[parent] = place + 1;
  }
  return { offsets, list };
}

function preOrder(
  parents: Int32Array,
  byStart: Int32Array,
  { offsets, list }: Children,
): Pick<TraceTree, 'order' | 'places' | 'depths'> {
  const order = new Int32Array(parents.length);
  const places = new Int32Array(parents.length);
  const depths = new Int32Array(parents.length);
  const waiting = [...byStart].filter((index) => parents[index] === -1).toReversed();
  for (let place = 0; waiting.length > 0; place += 1) {
    const index = waiting.pop() ?? 0;
    order[place] = index;
    places[index] = place;
    const from = offsets[index] ?? 0;
    for (let at = (offsets[index + 1] ?? 0) - 1; at >= from; at -= 1) {
      const child = list[at] ?? 0;
      depths[child] = (depths[index] ?? 0) + 1;
      waiting.push(child);
    }
  }
  return { order, places, depths };
}

function sumsBelow(
  spans: readonly SpanOutline[],
  order: Int32Array,
  parents: Int32Array,
): Pick<TraceTree, 'sizes' | 'errorsBelow'> {
  const sizes = new Int32Array(order.length).fill(1);
  const errorsBelow = new Int32Array(order.length);
  for (let place = order.length - 1; place >= 0; place -= 1) {
    const index = order[place] ?? 0;
    const parent = parents[index] ?? -1;
    if (parent < 0) continue;
    const own = spans[index]?.status === 'error' ? 1 : 0;
    sizes[parent] = (sizes[parent] ?? 0) + (sizes[index] ?? 0);
    errorsBelow[parent] = (errorsBelow[parent] ?? 0) + (errorsBelow[index] ?? 0) + own;
  }
  return { sizes, errorsBelow };
}

function selfTimesOf({ starts, durations }: Times, { offsets, list }: Children): Float64Array {
  return Float64Array.from(durations, (duration, index) => {
    const start = starts[index] ?? 0;
    const end = start + duration;
    let covered = 0;
    let coveredTo = start;
    for (let at = offsets[index] ?? 0; at < (offsets[index + 1] ?? 0); at += 1) {
      const child = list[at] ?? 0;
      const from = Math.max(coveredTo, starts[child] ?? 0);
      const to = Math.min(end, (starts[child] ?? 0) + (durations[child] ?? 0));
      if (to <= from) continue;
      covered += to - from;
      coveredTo = to;
    }
    return Math.max(0, duration - covered);
  });
}

/** From the trace's start, in nanoseconds. */
export function endOf({ starts, durations }: TraceTree, index: number): number {
  return (starts[index] ?? 0) + (durations[index] ?? 0);
}

export function hasMark({ marks }: TraceTree, index: number, mark: keyof typeof MARK): boolean {
  return ((marks[index] ?? 0) & MARK[mark]) !== 0;
}

/** The span and all its callers, the nearest first. */
export function lineageOf({ parents }: TraceTree, index: number): readonly number[] {
  const line: number[] = [];
  for (let at = index; at >= 0; at = parents[at] ?? -1) line.push(at);
  return line;
}
