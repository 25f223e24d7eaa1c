import type { SpanOutline } from '@tendril/api/trace-outline';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clockShifts, skewedSpans } from './clock-skew.ts';
import { criticalPath } from './critical-path.ts';
import { outline } from './test-spans.ts';
import { traceGaps } from './trace-gaps.ts';
import { endOf, hasMark, traceTree, type TraceTree } from './trace-tree.ts';

const MS = 1_000_000;

/** Rows as `depth name`. */
function drawn(tree: TraceTree): readonly string[] {
  return [...tree.order].map((span) => `${tree.depths[span]} ${tree.spans[span]?.name ?? ''}`);
}

function indexOf(tree: TraceTree, spanId: string): number {
  return tree.spans.findIndex((span) => span.spanId === spanId);
}

/** Any ids for parents and for themselves, any times: what the worst sender could send. */
const anySpans: fc.Arbitrary<readonly SpanOutline[]> = fc.array(
  fc
    .record({
      spanId: fc.integer({ min: 0, max: 12 }).map(String),
      parent: fc.oneof(fc.constant(''), fc.integer({ min: 0, max: 14 }).map(String)),
      timestamp: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
      duration: fc.oneof(
        fc.bigInt({ min: -5n, max: 1_000n }),
        fc.bigInt({ min: 0n, max: 2n ** 64n }),
      ),
      kind: fc.constantFrom('internal', 'server', 'client'),
      status: fc.constantFrom('unset', 'error'),
      host: fc.constantFrom('', 'a', 'b'),
    })
    .map(({ timestamp, duration, ...span }) =>
      Object.assign(outline({ from: 0, took: 0, ...span }), {
        timestamp: String(timestamp),
        durationNs: String(duration),
      }),
    ),
  { maxLength: 40 },
);

describe('traceTree', () => {
  test('puts children below their parents, by their start', () => {
    const tree = traceTree([
      outline({ spanId: 'root', from: 0, took: 100 }),
      outline({ spanId: 'late', parent: 'root', from: 60, took: 10 }),
      outline({ spanId: 'early', parent: 'root', from: 10, took: 20 }),
      outline({ spanId: 'deep', parent: 'early', from: 12, took: 5 }),
    ]);
    expect(drawn(tree)).toEqual(['0 root', '1 early', '2 deep', '1 late']);
    expect([...tree.sizes]).toEqual([4, 1, 2, 1]);
  });

  test('self time is what no child covers, however children overlap or stick out', () => {
    const tree = traceTree([
      outline({ spanId: 'root', from: 0, took: 100 }),
      outline({ spanId: 'a', parent: 'root', from: 10, took: 30 }),
      outline({ spanId: 'b', parent: 'root', from: 20, took: 30 }),
      outline({ spanId: 'c', parent: 'root', from: 90, took: 50 }),
    ]);
    expect(tree.selfTimes[0]).toBe(50 * MS);
    expect(tree.widthNs).toBe(140 * MS);
  });

  test('a parent that never came, a span of itself and an id used twice are marked and drawn', () => {
    const tree = traceTree([
      outline({ spanId: 'orphan', parent: 'gone', from: 0, took: 1 }),
      outline({ spanId: 'self', parent: 'self', from: 1, took: 1 }),
      outline({ spanId: 'x', parent: 'y', from: 2, took: 1 }),
      outline({ spanId: 'y', parent: 'x', from: 3, took: 1 }),
      outline({ spanId: 'y', parent: 'x', from: 4, took: 1, name: 'again' }),
    ]);
    expect(drawn(tree)).toEqual(['0 orphan', '0 self', '0 x', '1 y', '1 again']);
    expect(hasMark(tree, indexOf(tree, 'orphan'), 'orphan')).toBe(true);
    expect(hasMark(tree, indexOf(tree, 'self'), 'loop')).toBe(true);
    expect(hasMark(tree, indexOf(tree, 'x'), 'loop')).toBe(true);
    expect(hasMark(tree, 4, 'duplicate')).toBe(true);
  });

  test('the two ends of a call that share an id stand one below the other', () => {
    const tree = traceTree([
      outline({ spanId: 'call', from: 0, took: 9, kind: 'client', name: 'client' }),
      outline({ spanId: 'call', from: 1, took: 7, kind: 'server', name: 'server' }),
    ]);
    expect(drawn(tree)).toEqual(['0 client', '1 server']);
  });

  test('errors below a span are counted', () => {
    const tree = traceTree([
      outline({ spanId: 'root', from: 0, took: 9 }),
      outline({ spanId: 'a', parent: 'root', from: 1, took: 2, status: 'error' }),
      outline({ spanId: 'b', parent: 'a', from: 1, took: 1, status: 'error' }),
    ]);
    expect([...tree.errorsBelow]).toEqual([2, 1, 0]);
  });

  test('whatever comes, every span is drawn once, below its parent, with a self time within its time', () => {
    fc.assert(
      fc.property(anySpans, (spans) => {
        const tree = traceTree(spans);
        expect([...tree.order].sort((a, b) => a - b)).toEqual(spans.map((_, index) => index));
        for (const [place, span] of tree.order.entries()) {
          const parent = tree.parents[span] ?? -1;
          const parentPlace = tree.places[parent] ?? -1;
          expect(tree.places[span]).toBe(place);
          expect(tree.depths[span]).toBe(parent < 0 ? 0 : (tree.depths[parent] ?? 0) + 1);
          expect(parentPlace).toBeLessThan(place);
          if (parent >= 0) {
            expect(place).toBeLessThan(parentPlace + (tree.sizes[parent] ?? 0));
          }
          expect(tree.selfTimes[span]).toBeGreaterThanOrEqual(0);
          expect(tree.selfTimes[span]).toBeLessThanOrEqual(tree.durations[span] ?? 0);
        }
      }),
    );
  });

  test('a chain of 100,000 spans and one span with as many children are drawn', () => {
    const count = 100_000;
    const chain = Array.from({ length: count }, (_, index) =>
      outline({
        spanId: `${index}`,
        parent: index === 0 ? '' : `${index - 1}`,
        from: index,
        took: 1,
      }),
    );
    expect(traceTree(chain).depths[count - 1]).toBe(count - 1);
    const wide = Array.from({ length: count }, (_, index) =>
      outline({ spanId: `${index}`, parent: index === 0 ? '' : '0', from: index, took: 1 }),
    );
    expect(traceTree(wide).sizes[0]).toBe(count);
  });
});

