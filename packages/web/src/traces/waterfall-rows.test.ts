import type { LogRecord } from '@tendril/model/log-record';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { spansWithText } from './span-search.ts';
import { outline } from './test-spans.ts';
import { traceTree } from './trace-tree.ts';
import { NO_RECORDS, placeRecords, waterfallRows, type PlacedRecords } from './waterfall-rows.ts';

const SPANS = [
  outline({ spanId: 'root', from: 0, took: 100 }),
  outline({ spanId: 'a', parent: 'root', from: 10, took: 20 }),
  outline({ spanId: 'a1', parent: 'a', from: 12, took: 5, statusMessage: 'Pool exhausted' }),
  outline({ spanId: 'b', parent: 'root', from: 50, took: 20 }),
];
const tree = traceTree(SPANS);

function record(spanId: string, atMs: number): LogRecord {
  return {
    id: '0'.repeat(16),
    timestamp: String(tree.startNs + BigInt(atMs) * 1_000_000n),
    observedTimestamp: '0',
    severityText: 'INFO',
    severityNumber: 9,
    body: `${spanId} at ${atMs}`,
    original: '',
    serviceName: 'service',
    environment: '',
    traceId: '1',
    spanId,
    operationId: '',
    patternId: '',
    resource: {},
    scope: { name: '' },
    attributes: {},
  };
}

function named(rows: readonly number[], placed: PlacedRecords): readonly string[] {
  return rows.map((row) =>
    row >= 0 ? (tree.spans[row]?.name ?? '') : `· ${placed.records[~row]?.body ?? ''}`,
  );
}

describe('waterfallRows', () => {
  test('are the spans in their order', () => {
    expect(named(waterfallRows(tree, new Set(), NO_RECORDS), NO_RECORDS)).toEqual([
      'root',
      'a',
      'a1',
      'b',
    ]);
  });

  test('without what is below a folded span', () => {
    expect(named(waterfallRows(tree, new Set([1]), NO_RECORDS), NO_RECORDS)).toEqual([
      'root',
      'a',
      'b',
    ]);
  });

  test('with records of a span between its children, at their time', () => {
    const placed = placeRecords(tree, [
      record('root', 90),
      record('root', 40),
      record('root', 5),
      record('a', 11),
      record('a', 25),
      record('', 60),
      record('unknown', 200),
    ]);
    expect(named(waterfallRows(tree, new Set(), placed), placed)).toEqual([
      'root',
      '· root at 5',
      'a',
      '· a at 11',
      'a1',
      '· a at 25',
      '· root at 40',
      'b',
      '·  at 60',
      '· root at 90',
      '· unknown at 200',
    ]);
  });

  test('every record is in one row when nothing is folded, whatever span it names', () => {
    const anyRecords = fc.array(
      fc.tuple(
        fc.constantFrom('root', 'a', 'a1', 'b', '', 'x'),
        fc.integer({ min: -50, max: 200 }),
      ),
    );
    fc.assert(
      fc.property(anyRecords, (each) => {
        const placed = placeRecords(
          tree,
          each.map(([spanId, atMs]) => record(spanId, atMs)),
        );
        const rows = waterfallRows(tree, new Set(), placed);
        const shown = rows.filter((row) => row < 0).map((row) => ~row);
        expect(shown.sort((a, b) => a - b)).toEqual(each.map((_, index) => index));
      }),
    );
  });
});

describe('spansWithText', () => {
  test('finds names, messages and ids, in any case', () => {
    expect(spansWithText(tree, 'POOL')).toEqual([2]);
    expect(spansWithText(tree, 'a1')).toEqual([2]);
    expect(spansWithText(tree, ' ')).toEqual([]);
  });
});
