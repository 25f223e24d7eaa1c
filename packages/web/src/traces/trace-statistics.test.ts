import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { outline } from './test-spans.ts';
import { traceStatistics } from './trace-statistics.ts';
import { traceTree } from './trace-tree.ts';

const MS = 1_000_000;
const TREE = traceTree([
  outline({ spanId: '1', name: 'send', serviceName: 'api', from: 0, took: 100 }),
  outline({ spanId: '2', parent: '1', name: 'get', serviceName: 'db', from: 10, took: 20 }),
  outline({
    spanId: '3',
    parent: '1',
    name: 'get',
    serviceName: 'db',
    from: 40,
    took: 30,
    status: 'error',
  }),
  outline({ spanId: '4', parent: '1', name: 'put', serviceName: 'db', from: 80, took: 5 }),
]);

describe('traceStatistics', () => {
  test('counts by operation, most time of their own first', () => {
    expect(
      traceStatistics(TREE, 'operation').map((row) => [
        `${row.service} ${row.operation}`,
        row.spans,
        row.errors,
        row.totalNs / MS,
        row.selfNs / MS,
        row.minNs / MS,
        row.maxNs / MS,
      ]),
    ).toEqual([
      ['db get', 2, 1, 50, 50, 20, 30],
      ['api send', 1, 0, 100, 45, 100, 100],
      ['db put', 1, 0, 5, 5, 5, 5],
    ]);
  });

  test('counts by service', () => {
    const rows = traceStatistics(TREE, 'service');
    expect(rows.map(({ service, operation, spans }) => [service, operation, spans])).toEqual([
      ['db', '', 3],
      ['api', '', 1],
    ]);
  });

  test('whatever the names, every span is in one row', () => {
    const name = fc.constantFrom('a', 'b', '', '__proto__', 'constructor');
    fc.assert(
      fc.property(fc.array(fc.tuple(name, name), { minLength: 1, maxLength: 20 }), (names) => {
        const tree = traceTree(
          names.map(([serviceName, operation], index) =>
            outline({ spanId: String(index), serviceName, name: operation, from: index, took: 1 }),
          ),
        );
        const rows = traceStatistics(tree, 'operation');
        expect(rows.reduce((sum, { spans }) => sum + spans, 0)).toBe(names.length);
      }),
    );
  });
});
