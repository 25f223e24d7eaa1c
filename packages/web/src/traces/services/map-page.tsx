/** The map of services: who calls whom, how often, how well, how fast. Its code is loaded on its own. */
import '@xyflow/react/dist/style.css';
import {
  Background,
  Controls,
  Handle,
  MarkerType,
  Position,
  ReactFlow,
  type Edge,
  type Node,
  type NodeProps,
} from '@xyflow/react';
import { Link } from '@tanstack/react-router';
import { useMemo, useState, type ReactElement } from 'react';
import type { PageMessages } from '@tendril/messages/page';
import type { TimeRange } from '@tendril/model/time-range';
import { FailureNote } from '../../components/failure-note.tsx';
import { StatusLine } from '../../components/status-line.tsx';
import { durationText } from '../../lib/duration-text.ts';
import { usePreference } from '../../lib/preferences.ts';
import { useText } from '../../lib/text.tsx';
import { clockText } from '../../lib/zone-time.ts';
import { ServiceName } from '../../records/service-name.tsx';
import { visibleLine } from '../../records/visible-text.ts';
import { useServices } from '../use-service-names.ts';
import { CallsTable } from './calls-table.tsx';
import { NODE_PX, serviceMap, type MapEdge, type MapNode, type ServiceMap } from './map-layout.ts';
import { callsPerSecond, errorShare, rateText, shareText, type Counted } from './rates.ts';
import { ServicesHead } from './services-head.tsx';
import { servicePath, useServicesAddress } from './services-url.ts';
import { useDependencies } from './use-dependencies.ts';
import '../traces.css';
import './services.css';

const NAME_CHARACTERS_MAX = 60;
const ERROR_SHARE_BAD = 0.01;
const EDGE_PX = { min: 1, max: 4 };
const ARROW = {
  type: MarkerType.ArrowClosed,
  markerUnits: 'userSpaceOnUse',
  width: 18,
  height: 18,
  color: 'var(--text-3)',
} as const;
const BAD_ARROW = { ...ARROW, color: 'var(--error)' } as const;
const NO_MAP: ServiceMap = { nodes: [], edges: [], leftOut: 0 };

export function MapPage(): ReactElement {
  const { text, number } = useText();
  const zone = usePreference('zone');
  const address = useServicesAddress();
  const services = useServices(address.resolved);
  const dependencies = useDependencies(address.resolved);
  const [isTable, setTable] = useState(false);
  const map = useMemo(
    () =>
      services.data && dependencies.data
        ? serviceMap(services.data.services, dependencies.data.edges)
        : NO_MAP,
    [services.data, dependencies.data],
  );
  const known = BigInt(dependencies.data?.knownTo ?? '0');
  return (
    <div className="services">
      <ServicesHead address={address} title={text('page.services')} />
      {services.error && <FailureNote error={services.error} />}
      {dependencies.error && <FailureNote error={dependencies.error} />}
      <div className="trace-toolbar">
        <span className="dim number">
          {known === 0n
            ? text('map.waiting')
            : text('map.known', { time: clockText(known, zone, 'second').slice(0, 5) })}
          {map.leftOut > 0 && ` · ${text('map.leftOut', { count: number(map.leftOut) })}`}
        </span>
        <span className="grow" />
        <button
          type="button"
          className="button small"
          aria-pressed={isTable}
          onClick={() => setTable(!isTable)}
        >
          {text('map.asTable')}
        </button>
      </div>
      {isTable ? (
        <EdgeTable map={map} range={address.resolved} />
      ) : (
        <div className="service-map" aria-busy={!services.data || !dependencies.data}>
          <Flow map={map} range={address.resolved} search={address.search} />
        </div>
      )}
      <StatusLine>
        {dependencies.data && (
          <span className="number">{Math.round(dependencies.data.cost.elapsedMs)} ms</span>
        )}
      </StatusLine>
    </div>
  );
}

interface FlowProps {
  readonly map: ServiceMap;
  readonly range: TimeRange;
  readonly search: Readonly<Record<string, string>>;
}

function Flow({ map, range, search }: FlowProps): ReactElement {
  const { text, number } = useText();
  const nodes = useMemo(
    () => map.nodes.map((node) => flowNode(node, { range, search })),
    [map, range, search],
  );
  const edges = useMemo(() => flowEdges(map.edges, range, number), [map, range, number]);
  return (
    <ReactFlow
      // What is shown changes as a whole; the view is fitted to it anew.
      key={map.nodes.map(({ id }) => id).join('\n')}
      nodes={nodes}
      edges={edges}
      nodeTypes={NODE_TYPES}
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
  readonly node: MapNode;
  readonly range: TimeRange;
  readonly search: Readonly<Record<string, string>>;
}

type FlowNode = Node<NodeData, 'service'>;

function flowNode(node: MapNode, shared: Pick<NodeData, 'range' | 'search'>): FlowNode {
  return {
    id: node.id,
    type: 'service',
    position: { x: node.x, y: node.y },
    data: { node, ...shared },
    ...NODE_PX,
  };
}

function flowEdges(
  edges: readonly MapEdge[],
  range: TimeRange,
  number: PageMessages['number'],
): Edge[] {
  const busiest = edges.reduce((most, { edge }) => Math.max(most, edge.calls), 1);
  return edges.map(({ id, source, target, edge }) => {
    const isBad = errorShare(edge) >= ERROR_SHARE_BAD;
    const width = EDGE_PX.min + (EDGE_PX.max - EDGE_PX.min) * Math.sqrt(edge.calls / busiest);
    return {
      id,
      source,
      target,
      label: edgeLabel(edge, range, number),
      className: isBad ? 'map-edge is-bad' : 'map-edge',
      style: { strokeWidth: width },
      markerEnd: isBad ? BAD_ARROW : ARROW,
    };
  });
}

function edgeLabel(
  edge: Counted & { readonly p95Ns: number },
  range: TimeRange,
  number: PageMessages['number'],
): string {
  const rate = `${rateText(callsPerSecond(edge, range), number)}/s`;
  const errors = edge.errors > 0 ? ` · ${shareText(errorShare(edge), number)} ✕` : '';
  return `${rate} · ${durationText(edge.p95Ns)}${errors}`;
}

const NODE_TYPES = { service: ServiceNode };

function ServiceNode({ data: { node, range, search } }: NodeProps<FlowNode>): ReactElement {
  const { text, number } = useText();
  const { calls, kind, name } = node;
  const share = calls ? errorShare(calls) : 0;
  const inner = (
    <>
      <span className="map-node-name" title={visibleLine(name, NAME_CHARACTERS_MAX)}>
        <ServiceName name={name} />
      </span>
      <span className="map-node-facts number">
        {calls
          ? `${rateText(callsPerSecond(calls, range), number)}/s · p95 ${durationText(calls.p95Ns)}`
          : kind}
        {share > 0 && (
          <span className="chip bad" title={text('services.errorShare')}>
            {shareText(share, number)}
          </span>
        )}
      </span>
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

function EdgeTable({
  map,
  range,
}: {
  readonly map: ServiceMap;
  readonly range: TimeRange;
}): ReactElement {
  const { text } = useText();
  return (
    <div className="services-body">
      <CallsTable
        caption={text('services.map')}
        nameHead={text('map.edge')}
        range={range}
        rows={map.edges.map(({ id, edge }) => ({
          ...edge,
          key: id,
          name: (
            <>
              <ServiceName name={edge.caller} /> → <ServiceName name={edge.callee} />
              {edge.kind !== 'call' && <span className="chip">{edge.kind}</span>}
            </>
          ),
        }))}
      />
    </div>
  );
}
