import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { callPaths } from './call-paths.ts';
import { flameFrames } from './flame-frames.ts';
import { outline } from './test-spans.ts';
import { traceDiff } from './trace-diff.ts';
import { traceTree } from './trace-tree.ts';

const MS = 1_000_000;
const BEFORE = callPaths(
  traceTree([
    outline({ spanId: '1', name: 'send', from: 0, took: 100 }),
    outline({ spanId: '2', parent: '1', name: 'get', from: 10, took: 20 }),
    outline({ spanId: '3', parent: '1', name: 'get', from: 40, took: 20, status: 'error' }),
    outline({ spanId: '4', parent: '2', name: 'cache', from: 12, took: 5 }),
    outline({ spanId: '5', parent: '1', name: 'push', from: 70, took: 5 }),
  ]),
);

describe('callPaths', () => {
  test('puts spans of one operation, called the same way, together', () => {
    expect(
      BEFORE.map(({ operation, depth, spans, errors }) => [operation, depth, spans, errors]),
    ).toEqual([
      ['send', 0, 1, 0],
      ['get', 1, 2, 1],
      ['cache', 2, 1, 0],
      ['push', 1, 1, 0],
    ]);
    expect(BEFORE.map(({ selfNs, workNs }) => [selfNs / MS, workNs / MS])).toEqual([
      [55, 100],
      [35, 40],
      [5, 5],
      [5, 5],
    ]);
  });
});

describe('flameFrames', () => {
  test('are as wide as the work below them, within their callers', () => {
    const frames = flameFrames(BEFORE, -1);
    expect(frames.map(({ path, row, width }) => [path, row, Math.round(width * 100)])).toEqual([
      [-1, 0, 100],
      [0, 1, 100],
      [1, 2, 40],
      [2, 3, 5],
      [3, 2, 5],
    ]);
  });

  test('one that is gone into is as wide as the whole, below its callers', () => {
    const frames = flameFrames(BEFORE, 1);
    expect(frames.map(({ path, row, width }) => [path, row, width])).toEqual([
      [-1, 0, 1],
      [0, 1, 1],
      [1, 2, 1],
      [2, 3, 0.125],
    ]);
  });

  test('whatever the trace, no frame is wider than its caller', () => {
    const spans = fc.array(
      fc.record({
        spanId: fc.integer({ min: 1, max: 30 }).map(String),
        parent: fc.integer({ min: 0, max: 30 }).map(String),
        name: fc.constantFrom('a', 'b', 'c'),
        from: fc.integer({ min: 0, max: 100 }),
        took: fc.integer({ min: 0, max: 50 }),
      }),
    );
    fc.assert(
      fc.property(spans, (each) => {
        const paths = callPaths(traceTree(each.map(outline)));
        const frames = flameFrames(paths, -1);
        for (const { path, left, width } of frames) {
          const parent = frames.find((frame) => frame.path === (paths[path]?.parent ?? -1));
          if (path < 0 || !parent) continue;
          expect(left).toBeGreaterThanOrEqual(parent.left - 1e-9);
          expect(left + width).toBeLessThanOrEqual(parent.left + parent.width + 1e-9);
        }
      }),
    );
  });
});

describe('traceDiff', () => {
  test('says what is gone, what is new, what became slower', () => {
    const after = callPaths(
      traceTree([
        outline({ spanId: '1', name: 'send', from: 0, took: 104 }),
        outline({ spanId: '2', parent: '1', name: 'get', from: 10, took: 40 }),
        outline({ spanId: '6', parent: '2', name: 'database', from: 11, took: 30 }),
        outline({ spanId: '5', parent: '1', name: 'push', from: 70, took: 1 }),
      ]),
    );
    const rows = traceDiff(BEFORE, after);
    expect(
      rows.map(({ operation, depth, change, deltaNs }) => [operation, depth, change, deltaNs / MS]),
    ).toEqual([
      ['send', 0, 'alike', 4],
      ['get', 1, 'slower', 0],
      ['cache', 2, 'onlyA', -5],
      ['database', 2, 'onlyB', 30],
      ['push', 1, 'faster', -4],
    ]);
  });

  test('a trace is like itself', () => {
    expect(new Set(traceDiff(BEFORE, BEFORE).map(({ change }) => change))).toEqual(
      new Set(['alike']),
    );
  });
});
