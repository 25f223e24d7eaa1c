/** "What changed": values that this range holds in other shares than the time before it. */
import type { ReactElement } from 'react';
import type { LogChange } from '@tendril/api/log-changes';
import type { TimeRange } from '@tendril/model/time-range';
import { FailureNote } from '../components/failure-note.tsx';
import { useText } from '../lib/text.tsx';
import { visibleLine } from '../records/visible-text.ts';
import { spanText } from './span-text.ts';
import { useChanges } from './use-changes.ts';

export interface ChangesViewProps {
  readonly query: string;
  readonly range: TimeRange;
  readonly onFilter: (filter: { readonly field: string; readonly value: string }) => void;
}

const CHARACTERS_MAX = 1_000;
/** In diff rows a sign says what the colour does. */
const SIGNS: Readonly<Record<LogChange['direction'], string>> = {
  new: '+',
  more: '↑',
  less: '↓',
  gone: '−',
};

const DIRECTION_LABELS = {
  new: 'changes.new',
  more: 'changes.more',
  less: 'changes.less',
  gone: 'changes.gone',
} as const;

export function ChangesView({ query, range, onFilter }: ChangesViewProps): ReactElement {
  const { text } = useText();
  const { data, error, isFetching } = useChanges(query, range);
  const changes = data?.changes ?? [];
  return (
    <div className="patterns" role="tabpanel" aria-label={text('views.changes')}>
      <div className="patterns-head">
        <span className="dim">
          {text('changes.against', { time: spanText(range.toNs - range.fromNs) })}
        </span>
      </div>
      {error && <FailureNote error={error} />}
      {data?.partial && <div className="notice warn">{text('patterns.partial')}</div>}
      <div className="patterns-frame" aria-busy={isFetching}>
        {changes.length > 0 && <ChangeTable changes={changes} onFilter={onFilter} />}
        {!data && isFetching && <p className="patterns-empty dim">{text('records.loading')}</p>}
        {data && !data.partial && changes.length === 0 && (
          <p className="patterns-empty dim">
            {text(
              data.records === 0 || data.baselineRecords === 0
                ? 'changes.oneSided'
                : 'changes.empty',
            )}
          </p>
        )}
      </div>
    </div>
  );
}

interface ChangeTableProps extends Pick<ChangesViewProps, 'onFilter'> {
  readonly changes: readonly LogChange[];
}

function ChangeTable({ changes, onFilter }: ChangeTableProps): ReactElement {
  const { text } = useText();
  return (
    <table className="patterns-table">
      <thead>
        <tr>
          <th>{text('changes.shift')}</th>
          <th className="number">{text('changes.before')}</th>
          <th className="number">{text('changes.now')}</th>
          <th>{text('changes.value')}</th>
        </tr>
      </thead>
      <tbody>
        {changes.map((change) => (
          <ChangeRow
            key={`${change.field}:${change.value}`}
            change={change}
            onFilter={() => onFilter({ field: change.field, value: change.value })}
          />
        ))}
      </tbody>
    </table>
  );
}

interface ChangeRowProps {
  readonly change: LogChange;
  readonly onFilter: () => void;
}

function ChangeRow({ change, onFilter }: ChangeRowProps): ReactElement {
  const { text, locale } = useText();
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const { direction, share, baselineShare, field, value } = change;
  return (
    <tr>
      <td className={`change-${direction}`}>
        <span aria-hidden="true">{SIGNS[direction]}</span> {text(DIRECTION_LABELS[direction])}
      </td>
      <td className="number">{percent.format(baselineShare)}</td>
      <td className="number">{percent.format(share)}</td>
      <td className="pattern-cell">
        <button type="button" className="pattern-text mono" dir="auto" onClick={onFilter}>
          {change.kind !== 'pattern' && (
            <span className="dim">{visibleLine(field, CHARACTERS_MAX)} </span>
          )}
          {visibleLine(change.text ?? value, CHARACTERS_MAX)}
        </button>
      </td>
    </tr>
  );
}
