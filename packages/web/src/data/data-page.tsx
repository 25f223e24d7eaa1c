/** Whether everything that is sent arrives: by source, by service, by canary, and what it takes on disk. */
import type { ReactElement } from 'react';
import { FailureNote } from '../components/failure-note.tsx';
import { useText } from '../lib/text.tsx';
import { useStatus } from '../lib/use-status.ts';
import { CanaryTable } from './canary-table.tsx';
import { CollectorTables } from './collector-tables.tsx';
import { DataTabs } from './data-tabs.tsx';
import { ServiceTable } from './service-table.tsx';
import { SourceTable } from './source-table.tsx';
import { StorageFacts } from './storage-facts.tsx';
import './data.css';

export function DataPage(): ReactElement {
  const { text } = useText();
  const { data, error, refetch } = useStatus();
  return (
    <div className="data-page">
      <h1 className="visually-hidden">{text('page.data')}</h1>
      <DataTabs />
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
      <div className="data-content" tabIndex={0} role="group" aria-label={text('data.health')}>
        {error && <FailureNote error={error} onRetry={() => void refetch()} />}
        {data && (
          <>
            <SourceTable health={data} />
            <CollectorTables />
            <ServiceTable />
            <CanaryTable canaries={data.status.canaries} />
            <StorageFacts status={data.status} />
          </>
        )}
      </div>
    </div>
  );
}
