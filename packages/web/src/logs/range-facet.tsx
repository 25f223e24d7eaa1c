/** A field of numbers: where they lie, and a range of them to filter by. */
import { useState, type ReactElement } from 'react';
import type { TableCell } from '@tendril/api/table';
import type { TimeRange } from '@tendril/model/time-range';
import { printFieldName } from '@tendril/query/print';
import { parseQuantity } from '@tendril/query/quantity';
import { durationText } from '../lib/duration-text.ts';
import { useText } from '../lib/text.tsx';
import { rangeOf, withRange } from '../query/query-edit.ts';
import { queryParts } from '../query/query-parts.ts';
import { useTable } from '../query/use-table.ts';
import { useValueHandlers } from '../records/value-actions.tsx';

export interface RangeFacetProps {
  readonly field: string;
  readonly query: string;
  readonly range: TimeRange;
}

const MARKS = ['min', 'p50', 'p95', 'p99', 'max'] as const;
export function RangeFacet({ field, query, range }: RangeFacetProps): ReactElement {
  const { text, shortNumber } = useText();
  const { filterRange } = useValueHandlers();
  const inQuery = rangeOf(query, field);
  const [from, setFrom] = useState(inQuery.from);
  const [to, setTo] = useState(inQuery.to);
  const { data, error, isPending } = useTable(statsQuery(query, field), range);
  const isDuration = data?.columns[0]?.type === 'duration';
  const valueText = (value: number): string =>
    isDuration ? durationText(value) : shortNumber(value);
  const marks = marksOf(data?.rows[0] ?? []);
  const isBad = !isEnd(from) || !isEnd(to);
  const apply = (ends: { readonly from: string; readonly to: string }): void =>
    filterRange?.(field, { from: ends.from.trim(), to: ends.to.trim() });
  return (
    <div className="facet-range" aria-busy={isPending}>
      {error && <p className="dim">{text('facets.failed')}</p>}
      {!isPending && !error && marks.length === 0 && (
        <p className="dim">{text('facets.range.none')}</p>
      )}
      <div className="facet-marks number">
        {marks.map(({ name, value }) => (
          <button
            key={name}
            type="button"
            className="facet-mark"
            title={text('facets.range.from', { value: valueText(value) })}
            onClick={() => apply({ from: literal(value, isDuration), to })}
          >
            <span className="dim">{name}</span> {valueText(value)}
          </button>
        ))}
      </div>
      <form
        className="facet-ends"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isBad) apply({ from, to });
        }}
      >
        <input
          className="field small mono"
          placeholder="≥"
          aria-label={`${field} ≥`}
          aria-invalid={!isEnd(from)}
          value={from}
          onChange={({ currentTarget }) => setFrom(currentTarget.value)}
        />
        <input
          className="field small mono"
          placeholder="<"
          aria-label={`${field} <`}
          aria-invalid={!isEnd(to)}
          value={to}
          onChange={({ currentTarget }) => setTo(currentTarget.value)}
        />
        <button type="submit" className="button small" disabled={isBad}>
          {text('time.apply')}
        </button>
      </form>
    </div>
  );
}

/** A number, with a unit of time or size or without; empty for no end. */
function isEnd(text: string): boolean {
  const end = text.trim();
  return end === '' || Number.isFinite(Number(end)) || parseQuantity(end) !== undefined;
}

/** Over all that the query finds, apart from what it says of this field: a range can be made wider again. */
function statsQuery(query: string, field: string): string {
  const { filter } = queryParts(withRange(query, field, { from: '', to: '' }));
  const name = printFieldName(field);
  const calls = MARKS.map((mark) => `${mark}(${name})`).join(', ');
  return `${filter === '' ? '*' : filter} | stats ${calls}`;
}

function marksOf(
  row: readonly TableCell[],
): readonly { readonly name: string; readonly value: number }[] {
  return MARKS.flatMap((name, at) => {
    const cell = row[at];
    if (cell === null || cell === undefined || cell === '') return [];
    return [{ name, value: Number(cell) }];
  });
}

function literal(value: number, isDuration: boolean): string {
  // Down to the microsecond, so that the value itself is in the range.
  return isDuration ? `${Math.floor(value / 1e3) / 1e3}ms` : String(value);
}
