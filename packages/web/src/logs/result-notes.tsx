/** Below a table or a chart: how many rows, what they cost, and whether they are all. */
import type { ReactElement } from 'react';
import type { LogSearchSummary } from '@tendril/api/log-search';
import { byteSizeText } from '../lib/byte-size.ts';
import { usePreference } from '../lib/preferences.ts';
import { useText } from '../lib/text.tsx';
import { dateTimeText } from '../lib/zone-time.ts';

export interface ResultNotesProps {
  readonly summary: LogSearchSummary | undefined;
  readonly isLoading: boolean;
  readonly rows: number;
}

export function ResultNotes({ summary, isLoading, rows }: ResultNotesProps): ReactElement {
  const { text } = useText();
  const zone = usePreference('zone');
  return (
    <div className="table-foot dim" role="status">
      {isLoading ? text('records.loading') : text('table.rows', { count: rows })}
      {summary && !isLoading && (
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
    </div>
  );
}
