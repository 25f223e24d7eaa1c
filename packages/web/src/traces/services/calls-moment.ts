/** The map at one step of its history, and what all services together did in each. */
import type { CallsHistory, TraceMapHistoryResponse } from '@tendril/api/trace-map-history';
import type { TimeRange } from '@tendril/model/time-range';
import { edgeId, type MapEdge, type MapNode, type ServiceMap } from './map-layout.ts';

export interface DrawnNode extends MapNode {
  readonly history: CallsHistory | undefined;
}

export interface DrawnEdge extends MapEdge {
  readonly history: CallsHistory | undefined;
}

export interface DrawnMap {
  readonly nodes: readonly DrawnNode[];
  readonly edges: readonly DrawnEdge[];
  readonly leftOut: number;
}

/** With the figures of a step; without one, those of the whole range stay. */
export function mapAtStep(
  { nodes, edges, leftOut }: ServiceMap,
  history: TraceMapHistoryResponse | undefined,
  step: number | undefined,
): DrawnMap {
  const services = new Map(history?.services.map((each) => [each.service, each]));
  const calls = new Map(history?.edges.map((each) => [edgeId(each), each]));
  return {
    nodes: nodes.map((node): DrawnNode => {
      const own = node.kind === 'call' ? services.get(node.name) : undefined;
      if (step === undefined || node.calls === undefined) return { ...node, history: own };
      return { ...node, history: own, calls: { service: node.name, ...figuresAt(own, step) } };
    }),
    edges: edges.map((edge): DrawnEdge => {
      const own = calls.get(edge.id);
      if (step === undefined) return { ...edge, history: own };
      return { ...edge, history: own, edge: { ...edge.edge, ...figuresAt(own, step) } };
    }),
    leftOut,
  };
}

interface Figures {
  readonly calls: number;
  readonly errors: number;
  readonly p50Ns: number;
  readonly p95Ns: number;
  readonly p99Ns: number;
}

function figuresAt(history: CallsHistory | undefined, step: number): Figures {
  return {
    calls: history?.calls[step] ?? 0,
    errors: history?.errors[step] ?? 0,
    p50Ns: history?.p50Ns[step] ?? 0,
    p95Ns: history?.p95Ns[step] ?? 0,
    p99Ns: history?.p99Ns[step] ?? 0,
  };
}

/** The time of a step; the last one may end before it is full. */
export function rangeOfStep(
  { start, stepNs }: Pick<TraceMapHistoryResponse, 'start' | 'stepNs'>,
  step: number,
  { toNs }: Pick<TimeRange, 'toNs'>,
): TimeRange {
  const fromNs = BigInt(start) + BigInt(step) * BigInt(stepNs);
  const endNs = fromNs + BigInt(stepNs);
  return { fromNs, toNs: toNs > fromNs && toNs < endNs ? toNs : endNs };
}

/** Of all services, for each step. */
export function totalsOf({
  steps,
  services,
}: Pick<TraceMapHistoryResponse, 'steps' | 'services'>): Pick<CallsHistory, 'calls' | 'errors'> {
  const sums = (column: 'calls' | 'errors'): number[] =>
    Array.from({ length: steps }, (_, step) =>
      services.reduce((sum, history) => sum + (history[column][step] ?? 0), 0),
    );
  return { calls: sums('calls'), errors: sums('errors') };
}
