/**
 * The map of services: who calls whom, how often, how well, how fast, in the whole range or at a moment
 * of it. Its code is loaded on its own.
 */
import { useMemo, useState, type ReactElement } from 'react';
import type { TraceMapHistoryResponse } from '@tendril/api/trace-map-history';
import type { TimeRange } from '@tendril/model/time-range';
import { FailureNote } from '../../components/failure-note.tsx';
import { StatusLine } from '../../components/status-line.tsx';
import { usePreference } from '../../lib/preferences.ts';
import { useText } from '../../lib/text.tsx';
import { clockText } from '../../lib/zone-time.ts';
import { ServiceName } from '../../records/service-name.tsx';
import { useServices } from '../use-service-names.ts';
import { mapAtStep, rangeOfStep, type DrawnMap } from './calls-moment.ts';
import { CallsTable } from './calls-table.tsx';
import { MapFlow } from './map-flow.tsx';
import { serviceMap, type ServiceMap } from './map-layout.ts';
import { MapTimeline } from './map-timeline.tsx';
import { ServicesHead } from './services-head.tsx';
import { useServicesAddress } from './services-url.ts';
import { useDependencies } from './use-dependencies.ts';
import { useMapHistory } from './use-map-history.ts';
import '../traces.css';
import './services.css';

const NO_MAP: ServiceMap = { nodes: [], edges: [], leftOut: 0 };

export function MapPage(): ReactElement {
  const { text, number } = useText();
  const zone = usePreference('zone');
  const address = useServicesAddress();
  const { resolved, search } = address;
  const services = useServices(resolved);
  const dependencies = useDependencies(resolved);
  const history = useMapHistory(resolved);
  const [isTable, setTable] = useState(false);
  const { step, onStep } = useStep(history.data);
  const whole = useMemo(
    () =>
      services.data && dependencies.data
        ? serviceMap(services.data.services, dependencies.data.edges)
        : NO_MAP,
    [services.data, dependencies.data],
  );
  const map = useMemo(() => mapAtStep(whole, history.data, step), [whole, history.data, step]);
  const range = useMemo(
    () =>
      history.data && step !== undefined ? rangeOfStep(history.data, step, resolved) : resolved,
    [history.data, step, resolved],
  );
  const known = BigInt(dependencies.data?.knownTo ?? '0');
  const error = services.error ?? dependencies.error ?? history.error;
  return (
    <div className="services">
      <ServicesHead address={address} title={text('page.services')} />
      {error && <FailureNote error={error} />}
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
        <EdgeTable map={map} range={range} step={step} />
      ) : (
        <div className="service-map" aria-busy={!services.data || !dependencies.data}>
          <MapFlow map={map} range={range} step={step} search={search} />
        </div>
      )}
      {history.data && map.nodes.length > 0 && (
        <MapTimeline history={history.data} range={resolved} step={step} onStep={onStep} />
      )}
      <StatusLine>
        {dependencies.data && (
          <span className="number">{Math.round(dependencies.data.cost.elapsedMs)} ms</span>
        )}
      </StatusLine>
    </div>
  );
}

interface Step {
  readonly step: number | undefined;
  readonly onStep: (step: number | undefined) => void;
}

/** Kept as a time, so that it stays the same moment while the range moves on. */
function useStep(history: TraceMapHistoryResponse | undefined): Step {
  const [momentNs, setMomentNs] = useState<bigint>();
  return useMemo(() => {
    if (history === undefined) return { step: undefined, onStep: () => undefined };
    const [startNs, stepNs] = [BigInt(history.start), BigInt(history.stepNs)];
    const step = momentNs === undefined ? -1 : Number((momentNs - startNs) / stepNs);
    return {
      step: step >= 0 && step < history.steps ? step : undefined,
      onStep: (chosen) =>
        setMomentNs(chosen === undefined ? undefined : startNs + BigInt(chosen) * stepNs),
    };
  }, [history, momentNs]);
}

interface EdgeTableProps {
  readonly map: DrawnMap;
  readonly range: TimeRange;
  readonly step: number | undefined;
}

function EdgeTable({ map, range, step }: EdgeTableProps): ReactElement {
  const { text } = useText();
  return (
    <div className="services-body">
      <CallsTable
        caption={text('services.map')}
        nameHead={text('map.edge')}
        range={range}
        step={step}
        rows={map.edges.map(({ id, edge, history }) => ({
          ...edge,
          key: id,
          history,
          name: (
            <>
              <ServiceName name={edge.caller} /> → <ServiceName name={edge.callee} />
              {edge.kind !== 'call' && <span className="chip map-kind">{edge.kind}</span>}
            </>
          ),
        }))}
      />
    </div>
  );
}
