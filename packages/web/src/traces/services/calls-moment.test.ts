import type { TraceMapHistoryResponse } from '@tendril/api/trace-map-history';
import { describe, expect, test } from 'vitest';
import { mapAtStep, rangeOfStep, totalsOf } from './calls-moment.ts';
import { serviceMap } from './map-layout.ts';

const WHOLE = { calls: 9, errors: 3, p50Ns: 1, p95Ns: 1, p99Ns: 1 };
const GATEWAY = {
  calls: [4, 5],
  errors: [0, 3],
  p50Ns: [10, 11],
  p95Ns: [20, 21],
  p99Ns: [30, 31],
};
const CALL = { calls: [2, 0], errors: [1, 0], p50Ns: [5, 0], p95Ns: [6, 0], p99Ns: [7, 0] };

const HISTORY: TraceMapHistoryResponse = {
  range: { from: '0', to: '120000000000' },
  cost: { elapsedMs: 1, rowsRead: 1, bytesRead: 1, statements: 1 },
  start: '0',
  stepNs: '60000000000',
  steps: 2,
  services: [
    { service: 'gateway', ...GATEWAY },
    { service: 'msg', ...CALL },
  ],
  edges: [{ caller: 'gateway', callee: 'msg', kind: 'call', ...CALL }],
  knownTo: '120000000000',
};

const MAP = serviceMap(
  [
    { service: 'gateway', ...WHOLE },
    { service: 'msg', ...WHOLE },
    { service: 'alone', ...WHOLE },
  ],
  [
    { caller: 'gateway', callee: 'msg', kind: 'call', ...WHOLE },
    { caller: 'msg', callee: 'redis', kind: 'database', ...WHOLE },
  ],
);

describe('mapAtStep', () => {
  test('gives nodes and edges the figures of the step, and zeros where nothing was called', () => {
    const { nodes, edges } = mapAtStep(MAP, HISTORY, 1);
    expect(
      nodes.map(({ name, calls }) => [name, calls?.calls, calls?.errors, calls?.p95Ns]),
    ).toEqual(
      expect.arrayContaining([
        ['gateway', 5, 3, 21],
        ['msg', 0, 0, 0],
        ['alone', 0, 0, 0],
        ['redis', undefined, undefined, undefined],
      ]),
    );
    expect(edges.map(({ edge }) => edge.calls)).toEqual([0, 0]);
  });

  test('without a step leaves those of the whole range, beside the history', () => {
    const { nodes, edges } = mapAtStep(MAP, HISTORY, undefined);
    expect(nodes.find(({ name }) => name === 'gateway')).toMatchObject({
      calls: WHOLE,
      history: GATEWAY,
    });
    expect(edges.map(({ edge, history }) => [edge.calls, history?.calls])).toEqual([
      [9, [2, 0]],
      [9, undefined],
    ]);
  });

  test('places stay where they are, whichever the step', () => {
    const places = (step: number | undefined): unknown =>
      mapAtStep(MAP, HISTORY, step).nodes.map(({ id, x, y }) => [id, x, y]);
    expect(places(0)).toEqual(places(undefined));
  });
});

test('a step that is not over is as long as it has lasted', () => {
  const ends = { toNs: 90_000_000_000n };
  expect(rangeOfStep(HISTORY, 0, ends)).toEqual({ fromNs: 0n, toNs: 60_000_000_000n });
  expect(rangeOfStep(HISTORY, 1, ends)).toEqual({ fromNs: 60_000_000_000n, toNs: 90_000_000_000n });
});

test('the totals of a step are those of all services', () => {
  expect(totalsOf(HISTORY)).toEqual({ calls: [6, 5], errors: [1, 3] });
});
