import type { ServiceCalls, ServiceEdge } from '@tendril/api/trace-services';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EDGES_MAX, linePath, NODE_PX, serviceMap } from './map-layout.ts';

const TIMES = { calls: 1, errors: 0, p50Ns: 1, p95Ns: 1, p99Ns: 1 };

function edge(caller: string, callee: string, kind: ServiceEdge['kind'] = 'call'): ServiceEdge {
  return { caller, callee, kind, ...TIMES };
}

function service(name: string): ServiceCalls {
  return { service: name, ...TIMES };
}

describe('serviceMap', () => {
  test('callers stand left of what they call', () => {
    const { nodes } = serviceMap(
      [service('gateway'), service('msg'), service('alone')],
      [edge('gateway', 'msg'), edge('msg', 'mongodb', 'database')],
    );
    const at = new Map(nodes.map(({ name, x }) => [name, x]));
    expect([...at.keys()].sort()).toEqual(['alone', 'gateway', 'mongodb', 'msg']);
    expect(at.get('gateway')).toBeLessThan(at.get('msg') ?? 0);
    expect(at.get('msg')).toBeLessThan(at.get('mongodb') ?? 0);
  });

  test('the figures of a call stand on no node', () => {
    const { nodes, edges } = serviceMap(
      [],
      [edge('a', 'b'), edge('b', 'c'), edge('a', 'c'), edge('c', 'redis', 'database')],
    );
    for (const { label } of edges) {
      const covered = nodes.filter(
        ({ x, y }) =>
          label.x > x && label.x < x + NODE_PX.width && label.y > y && label.y < y + NODE_PX.height,
      );
      expect(covered).toEqual([]);
    }
  });

  test('a database that is called as a service is not that service', () => {
    const { nodes } = serviceMap([], [edge('a', 'redis'), edge('a', 'redis', 'database')]);
    expect(nodes.filter(({ name }) => name === 'redis')).toHaveLength(2);
  });

  test('the busiest edges are drawn, and the others counted', () => {
    const edges = Array.from({ length: EDGES_MAX + 7 }, (_, at) => edge('a', `b${at}`));
    const map = serviceMap([], edges);
    expect(map.edges).toHaveLength(EDGES_MAX);
    expect(map.leftOut).toBe(7);
  });

  test('whoever calls whom, also in a ring and themselves, all nodes have a place', () => {
    const name = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor', '');
    const kind = fc.constantFrom('call', 'database', 'messaging', 'external');
    fc.assert(
      fc.property(fc.array(fc.tuple(name, name, kind), { maxLength: 30 }), (each) => {
        const map = serviceMap(
          [],
          each.map(([caller, callee, of]) => edge(caller, callee, of)),
        );
        for (const { x, y } of map.nodes) expect([x, y].every(Number.isFinite)).toBe(true);
        for (const { points, label } of map.edges) {
          expect([label.x, label.y].every(Number.isFinite)).toBe(true);
          expect(linePath(points)).toMatch(/^M[-\d.,]+(?:L[-\d.,]+|(?:Q[-\d.,]+ [-\d.,]+)+)$/);
        }
      }),
    );
  });
});