describe('criticalPath', () => {
  test('goes through the child that ended last, and the one before it', () => {
    const tree = traceTree([
      outline({ spanId: 'root', from: 0, took: 100 }),
      outline({ spanId: 'first', parent: 'root', from: 10, took: 20 }),
      outline({ spanId: 'beside', parent: 'root', from: 35, took: 20 }),
      outline({ spanId: 'last', parent: 'root', from: 40, took: 50 }),
      outline({ spanId: 'after', parent: 'root', from: 120, took: 50 }),
    ]);
    const path = criticalPath(tree);
    const named = [...path.entries()].map(([span, sections]) => [
      tree.spans[span]?.name,
      sections.map(({ from, to }) => [from / MS, to / MS]),
    ]);
    expect(Object.fromEntries(named)).toEqual({
      root: [
        [90, 100],
        [30, 40],
        [0, 10],
      ],
      last: [[40, 90]],
      first: [[10, 30]],
    });
  });

  test('its sections do not overlap and are within their spans', () => {
    fc.assert(
      fc.property(anySpans, (spans) => {
        const tree = traceTree(spans);
        for (const [span, sections] of criticalPath(tree)) {
          for (const { from, to } of sections) {
            expect(from).toBeLessThan(to);
            expect(from).toBeGreaterThanOrEqual(tree.starts[span] ?? 0);
            expect(to).toBeLessThanOrEqual(endOf(tree, span));
          }
          for (const [at, { from }] of sections.entries()) {
            expect(sections[at + 1]?.to ?? from).toBeLessThanOrEqual(from);
          }
        }
      }),
    );
  });
});

describe('clocks', () => {
  const spans = [
    outline({ spanId: 'caller', from: 0, took: 20, host: 'a' }),
    outline({ spanId: 'callee', parent: 'caller', from: -30, took: 10, host: 'b' }),
    outline({ spanId: 'inner', parent: 'callee', from: -25, took: 1, host: 'b' }),
    outline({ spanId: 'own', parent: 'caller', from: -1, took: 1, host: 'a' }),
  ];

  test('a callee on another host that starts before its caller is found', () => {
    const tree = traceTree(spans);
    expect([...skewedSpans(tree)]).toEqual([[1, 30 * MS]]);
  });

  test('put right, it lies in the middle of its caller, and moves what is below it', () => {
    const tree = traceTree(spans);
    const aligned = traceTree(spans, clockShifts(tree));
    const start = (index: number): number =>
      (aligned.starts[index] ?? 0) - (aligned.starts[0] ?? 0);
    expect([start(1), start(2), start(3)]).toEqual([5 * MS, 10 * MS, -1 * MS]);
    expect(skewedSpans(aligned).size).toBe(0);
  });

  test('whatever comes, no callee starts before its caller when clocks are put right', () => {
    const ordinary = anySpans.map((each) =>
      each.map((span) => ({ ...span, timestamp: span.timestamp.slice(0, 6), durationNs: '1000' })),
    );
    fc.assert(
      fc.property(ordinary, (each) => {
        const tree = traceTree(each);
        const shifts = clockShifts(tree);
        for (const [span] of skewedSpans(tree)) {
          const parent = tree.parents[span] ?? -1;
          const start = (tree.starts[span] ?? 0) + (shifts[span] ?? 0);
          const caller = (tree.starts[parent] ?? 0) + (shifts[parent] ?? 0);
          expect(start).toBeGreaterThanOrEqual(caller);
        }
      }),
    );
  });
});

test('stretches in which nothing ran are gaps', () => {
  const tree = traceTree([
    outline({ spanId: 'send', from: 0, took: 10 }),
    outline({ spanId: 'work', parent: 'send', from: 60, took: 40 }),
  ]);
  expect(traceGaps(tree)).toEqual([{ from: 10 * MS, to: 60 * MS }]);
});
