/** The records that Tendril sends through its own receivers, to see that what is sent is found. */
import type { ReactElement } from 'react';
import type { CanaryStatus } from '@tendril/api/status';
import { useText } from '../lib/text.tsx';
import { DataTable } from './data-table.tsx';

export interface CanaryTableProps {
  readonly canaries: readonly CanaryStatus[];
}

export function CanaryTable({ canaries }: CanaryTableProps): ReactElement {
  const { text, number } = useText();
  return (
    <DataTable
      title={text('data.canaries')}
      hint={text('data.canaries.hint')}
      empty={text('data.canaries.none')}
      heads={[
        text('data.receiver'),
        text('data.sent'),
        text('data.found'),
        text('data.delay'),
        text('data.canaryLost'),
        text('data.doubled'),
        text('data.refused'),
      ]}
      rows={canaries.map(({ receiver, sent, arrived, delayMs, lost, doubled, refused }) => ({
        key: receiver,
        cells: [
          receiver,
          number(sent),
          number(arrived),
          arrived === 0 ? '–' : `${number(Math.round(delayMs))} ms`,
          ...[lost, doubled, refused].map((count, at) => <Bad key={at} count={count} />),
        ],
      }))}
    />
  );
}

function Bad({ count }: { readonly count: number }): ReactElement {
  const { number } = useText();
  return count === 0 ? (
    <span className="dim">0</span>
  ) : (
    <span className="chip bad">{number(count)}</span>
  );
}
