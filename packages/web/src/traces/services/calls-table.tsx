/** Rate, errors and durations, a row for each of what is called. */
import type { ReactElement, ReactNode } from 'react';
import type { CallsHistory } from '@tendril/api/trace-map-history';
import type { TimeRange } from '@tendril/model/time-range';
import { durationText } from '../../lib/duration-text.ts';
import { useText } from '../../lib/text.tsx';
import { CallsSpark } from './calls-spark.tsx';
import { callsPerSecond, errorShare, rateText, shareText, type Counted } from './rates.ts';

export interface CallsRow extends Counted {
  readonly key: string;
  readonly name: ReactNode;
  readonly p50Ns: number;
  readonly p95Ns: number;
  readonly p99Ns: number;
  readonly history?: CallsHistory | undefined;
}

export interface CallsTableProps {
  readonly caption: string;
  readonly nameHead: string;
  readonly range: TimeRange;
  readonly rows: readonly CallsRow[];
  /** Which of the histories the figures are. */
  readonly step?: number | undefined;
}

const ROWS_SHOWN_MAX = 1_000;
/** More is not healthy. */
const ERROR_SHARE_BAD = 0.01;

export function CallsTable({
  caption,
  nameHead,
  range,
  rows,
  step,
}: CallsTableProps): ReactElement {
  const { text, number } = useText();
  const busiest = rows.reduce((most, { calls }) => Math.max(most, calls), 1);
  const hasHistory = rows.some(({ history }) => history !== undefined);
  return (
    <table className="calls-table">
      <caption className="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{nameHead}</th>
          {hasHistory && <th scope="col">{text('services.history')}</th>}
          <th scope="col">{text('services.rate')}</th>
          <th scope="col">{text('services.errorShare')}</th>
          <th scope="col">p50</th>
          <th scope="col">p95</th>
          <th scope="col">p99</th>
        </tr>
      </thead>
      <tbody className="number">
        {rows.slice(0, ROWS_SHOWN_MAX).map((row) => (
          <tr key={row.key}>
            <th scope="row">{row.name}</th>
            {hasHistory && (
              <td className="calls-history">
                {row.history && <CallsSpark history={row.history} step={step} />}
              </td>
            )}
            <td className="calls-rate">
              <i style={{ width: `${(row.calls / busiest) * 100}%` }} />
              <span>{rateText(callsPerSecond(row, range), number)}</span>
            </td>
            <td>
              {row.errors > 0 ? (
                <span className={`chip ${errorShare(row) >= ERROR_SHARE_BAD ? 'bad' : ''}`}>
                  {shareText(errorShare(row), number)}
                </span>
              ) : (
                <span className="dim">0</span>
              )}
            </td>
            <td>{row.calls === 0 ? '–' : durationText(row.p50Ns)}</td>
            <td>{row.calls === 0 ? '–' : durationText(row.p95Ns)}</td>
            <td>{row.calls === 0 ? '–' : durationText(row.p99Ns)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
