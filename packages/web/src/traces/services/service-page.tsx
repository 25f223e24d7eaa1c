/** One service: rate, errors and durations over time, its operations, error patterns and neighbours. */
import { Link } from '@tanstack/react-router';
import { useMemo, type ReactElement } from 'react';
import type { OperationCalls, ServiceEdge } from '@tendril/api/trace-services';
import type { TimeRange } from '@tendril/model/time-range';
import { quoteText } from '@tendril/query/print';
import { FailureNote } from '../../components/failure-note.tsx';
import { TimeChart } from '../../components/time-chart.tsx';
import { durationText } from '../../lib/duration-text.ts';
import { useText } from '../../lib/text.tsx';
import { absoluteRange } from '../../lib/time-range.ts';
import { ServiceName } from '../../records/service-name.tsx';
import { useChangeMarks } from '../../records/use-change-marks.ts';
import { visibleLine } from '../../records/visible-text.ts';
import { useOperations } from '../use-service-names.ts';
import { CallsTable, type CallsRow } from './calls-table.tsx';
import { rateText } from './rates.ts';
import { redSeries } from './red-series.ts';
import { ServicesHead } from './services-head.tsx';
import { servicePath, useServicesAddress, type ServicesAddress } from './services-url.ts';
import { useDependencies } from './use-dependencies.ts';
import { errorsQuery, useErrorPatterns } from './use-error-patterns.ts';
import { useServiceSeries } from './use-service-series.ts';
import './services.css';

const NAME_CHARACTERS_MAX = 300;

export function ServicePage(): ReactElement {
  const { text } = useText();
  const address = useServicesAddress();
  const { service, search } = address;
  return (
    <div className="services">
      <ServicesHead address={address} title={<ServiceName name={service} />} />
      <div className="services-body">
        <div className="service-links">
          <Link to="/traces" search={{ ...search, service }} className="button small">
            {text('service.traces')}
          </Link>
          <Link
            to="/logs"
            search={{ ...search, q: `service.name:${quoteText(service)}` }}
            className="button small"
          >
            {text('service.records')}
          </Link>
        </div>
        <Red address={address} />
        <Operations address={address} />
        <Errors address={address} />
        <Neighbours address={address} />
      </div>
    </div>
  );
}

interface PartProps {
  readonly address: ServicesAddress;
}

function Red({ address }: PartProps): ReactElement {
  const { text, number } = useText();
  const { data, error } = useServiceSeries(address.service, address.resolved);
  const red = useMemo(() => data && redSeries(data), [data]);
  const charts = useMemo(
    () =>
      red && {
        rate: [{ name: text('services.rate'), colour: '--info', values: red.callsPerSecond }],
        errors: [{ name: text('services.errors'), colour: '--error', values: red.errorsPerSecond }],
        durations: [
          { name: 'p50', colour: '--s2', values: red.p50Ns },
          { name: 'p95', colour: '--s4', values: red.p95Ns },
          { name: 'p99', colour: '--s5', values: red.p99Ns },
        ],
      },
    [red, text],
  );
  const marks = useChangeMarks(address.resolved, address.service);
  const onZoom = (range: TimeRange): void => address.onRange(absoluteRange(range));
  const rate = (value: number): string => rateText(value, number);
  if (error) return <FailureNote error={error} />;
  return (
    <div className="service-charts" aria-busy={!red}>
      {red && charts && (
        <>
          <section>
            <h2>{text('services.rate')}</h2>
            <TimeChart
              label={text('services.rate')}
              timesMs={red.timesMs}
              series={charts.rate}
              valueText={rate}
              onZoom={onZoom}
              marks={marks}
            />
          </section>
          <section>
            <h2>{text('services.errors')}</h2>
            <TimeChart
              label={text('services.errors')}
              timesMs={red.timesMs}
              series={charts.errors}
              valueText={rate}
              onZoom={onZoom}
              marks={marks}
            />
          </section>
          <section>
            <h2>{text('trace.facts.duration')}</h2>
            <TimeChart
              label={text('trace.facts.duration')}
              timesMs={red.timesMs}
              series={charts.durations}
              valueText={durationText}
              onZoom={onZoom}
              marks={marks}
            />
          </section>
        </>
      )}
    </div>
  );
}

function Operations({ address }: PartProps): ReactElement {
  const { text } = useText();
  const { service, resolved, search } = address;
  const { data, error } = useOperations(service, resolved);
  return (
    <section>
      <h2>{text('service.operations')}</h2>
      {error && <FailureNote error={error} />}
      {data && (
        <CallsTable
          caption={text('service.operations')}
          nameHead={text('traces.operation')}
          range={resolved}
          rows={data.operations.map((calls) => operationRow(calls, search))}
        />
      )}
    </section>
  );
}

function operationRow(calls: OperationCalls, search: Readonly<Record<string, string>>): CallsRow {
  const { service, operation, kind } = calls;
  const name = (
    <Link to="/traces" search={{ ...search, service, operation }}>
      <bdi>{visibleLine(operation, NAME_CHARACTERS_MAX)}</bdi> <span className="chip">{kind}</span>
    </Link>
  );
  return { ...calls, key: `${kind} ${operation}`, name };
}

function Errors({ address }: PartProps): ReactElement {
  const { text, number } = useText();
  const { service, resolved, search } = address;
  const { data, error } = useErrorPatterns(service, resolved);
  return (
    <section>
      <h2>{text('service.errors')}</h2>
      {error && <FailureNote error={error} />}
      {data?.patterns.length === 0 && <p className="dim">{text('service.errors.none')}</p>}
      <ul className="service-patterns">
        {(data?.patterns ?? []).map(({ patternId, template, count }) => (
          <li key={patternId}>
            <Link
              to="/logs"
              search={{ ...search, q: `${errorsQuery(service)} and patternId:${patternId}` }}
            >
              <span className="number">{number(count)}</span>{' '}
              <bdi className="mono">{visibleLine(template, NAME_CHARACTERS_MAX)}</bdi>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Neighbours({ address }: PartProps): ReactElement {
  const { text } = useText();
  const { service, resolved } = address;
  const { data, error } = useDependencies(resolved);
  const edges = data?.edges ?? [];
  return (
    <>
      {error && <FailureNote error={error} />}
      <Edges
        address={address}
        title={text('service.callers')}
        edges={edges.filter(({ callee, kind }) => callee === service && kind === 'call')}
        nameOf={({ caller }) => caller}
      />
      <Edges
        address={address}
        title={text('service.callees')}
        edges={edges.filter(({ caller }) => caller === service)}
        nameOf={({ callee }) => callee}
      />
    </>
  );
}

interface EdgesProps extends PartProps {
  readonly title: string;
  readonly edges: readonly ServiceEdge[];
  readonly nameOf: (edge: ServiceEdge) => string;
}

function Edges({ address, title, edges, nameOf }: EdgesProps): ReactElement | null {
  const { text } = useText();
  if (edges.length === 0) return null;
  return (
    <section>
      <h2>{title}</h2>
      <CallsTable
        caption={title}
        nameHead={text('traces.service')}
        range={address.resolved}
        rows={edges.map((edge) => ({
          ...edge,
          key: `${edge.kind} ${nameOf(edge)}`,
          name:
            edge.kind === 'call' ? (
              <Link to={servicePath(nameOf(edge))} search={address.search}>
                <ServiceName name={nameOf(edge)} />
              </Link>
            ) : (
              <>
                <ServiceName name={nameOf(edge)} /> <span className="chip">{edge.kind}</span>
              </>
            ),
        }))}
      />
    </section>
  );
}
