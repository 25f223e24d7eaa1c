/** What the search cost and how far it got, in the status line; the statements behind it on request. */
import { lazy, Suspense, useState, type ReactElement } from 'react';
import { StatusLine } from '../components/status-line.tsx';
import { byteSizeText } from '../lib/byte-size.ts';
import { usePreference } from '../lib/preferences.ts';
import { useText } from '../lib/text.tsx';
import { storedRecords, useStatus } from '../lib/use-status.ts';
import { dateTimeText } from '../lib/zone-time.ts';
import type { FeedRequest, FeedState } from './record-feed.ts';

const SqlDialog = lazy(async () => ({
  default: (await import('./sql-dialog.tsx')).SqlDialog,
}));

export interface LogsStatusProps {
  readonly state: FeedState;
  readonly total: number | undefined;
  /** Before the total, where that is not exact. */
  readonly countMark: string;
  readonly request: FeedRequest;
}

export function LogsStatus({ state, total, countMark, request }: LogsStatusProps): ReactElement {
  const { text, number, shortNumber } = useText();
  const zone = usePreference('zone');
  const { data } = useStatus();
  const [isSqlShown, setSqlShown] = useState(false);
  const stored = data && storedRecords(data.status);
  const { summary } = state;
  return (
    <>
      <StatusLine>
        {total !== undefined && stored !== undefined && (
          <span className="number">
            {text('status.of', {
              count: `${countMark}${number(total)}`,
              stored: shortNumber(stored),
            })}
          </span>
        )}
        {summary && (
          <span className="number">
            {Math.round(summary.cost.elapsedMs)} ms · {byteSizeText(summary.cost.bytesRead)}
          </span>
        )}
        {summary?.partial && (
          <span className="chip warn">
            {text('status.partial', {
              reason: summary.partial.reason,
              to: dateTimeText(BigInt(summary.partial.searchedTo), zone, 'second'),
            })}
          </span>
        )}
        <button type="button" className="foot-button" onClick={() => setSqlShown(true)}>
          SQL
        </button>
      </StatusLine>
      <Suspense>
        {isSqlShown && <SqlDialog request={request} onClose={() => setSqlShown(false)} />}
      </Suspense>
    </>
  );
}
