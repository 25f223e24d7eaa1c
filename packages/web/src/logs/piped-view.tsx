/** What a query with pipes answers: records, like those of any search, or a table. */
import { useMemo, type ReactElement } from 'react';
import { FailureNote } from '../components/failure-note.tsx';
import { RecordsView, type RecordsViewProps } from './records-view.tsx';
import { ResultTable } from './result-table.tsx';
import { useRecordFeed } from './use-record-feed.ts';

export type PipedViewProps = Omit<RecordsViewProps, 'feed' | 'state' | 'isStale' | 'total'>;

export function PipedView(props: PipedViewProps): ReactElement {
  const { address, resolved } = props;
  const { query, order } = address;
  const request = useMemo(
    () => ({ query, range: resolved, order, isLive: false }),
    [query, resolved, order],
  );
  const used = useRecordFeed(request);
  const { phase, error, isTable } = used.state;
  if (isTable) return <ResultTable query={query} range={resolved} />;
  if (phase === 'failed') return <FailureNote error={error} />;
  return <RecordsView {...props} {...used} total={undefined} />;
}
