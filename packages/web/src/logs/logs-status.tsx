/** What the search cost and how far it got, in the status line; the statements behind it on request. */
import { Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { CopyButton } from '../components/copy-button.tsx';
import { FailureNote } from '../components/failure-note.tsx';
import { StatusLine } from '../components/status-line.tsx';
import { byteSizeText } from '../lib/byte-size.ts';
import { useApi } from '../lib/api.ts';
import { usePreference } from '../lib/preferences.ts';
import { useText } from '../lib/text.tsx';
import { storedRecords, useStatus } from '../lib/use-status.ts';
import { dateTimeText } from '../lib/zone-time.ts';
import type { FeedRequest, FeedState } from './record-feed.ts';

export interface LogsStatusProps {
  readonly state: FeedState;
  readonly total: number | undefined;
  readonly request: FeedRequest;
}

export function LogsStatus({ state, total, request }: LogsStatusProps): ReactElement {
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
            {text('status.of', { count: number(total), stored: shortNumber(stored) })}
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
      {isSqlShown && <SqlDialog request={request} onClose={() => setSqlShown(false)} />}
    </>
  );
}

interface SqlDialogProps {
  readonly request: FeedRequest;
  readonly onClose: () => void;
}

function SqlDialog({ request, onClose }: SqlDialogProps): ReactElement {
  const { text, number } = useText();
  const api = useApi();
  const { query, range } = request;
  const bounds = { from: String(range.fromNs), to: String(range.toNs) };
  const { data, error } = useQuery({
    queryKey: ['logs', 'explain', query, bounds],
    queryFn: async ({ signal }) => await api.explainLogs({ query, ...bounds }, signal),
  });
  return (
    <Modal opened onClose={onClose} title="SQL" size="xl" lockScroll={false}>
      {error && <FailureNote error={error} />}
      {data && (
        <>
          <p className="dim">
            {text('sql.estimate', {
              rows: number(data.estimate.rows),
              parts: data.estimate.parts,
            })}
          </p>
          <pre className="code sql-text">{data.sql}</pre>
          <CopyButton value={data.sql} label={text('copy')} />
        </>
      )}
    </Modal>
  );
}
