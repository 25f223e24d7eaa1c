/** The log page: a first-run page until something is stored, then the search. */
import type { ReactElement } from 'react';
import { useLatch } from '../lib/use-latch.ts';
import { useStatus } from '../lib/use-status.ts';
import { FirstRun } from './first-run.tsx';
import { LogsSearch } from './logs-search.tsx';
import { useIsEmpty } from './use-is-empty.ts';

export function LogsPage(): ReactElement {
  const { data } = useStatus();
  const isEmpty = useIsEmpty();
  // Once records were seen the search stays, whatever retention takes away.
  const hadRecords = useLatch(isEmpty === false);
  return data && isEmpty === true && !hadRecords ? (
    <FirstRun status={data.status} />
  ) : (
    <LogsSearch />
  );
}
