/** All services that sent spans: how often, how well and how fast they answer. */
import { Link } from '@tanstack/react-router';
import { useMemo, type ReactElement } from 'react';
import { FailureNote } from '../../components/failure-note.tsx';
import { useText } from '../../lib/text.tsx';
import { ServiceName } from '../../records/service-name.tsx';
import { useServices } from '../use-service-names.ts';
import { CallsTable } from './calls-table.tsx';
import { ServicesHead } from './services-head.tsx';
import { servicePath, useServicesAddress } from './services-url.ts';
import { useMapHistory } from './use-map-history.ts';
import './services.css';

export function ServicesPage(): ReactElement {
  const { text } = useText();
  const address = useServicesAddress();
  const { data, error, refetch } = useServices(address.resolved);
  const history = useMapHistory(address.resolved);
  const histories = useMemo(
    () => new Map(history.data?.services.map((each) => [each.service, each])),
    [history.data],
  );
  return (
    <div className="services">
      <ServicesHead address={address} title={text('page.services')} />
      {error && <FailureNote error={error} onRetry={() => void refetch()} />}
      <div className="services-body" aria-busy={!data && !error}>
        {data && data.services.length > 0 && (
          <CallsTable
            caption={text('page.services')}
            nameHead={text('traces.service')}
            range={address.resolved}
            rows={data.services.map(({ service, ...calls }) => ({
              ...calls,
              key: service,
              history: histories.get(service),
              name: (
                <Link to={servicePath(service)} search={address.search}>
                  <ServiceName name={service} />
                </Link>
              ),
            }))}
          />
        )}
        {data?.services.length === 0 && (
          <div className="empty-page">
            <h2>{text('services.none')}</h2>
            <p className="dim-2">{text('traces.first.explain')}</p>
            <Link to="/traces" className="button">
              {text('page.traces')}
            </Link>
          </div>
        )}
      </div>
    </div>
  );
}
