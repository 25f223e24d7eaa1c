/** The drawing of the map: services and what they call as boxes, calls as arrows with their figures. */
import '@xyflow/react/dist/style.css';
import {
  Background,
  BaseEdge,
  Controls,
  EdgeLabelRenderer,
  Handle,
  MarkerType,
  Position,
  ReactFlow,
  type Edge,
  type EdgeProps,
  type Node,
  type NodeProps,
} from '@xyflow/react';
import { Link } from '@tanstack/react-router';
import { useMemo, type ReactElement } from 'react';
import type { TimeRange } from '@tendril/model/time-range';
import { durationText } from '../../lib/duration-text.ts';
import { useText } from '../../lib/text.tsx';
import { ServiceName } from '../../records/service-name.tsx';
import { visibleLine } from '../../records/visible-text.ts';
import type { DrawnEdge, DrawnMap, DrawnNode } from './calls-moment.ts';
import { CallsSpark } from './calls-spark.tsx';
import { linePath, NODE_PX } from './map-layout.ts';
import { callsPerSecond, errorShare, rateText, shareText } from './rates.ts';
import { servicePath } from './services-url.ts';

export interface MapFlowProps {
  readonly map: DrawnMap;
  /** Of the figures. */
  readonly range: TimeRange;
  /** Which of the history they are. */
  readonly step: number | undefined;
  readonly search: Readonly<Record<string, string>>;
}

const NAME_CHARACTERS_MAX = 60;
const ERROR_SHARE_BAD = 0.01;
const EDGE_PX = { min: 1, max: 4 };
/** With more, what is drawn beside arrows covers others. */
const EDGE_SPARKS_MAX = 60;
const ARROW = {
  type: MarkerType.ArrowClosed,
  markerUnits: 'userSpaceOnUse',
  width: 18,
  height: 18,
  color: 'var(--text-3)',
} as const;
const BAD_ARROW = { ...ARROW, color: 'var(--error)' } as const;

export function MapFlow({ map, range, step, search }: MapFlowProps): ReactElement {
  const { text } = useText();
  const nodes = useMemo(
    () => map.nodes.map((node) => flowNode({ node, range, step, search })),
    [map, range, step, search],
  );
  const edges = useMemo(() => flowEdges(map.edges, range, step), [map, range, step]);
  return (
    <ReactFlow
      // What is shown changes as a whole; the view is fitted to it anew.
      key={map.nodes.map(({ id }) => id).join('\n')}
      nodes={nodes}
      edges={edges}
      nodeTypes={NODE_TYPES}
      edgeTypes={EDGE_TYPES}
      fitView
      fitViewOptions={{ maxZoom: 1, padding: 0.1 }}
      minZoom={0.1}
      nodesDraggable={false}
      nodesConnectable={false}
      nodesFocusable={false}
      edgesFocusable={false}
      elementsSelectable={false}
      deleteKeyCode={null}
      proOptions={{ hideAttribution: true }}
      ariaLabelConfig={{
        'controls.ariaLabel': text('map.controls'),
        'controls.zoomIn.ariaLabel': text('map.zoomIn'),
        'controls.zoomOut.ariaLabel': text('map.zoomOut'),
        'controls.fitView.ariaLabel': text('map.fit'),
      }}
    >
      <Background />
      <Controls showInteractive={false} />
    </ReactFlow>
  );
}

interface NodeData extends Record<string, unknown> {
  readonly node: DrawnNode;
  readonly range: TimeRange;
  readonly step: number | undefined;
  readonly search: Readonly<Record<string, string>>;
}

type FlowNode = Node<NodeData, 'service'>;

function flowNode(data: NodeData): FlowNode {
  const { id, x, y } = data.node;
  return { id, type: 'service', position: { x, y }, data, ...NODE_PX };
}

interface EdgeData extends Record<string, unknown> {
  readonly drawn: DrawnEdge;
  readonly range: TimeRange;
  readonly step: number | undefined;
  readonly hasSpark: boolean;
}

type FlowEdge = Edge<EdgeData, 'call'>;

function flowEdges(
  edges: readonly DrawnEdge[],
  range: TimeRange,
  step: number | undefined,
): FlowEdge[] {
  const busiest = edges.reduce((most, { edge }) => Math.max(most, edge.calls), 1);
  const hasSpark = edges.length <= EDGE_SPARKS_MAX;
  return edges.map((drawn) => {
    const { id, source, target, edge } = drawn;
    const isBad = errorShare(edge) >= ERROR_SHARE_BAD;
    const width = EDGE_PX.min + (EDGE_PX.max - EDGE_PX.min) * Math.sqrt(edge.calls / busiest);
    const style = isBad ? 'map-edge is-bad' : 'map-edge';
    return {
      id,
      source,
      target,
      type: 'call',
      data: { drawn, range, step, hasSpark },
      className: edge.calls === 0 ? `${style} is-idle` : style,
      style: { strokeWidth: width },
      markerEnd: isBad ? BAD_ARROW : ARROW,
    };
  });
}

const NODE_TYPES = { service: ServiceNode };
const EDGE_TYPES = { call: CallEdge };

function CallEdge(props: EdgeProps<FlowEdge>): ReactElement {
  const { number } = useText();
  const { id, data, style, markerEnd } = props;
  if (data === undefined) return <></>;
  const { points, label, edge, history } = data.drawn;
  const arrow = markerEnd === undefined ? {} : { markerEnd };
  return (
    <>
      <BaseEdge id={id} path={linePath(points)} style={style ?? {}} {...arrow} />
      {edge.calls > 0 && (
        <EdgeLabelRenderer>
          <div
            className="map-edge-label number"
            style={{ transform: `translate(-50%, -50%) translate(${label.x}px, ${label.y}px)` }}
          >
            {edgeLabel(data, number)}
            {data.hasSpark && history && <CallsSpark history={history} step={data.step} />}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
}

function edgeLabel(
  { drawn: { edge }, range }: EdgeData,
  number: (value: number) => string,
): string {
  const rate = `${rateText(callsPerSecond(edge, range), number)}/s`;
  const errors = edge.errors > 0 ? ` · ${shareText(errorShare(edge), number)} ✕` : '';
  return `${rate} · ${durationText(edge.p95Ns)}${errors}`;
}

function nodeFacts(
  { calls, kind }: DrawnNode,
  range: TimeRange,
  number: (value: number) => string,
): string {
  if (calls === undefined) return kind;
  const rate = `${rateText(callsPerSecond(calls, range), number)}/s`;
  return calls.calls === 0 ? rate : `${rate} · p95 ${durationText(calls.p95Ns)}`;
}

function ServiceNode({ data: { node, range, step, search } }: NodeProps<FlowNode>): ReactElement {
  const { text, number } = useText();
  const { calls, kind, name, history } = node;
  const share = calls ? errorShare(calls) : 0;
  const inner = (
    <>
      <span className="map-node-name" title={visibleLine(name, NAME_CHARACTERS_MAX)}>
        <ServiceName name={name} />
      </span>
      <span className="map-node-facts number">
        {nodeFacts(node, range, number)}
        {share > 0 && (
          <span className="chip bad" title={text('services.errorShare')}>
            {shareText(share, number)}
          </span>
        )}
      </span>
      {history && <CallsSpark history={history} step={step} />}
    </>
  );
  const style = `map-node kind-${kind} ${share >= ERROR_SHARE_BAD ? 'is-bad' : ''}`;
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      {kind === 'call' ? (
        <Link to={servicePath(name)} search={search} className={style}>
          {inner}
        </Link>
      ) : (
        <div className={style}>{inner}</div>
      )}
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </>
  );
}
