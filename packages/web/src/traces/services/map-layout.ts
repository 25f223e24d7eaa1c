/**
 * The services and what they call, laid out from left to right. Of very many edges the busiest are
 * drawn, and how many were left out is said.
 */
import { graphlib, layout } from '@dagrejs/dagre';
import type { EdgeKind, ServiceCalls, ServiceEdge } from '@tendril/api/trace-services';

export interface MapNode {
  readonly id: string;
  readonly name: string;
  /** `call`: a service that sends spans. */
  readonly kind: EdgeKind;
  /** Undefined for what sends no spans. */
  readonly calls: ServiceCalls | undefined;
  readonly x: number;
  readonly y: number;
}

export interface MapEdge {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  readonly edge: ServiceEdge;
}

export interface ServiceMap {
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
  readonly leftOut: number;
}

export const NODE_PX = { width: 190, height: 62 } as const;
/** What a person can still follow, and the layout is still quick with. */
export const EDGES_MAX = 300;
const GAP_PX = { ranks: 130, nodes: 26 };

/** `edges` come with the busiest first. */
export function serviceMap(
  services: readonly ServiceCalls[],
  edges: readonly ServiceEdge[],
): ServiceMap {
  const drawn = edges.slice(0, EDGES_MAX).map((edge): MapEdge => ({
    id: JSON.stringify([edge.caller, edge.kind, edge.callee]),
    source: nodeId('call', edge.caller),
    target: nodeId(edge.kind, edge.callee),
    edge,
  }));
  const callsOf = new Map(services.map((calls) => [calls.service, calls]));
  const named = new Map<string, { readonly name: string; readonly kind: EdgeKind }>();
  for (const { source, target, edge } of drawn) {
    named.set(source, { name: edge.caller, kind: 'call' });
    named.set(target, { name: edge.callee, kind: edge.kind });
  }
  for (const { service } of services.slice(0, EDGES_MAX)) {
    named.set(nodeId('call', service), { name: service, kind: 'call' });
  }
  const places = placesOf([...named.keys()], drawn);
  const nodes = [...named].map(([id, { name, kind }]): MapNode => {
    const { x, y } = places.get(id) ?? { x: 0, y: 0 };
    return { id, name, kind, calls: kind === 'call' ? callsOf.get(name) : undefined, x, y };
  });
  return { nodes, edges: drawn, leftOut: edges.length - drawn.length };
}

function nodeId(kind: EdgeKind, name: string): string {
  return `${kind} ${name}`;
}

/** Upper left corners. */
function placesOf(
  ids: readonly string[],
  edges: readonly MapEdge[],
): ReadonlyMap<string, { readonly x: number; readonly y: number }> {
  const graph = new graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', ranksep: GAP_PX.ranks, nodesep: GAP_PX.nodes });
  for (const id of ids) graph.setNode(id, { ...NODE_PX });
  for (const { id, source, target } of edges) graph.setEdge(source, target, {}, id);
  layout(graph);
  return new Map(
    ids.map((id) => {
      const { x = 0, y = 0 } = graph.node(id);
      return [id, { x: x - NODE_PX.width / 2, y: y - NODE_PX.height / 2 }];
    }),
  );
}
