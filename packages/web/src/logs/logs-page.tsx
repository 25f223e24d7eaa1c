/** The log page: a first-run page until something is stored, then the search. */
import type { ReactElement } from 'react';
import { useLatch } from '../lib/use-latch.ts';
import { storedRecords, useStatus } from '../lib/use-status.ts';
import { FirstRun } from './first-run.tsx';
import { LogsSearch } from './logs-search.tsx';

export function LogsPage(): ReactElement {
  const { data } = useStatus();
  const isEmpty =
    data !== undefined &&
    storedRecords(data.status) === 0 &&
    data.status.pipeline.pendingRecords === 0;
  // Once records were seen the search stays, whatever retention takes away.
  const hadRecords = useLatch(data !== undefined && !isEmpty);
  return data && isEmpty && !hadRecords ? <FirstRun status={data.status} /> : <LogsSearch />;
}
