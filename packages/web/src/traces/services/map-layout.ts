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
  /** From border to border, around the nodes between. */
  readonly points: readonly Point[];
  /** Where its figures stand. */
  readonly label: Point;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface ServiceMap {
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
  readonly leftOut: number;
}

export const NODE_PX = { width: 190, height: 76 } as const;
/** What a person can still follow, and the layout is still quick with. */
export const EDGES_MAX = 300;
const GAP_PX = { ranks: 36, nodes: 26 };
/** Kept free for the figures of a call. */
const LABEL_PX = { width: 110, height: 30 };

/** `edges` come with the busiest first. */
export function serviceMap(
  services: readonly ServiceCalls[],
  edges: readonly ServiceEdge[],
): ServiceMap {
  const drawn = edges.slice(0, EDGES_MAX).map((edge): Connection => ({
    id: edgeId(edge),
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
  const laidOut = layOut([...named.keys()], drawn);
  const nodes = [...named].map(([id, { name, kind }]): MapNode => {
    const { x, y } = laidOut.cornerOf(id);
    return { id, name, kind, calls: kind === 'call' ? callsOf.get(name) : undefined, x, y };
  });
  return {
    nodes,
    edges: drawn.map((each): MapEdge => ({ ...each, ...laidOut.lineOf(each) })),
    leftOut: edges.length - drawn.length,
  };
}

type Connection = Omit<MapEdge, 'points' | 'label'>;

export function edgeId({
  caller,
  callee,
  kind,
}: Pick<ServiceEdge, 'caller' | 'callee' | 'kind'>): string {
  return JSON.stringify([caller, kind, callee]);
}

function nodeId(kind: EdgeKind, name: string): string {
  return `${kind} ${name}`;
}

interface Layout {
  /** The upper left one. */
  readonly cornerOf: (nodeId: string) => Point;
  readonly lineOf: (edge: Connection) => Pick<MapEdge, 'points' | 'label'>;
}

function layOut(ids: readonly string[], edges: readonly Connection[]): Layout {
  const graph = new graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', ranksep: GAP_PX.ranks, nodesep: GAP_PX.nodes });
  for (const id of ids) graph.setNode(id, { ...NODE_PX });
  for (const { id, source, target } of edges) {
    graph.setEdge(source, target, { ...LABEL_PX, labelpos: 'c' }, id);
  }
  layout(graph);
  return {
    cornerOf: (id) => {
      const { x = 0, y = 0 } = graph.node(id);
      return { x: x - NODE_PX.width / 2, y: y - NODE_PX.height / 2 };
    },
    lineOf: ({ id, source, target }) => {
      const { points = [], x = 0, y = 0 } = graph.edge(source, target, id);
      return { points, label: { x, y } };
    },
  };
}

/** A smooth line, as the path of an SVG. */
export function linePath(points: readonly Point[]): string {
  const [first, ...rest] = points;
  const last = rest.at(-1);
  if (first === undefined || last === undefined) return '';
  const bends = rest.slice(0, -1).map((bend, index) => {
    const next = rest[index + 1] ?? last;
    const isLast = index === rest.length - 2;
    const end = isLast ? last : { x: (bend.x + next.x) / 2, y: (bend.y + next.y) / 2 };
    return `Q${pair(bend)} ${pair(end)}`;
  });
  return `M${pair(first)}${bends.length === 0 ? `L${pair(last)}` : bends.join('')}`;
}

function pair({ x, y }: Point): string {
  return `${x.toFixed(1)},${y.toFixed(1)}`;
}
