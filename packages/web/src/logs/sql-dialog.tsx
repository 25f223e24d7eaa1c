/** The statement behind a search, and what it would read. */
import { Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { CopyButton } from '../components/copy-button.tsx';
import { FailureNote } from '../components/failure-note.tsx';
import { useApi } from '../lib/api.ts';
import { useText } from '../lib/text.tsx';
import type { FeedRequest } from './record-feed.ts';

export interface SqlDialogProps {
  readonly request: FeedRequest;
  readonly onClose: () => void;
}

export function SqlDialog({ request, onClose }: SqlDialogProps): ReactElement {
  const { text, number } = useText();
  const api = useApi();
  const { query, range } = request;
  const bounds = { from: String(range.fromNs), to: String(range.toNs) };
  const { data, error } = useQuery({
    queryKey: ['logs', 'explain', query, bounds],
    queryFn: async ({ signal }) => await api.explainLogs({ query, ...bounds }, signal),
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title="SQL"
      closeButtonProps={{ 'aria-label': text('close') }}
      size="xl"
      lockScroll={false}
    >
      {error && <FailureNote error={error} />}
      {data && (
        <>
          <p className="dim">
            {text('sql.estimate', {
              rows: number(data.estimate.rows),
              parts: data.estimate.parts,
            })}
          </p>
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
          <pre className="code sql-text" tabIndex={0}>
            {data.sql}
          </pre>
          <CopyButton value={data.sql} label={text('copy')} />
        </>
      )}
    </Modal>
  );
}
