/** Above the list: how many, sorted by what, compare the two that were chosen. */
import type { ReactElement } from 'react';
import type { PageMessageId } from '@tendril/messages/page';
import { useGo } from '../lib/navigation.ts';
import { useText } from '../lib/text.tsx';
import { TRACE_LIMITS, TRACE_SORTS, type TracesAddress, type TraceSort } from './traces-url.ts';
import type { ChangeTracesAddress } from './use-traces-address.ts';

export interface TracesToolbarProps {
  readonly address: TracesAddress;
  readonly count: number;
  readonly hasMore: boolean;
  readonly onChange: ChangeTracesAddress;
}

const SORT_NAMES: Readonly<Record<TraceSort, PageMessageId>> = {
  newest: 'traces.sort.newest',
  longest: 'traces.sort.longest',
  spans: 'traces.sort.spans',
  errors: 'traces.sort.errors',
};

export function TracesToolbar(props: TracesToolbarProps): ReactElement {
  const { address, count, hasMore, onChange } = props;
  const { text, number } = useText();
  const go = useGo();
  const [first, second] = address.chosen;
  return (
    <div className="trace-toolbar">
      <h1 className="traces-count" aria-live="polite">
        {hasMore
          ? text('traces.count.newest', { count: number(count) })
          : text('traces.count', { count })}
      </h1>
      <span className="grow" />
      <button
        type="button"
        className="button small"
        disabled={first === undefined || second === undefined}
        title={text('traces.compare.hint')}
        onClick={() => go({ path: '/traces/compare', search: { a: first ?? '', b: second ?? '' } })}
      >
        {text('traces.compare')} <span className="number dim">{address.chosen.length}/2</span>
      </button>
      <label className="traces-choice">
        <span className="visually-hidden">{text('traces.sort')}</span>
        <select
          className="field small"
          value={address.sort}
          onChange={({ currentTarget }) => {
            const sort = TRACE_SORTS.find((each) => each === currentTarget.value);
            if (sort) onChange({ sort }, { replace: true });
          }}
        >
          {TRACE_SORTS.map((sort) => (
            <option key={sort} value={sort}>
              {text(SORT_NAMES[sort])}
            </option>
          ))}
        </select>
      </label>
      <label className="traces-choice">
        <span className="visually-hidden">{text('traces.limit')}</span>
        <select
          className="field small number"
          value={address.limit}
          onChange={({ currentTarget }) => onChange({ limit: Number(currentTarget.value) })}
        >
          {TRACE_LIMITS.map((limit) => (
            <option key={limit} value={limit}>
              {text('traces.limit.of', { count: limit })}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
