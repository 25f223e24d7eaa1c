/** The patterns of what matches: how often, when, how bad, from whom, and which of them are new. */
import { useState, type ReactElement } from 'react';
import { LEVELS, type Level } from '@tendril/api/log-histogram';
import { PATTERN_SHOWS, type LogPattern, type PatternShow } from '@tendril/api/log-patterns';
import type { TimeRange } from '@tendril/model/time-range';
import { FailureNote } from '../components/failure-note.tsx';
import { IconButton } from '../components/icon-button.tsx';
import { usePreference } from '../lib/preferences.ts';
import { useText } from '../lib/text.tsx';
import { dateTimeText } from '../lib/zone-time.ts';
import { ServiceName } from '../records/service-name.tsx';
import { SeverityBadge } from '../records/severity-badge.tsx';
import { visibleLine } from '../records/visible-text.ts';
import { spanText } from './span-text.ts';
import { TrendBars } from '../records/trend-bars.tsx';
import { usePatterns } from './use-patterns.ts';

export interface PatternsViewProps {
  readonly query: string;
  readonly range: TimeRange;
  /** Shows the records of a pattern, or leaves them out. */
  readonly onFilter: (patternId: string, kind: 'only' | 'exclude') => void;
}

const CHARACTERS_MAX = 1_000;
const SHOW_LABELS = {
  all: 'patterns.show.all',
  new: 'patterns.show.new',
  vanished: 'patterns.show.vanished',
} as const;
const EMPTY_LABELS = {
  all: 'patterns.empty',
  new: 'patterns.empty.new',
  vanished: 'patterns.empty.vanished',
} as const;

export function PatternsView({ query, range, onFilter }: PatternsViewProps): ReactElement {
  const { text } = useText();
  const [show, setShow] = useState<PatternShow>('all');
  const { data, error, isFetching } = usePatterns({ query, range, show });
  const patterns = data?.patterns ?? [];
  return (
    <div className="patterns" role="tabpanel" aria-label={text('views.patterns')}>
      <div className="patterns-head">
        <div className="segments" role="group" aria-label={text('patterns.show')}>
          {PATTERN_SHOWS.map((each) => (
            <button
              key={each}
              type="button"
              className="button small"
              aria-pressed={each === show}
              onClick={() => setShow(each)}
            >
              {text(SHOW_LABELS[each])}
            </button>
          ))}
        </div>
        <span className="dim" aria-live="polite">
          {data
            ? text('patterns.of', { shown: patterns.length, total: data.total })
            : text('patterns.loading')}
        </span>
      </div>
      {error && <FailureNote error={error} />}
      {data?.partial && <div className="notice warn">{text('patterns.partial')}</div>}
      <div className="patterns-frame" aria-busy={isFetching}>
        {patterns.length > 0 && (
          <PatternTable patterns={patterns} range={range} show={show} onFilter={onFilter} />
        )}
        {data && !data.partial && patterns.length === 0 && (
          <p className="patterns-empty dim">{text(EMPTY_LABELS[show])}</p>
        )}
      </div>
    </div>
  );
}

interface PatternTableProps extends Pick<PatternsViewProps, 'range' | 'onFilter'> {
  readonly patterns: readonly LogPattern[];
  readonly show: PatternShow;
}

function PatternTable({ patterns, range, show, onFilter }: PatternTableProps): ReactElement {
  const { text } = useText();
  return (
    <table className="patterns-table">
      <thead>
        <tr>
          <th className="number">{text('patterns.count')}</th>
          {show !== 'vanished' && <th className="pattern-trend">{text('patterns.trend')}</th>}
          <th>
            <span className="visually-hidden">{text('column.level')}</span>
          </th>
          <th>{text('patterns.pattern')}</th>
          <th>{text('patterns.services')}</th>
        </tr>
      </thead>
      <tbody>
        {patterns.map((pattern) => (
          <PatternRow
            key={pattern.patternId}
            pattern={pattern}
            range={range}
            show={show}
            onFilter={onFilter}
          />
        ))}
      </tbody>
    </table>
  );
}

interface PatternRowProps extends Omit<PatternTableProps, 'patterns'> {
  readonly pattern: LogPattern;
}

function PatternRow({ pattern, range, show, onFilter }: PatternRowProps): ReactElement {
  const { text, number } = useText();
  const { patternId, template, count, before, examples, services } = pattern;
  const level = worstOf(pattern);
  const shown = show === 'vanished' ? before : count;
  const [service, ...others] = services;
  const times = useTimes(pattern);
  return (
    <tr>
      <td className="number" title={useShare(pattern)}>
        {number(shown)}
      </td>
      {show !== 'vanished' && (
        <td className="pattern-trend" title={times}>
          <TrendBars counts={pattern.trend} level={level} label={times} />
        </td>
      )}
      <td>
        <SeverityBadge level={level} />
      </td>
      <td className="pattern-cell">
        <button
          type="button"
          className="pattern-text mono"
          dir="auto"
          title={visibleLine(examples[0] ?? template, CHARACTERS_MAX)}
          onClick={() => onFilter(patternId, 'only')}
        >
          <TemplateText template={template} />
        </button>
        {show === 'all' && before === 0 && (
          <span
            className="tag new"
            title={text('patterns.new.hint', { time: spanText(range.toNs - range.fromNs) })}
          >
            {text('patterns.new')}
          </span>
        )}
        <span className="pattern-actions">
          <IconButton
            icon="only"
            label={text('patterns.open')}
            onClick={() => onFilter(patternId, 'only')}
          />
          <IconButton
            icon="exclude"
            label={text('patterns.exclude')}
            onClick={() => onFilter(patternId, 'exclude')}
          />
        </span>
      </td>
      <td className="pattern-service">
        {service && service.name !== '' && <ServiceName name={service.name} />}
        {others.length > 0 && (
          <span
            className="dim"
            title={visibleLine(others.map(({ name }) => name).join(', '), CHARACTERS_MAX)}
          >
            {' '}
            {text('patterns.more', { count: others.length })}
          </span>
        )}
      </td>
    </tr>
  );
}

function useShare({ share }: LogPattern): string {
  const { text, locale } = useText();
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  return text('patterns.share', { percent: percent.format(share) });
}

function useTimes({ firstSeen, lastSeen }: LogPattern): string {
  const { text } = useText();
  const zone = usePreference('zone');
  const time = (ns: string): string => dateTimeText(BigInt(ns), zone, 'second');
  return text('patterns.times', { first: time(firstSeen), last: time(lastSeen) });
}

/** Values stand back, so that the eye reads the words. */
function TemplateText({ template }: { readonly template: string }): ReactElement {
  const pieces = visibleLine(template, CHARACTERS_MAX).split('<*>');
  return (
    <>
      {pieces.map((piece, index) => (
        <span key={index}>
          {index > 0 && <i className="pattern-value">{'<*>'}</i>}
          {piece}
        </span>
      ))}
    </>
  );
}

function worstOf({ levels }: LogPattern): Level {
  return LEVELS.findLast((level) => (levels[level] ?? 0) > 0) ?? 'unknown';
}
