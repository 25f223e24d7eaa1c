import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sampleSpan } from '../testing/sample-span.ts';
import { treeOf } from './trace-tree.ts';

function shapeOf(
  ...spans: readonly (readonly [id: string, parent: string, start?: number])[]
): string[] {
  const made = spans.map(([spanId, parentSpanId, start = 0]) =>
    sampleSpan({ spanId, parentSpanId, timestamp: String(start) }),
  );
  return treeOf(made).map(({ span, depth }) => `${'.'.repeat(depth)}${span.spanId}`);
}

describe('treeOf', () => {
  test('puts spans below their parents, by start', () => {
    expect(shapeOf(['c', 'a', 3], ['a', '', 1], ['b', 'a', 2], ['d', 'b', 9])).toEqual([
      'a',
      '.b',
      '..d',
      '.c',
    ]);
  });

  test('a span whose parent is missing is a root of its own', () => {
    expect(shapeOf(['a', 'gone', 1], ['b', 'a', 2])).toEqual(['a', '.b']);
  });

  test('circles are cut where they begin', () => {
    expect(shapeOf(['a', 'a', 1], ['b', 'c', 2], ['c', 'b', 3])).toEqual(['a', 'b', '.c']);
  });

  test('every span has one line, however they hang together', () => {
    const id = fc.constantFrom('', 'a', 'b', 'c', 'd', 'e');
    const span = fc.record({ spanId: id, parentSpanId: id, timestamp: fc.nat(9).map(String) });
    fc.assert(
      fc.property(fc.array(span), (drafts) => {
        const spans = drafts.map((draft) => sampleSpan(draft));
        const lines = treeOf(spans);
        expect(new Set(lines.map((line) => line.span))).toEqual(new Set(spans));
        expect(lines).toHaveLength(spans.length);
      }),
    );
  });

  test('a chain of 100,000 spans is drawn', () => {
    const chain = Array.from({ length: 100_000 }, (_, index) =>
      sampleSpan({ spanId: `s${index}`, parentSpanId: `s${index - 1}`, timestamp: String(index) }),
    );
    expect(treeOf(chain).at(-1)?.depth).toBe(99_999);
  });
});
