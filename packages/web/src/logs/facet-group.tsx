/** One field: its frequent values, and the way to all of them. */
import { useDeferredValue, useState, type ReactElement } from 'react';
import type { LogFacet } from '@tendril/api/log-facets';
import type { LogFieldValue } from '@tendril/api/log-fields';
import type { TimeRange } from '@tendril/model/time-range';
import { Icon } from '../components/icon.tsx';
import { IconButton } from '../components/icon-button.tsx';
import { useText } from '../lib/text.tsx';
import { SeverityBadge } from '../records/severity-badge.tsx';
import { useValueHandlers } from '../records/value-actions.tsx';
import { visibleLine } from '../records/visible-text.ts';
import { filterState, rangeOf } from '../query/query-edit.ts';
import { RangeFacet } from './range-facet.tsx';
import { useFieldValues } from './use-field-values.ts';

export interface FacetContext {
  readonly query: string;
  readonly range: TimeRange;
  /** Records by severity, as the histogram counts them. */
  readonly levels: readonly LogFieldValue[];
  /** The counts of facets that are not exact follow from a sample. */
  readonly isEstimate: boolean;
}

export interface FacetGroupProps extends FacetContext {
  readonly facet: LogFacet;
  readonly isOpen: boolean;
  readonly isPinned: boolean;
  readonly onToggle: (name: string) => void;
  readonly onPin: (name: string) => void;
}

const SHOWN_VALUES = 5;
const MORE_VALUES = 50;
const CHARACTERS_MAX = 120;

export function FacetGroup(props: FacetGroupProps): ReactElement {
  const { facet, isOpen, isPinned, onToggle, onPin } = props;
  const { text, shortNumber, language } = useText();
  const { columns } = useValueHandlers();
  const name = visibleLine(facet.name, CHARACTERS_MAX);
  return (
    <section className="facet">
      <div className="facet-head">
        <button
          type="button"
          className="facet-name"
          aria-expanded={isOpen}
          title={facet.label?.[language] ?? name}
          onClick={() => onToggle(facet.name)}
        >
          <Icon name={isOpen ? 'chevron' : 'expand'} sizePx={12} />
          <bdi>{name}</bdi>
        </button>
        <span className="facet-tools">
          {columns && (
            <IconButton
              icon="column"
              label={text(columns.has(facet.name) ? 'value.column.remove' : 'value.column.add')}
              pressed={columns.has(facet.name)}
              onClick={() => columns.toggle(facet.name)}
            />
          )}
          <IconButton
            icon="pin"
            label={text(isPinned ? 'facets.unpin' : 'facets.pin')}
            pressed={isPinned}
            onClick={() => onPin(facet.name)}
          />
        </span>
        <span className="dim number facet-count">
          {facet.records > 0 &&
            (isEstimated(props)
              ? `≈ ${shortNumber(roughly(facet.records))}`
              : shortNumber(facet.records))}
        </span>
      </div>
      {isOpen && <FacetValues {...props} />}
    </section>
  );
}

function FacetValues(props: FacetGroupProps): ReactElement {
  const { facet, query, range } = props;
  const { text } = useText();
  // Of fields with ever new values none are counted beforehand.
  const hasNone = facet.values.length === 0 && facet.records > 0;
  const [isAll, setAll] = useState(hasNone);
  const [prefix, setPrefix] = useState('');
  const wanted = useDeferredValue(prefix);
  const { data, isFetching, error } = useFieldValues({
    field: facet.name,
    query,
    range,
    prefix: wanted,
    limit: MORE_VALUES,
    isEnabled: isAll,
  });
  const values = isAll && data ? data.values : facet.values.slice(0, SHOWN_VALUES);
  const records = Math.max(
    isAll && data ? data.records : facet.records,
    values.reduce((sum, { count }) => sum + count, 0),
  );
  const mayHaveMore = facet.values.length >= SHOWN_VALUES && facet.name !== 'level';
  return (
    <div className="facet-values" aria-busy={isFetching}>
      {isAll && (
        <input
          className="field small facet-search"
          type="search"
          placeholder={text('facets.prefix')}
          aria-label={text('facets.prefix')}
          value={prefix}
          onChange={({ currentTarget }) => setPrefix(currentTarget.value)}
        />
      )}
      {values.map((value) => (
        <FacetValue
          key={value.value}
          {...props}
          value={value}
          records={records}
          isCounted={isAll && data !== undefined}
        />
      ))}
      {error && <p className="dim facet-more">{text('facets.failed')}</p>}
      {(mayHaveMore || isAll) && (
        <button type="button" className="facet-more" onClick={() => setAll(!isAll)}>
          {text(isAll ? 'facets.less' : 'facets.more')}
        </button>
      )}
      {isNumeric(facet) && (
        <RangeFacet
          key={JSON.stringify(rangeOf(query, facet.name))}
          field={facet.name}
          query={query}
          range={range}
        />
      )}
    </div>
  );
}

function isNumeric({ type }: LogFacet): boolean {
  return /\b(?:integer|float|number|duration)\b/.test(type);
}

function isEstimated({ facet, isEstimate }: FacetGroupProps): boolean {
  return isEstimate && facet.exact !== true;
}

/** A sample of some hundred tells two digits. */
function roughly(count: number): number {
  return Number(count.toPrecision(2));
}

interface FacetValueProps extends FacetGroupProps {
  /** Counted for this facet alone, over the whole range. */
  readonly isCounted: boolean;
  readonly value: LogFieldValue;
  readonly records: number;
}

function FacetValue(props: FacetValueProps): ReactElement {
  const { facet, query, value, records, isCounted } = props;
  const { text, shortNumber, number } = useText();
  const { filter } = useValueHandlers();
  const target = { field: facet.name, value: value.value };
  const state = filterState(query, target);
  const share = records === 0 ? 0 : value.count / records;
  const shown =
    value.value === '' ? text('facets.empty') : visibleLine(value.value, CHARACTERS_MAX);
  // What was met once in a sample may be there once or many times.
  const mark = value.count === 1 ? '≥ ' : '≈ ';
  const isAbout = isEstimated(props) && !isCounted;
  const about = isAbout ? mark : '';
  const count = isAbout ? roughly(value.count) : value.count;
  const isUnknownLevel = facet.name === 'level' && value.value === 'unknown';
  return (
    <div className={`facet-value ${state ?? ''}`}>
      <label className="facet-choice" title={shown}>
        <input
          type="checkbox"
          checked={state === 'included'}
          disabled={isUnknownLevel}
          onChange={() => filter(target, 'include')}
        />
        {facet.name === 'level' && <SeverityBadge level={value.value} />}
        <bdi className={facet.name === 'level' ? '' : 'mono'}>{shown}</bdi>
        <i className="facet-share" style={{ width: `${Math.min(1, share) * 100}%` }} />
      </label>
      <span className="facet-actions">
        <IconButton
          icon="only"
          label={`${text('value.only')}: ${shown}`}
          disabled={isUnknownLevel}
          onClick={() => filter(target, 'only')}
        />
        <IconButton
          icon="exclude"
          label={`${text('value.exclude')}: ${shown}`}
          pressed={state === 'excluded'}
          disabled={isUnknownLevel}
          onClick={() => filter(target, 'exclude')}
        />
      </span>
      <span
        className="dim number facet-count"
        title={`${about}${number(count)} · ${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`}
      >
        {about}
        {shortNumber(count)}
      </span>
    </div>
  );
}
