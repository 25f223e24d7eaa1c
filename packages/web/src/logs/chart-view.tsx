/**
 * The result of a query drawn: as its pipes say, or, where it has none, as the number of records over time
 * for each value of a field that is chosen here.
 */
import { lazy, Suspense, useMemo, type ReactElement } from 'react';
import type { TimeRange } from '@tendril/model/time-range';
import { printFieldName } from '@tendril/query/print';
import { FailureNote } from '../components/failure-note.tsx';
import { durationText } from '../lib/duration-text.ts';
import { useText } from '../lib/text.tsx';
import { useFields } from '../query/use-fields.ts';
import { queryParts } from '../query/query-parts.ts';
import { useChangeMarks } from '../records/use-change-marks.ts';
import { visibleLine } from '../records/visible-text.ts';
import { chartData, type ChartUnit } from './chart-data.ts';
import { ResultNotes } from './result-notes.tsx';
import { useTable } from '../query/use-table.ts';
import { ValueBars } from './value-bars.tsx';

const TimeChart = lazy(async () => ({
  default: (await import('../components/time-chart.tsx')).TimeChart,
}));

export interface ChartViewProps {
  readonly query: string;
  readonly range: TimeRange;
  /** Field whose values are told apart where the query has no pipes. */
  readonly field: string;
  readonly onField: (field: string) => void;
  readonly onZoom: (range: TimeRange) => void;
  readonly onRun: (query: string) => void;
}

export function ChartView(props: ChartViewProps): ReactElement {
  const { query, range, field, onField, onZoom, onRun } = props;
  const { text } = useText();
  const { filter, pipes } = queryParts(query);
  const isOwn = pipes === '';
  const drawn = isOwn ? countsOverTime(filter, field, range) : query;
  const { data, error, isFetching, refetch } = useTable(drawn, range);
  const valueText = useValueText();
  const chart = useMemo(
    () => (data?.summary ? chartData(data, isOwn ? 0 : null) : undefined),
    [data, isOwn],
  );
  const hidden = hiddenOf(chart);
  const marks = useChangeMarks(range);
  return (
    <div className="chart-view" aria-busy={isFetching}>
      {isOwn && <FieldChoice {...{ range, field, onField }} onEdit={() => onRun(drawn)} />}
      {error && <FailureNote error={error} onRetry={() => void refetch()} />}
      {chart?.kind === 'time' && (
        <Suspense>
          <TimeChart
            label={text('chart.label')}
            timesMs={chart.timesMs}
            series={chart.series.map(({ name, values, level }) => ({
              name: visibleLine(name, NAME_CHARACTERS_MAX),
              values,
              ...(level !== undefined && { colour: `--line-${level}` }),
            }))}
            valueText={(value) => valueText(value, chart.unit)}
            onZoom={onZoom}
            marks={marks}
          />
        </Suspense>
      )}
      {chart?.kind === 'bars' && (
        <ValueBars
          label={text('chart.label')}
          bars={chart.bars}
          names={chart.names}
          valueText={(value) => valueText(value, chart.unit)}
        />
      )}
      {chart?.kind === 'none' && (
        <div className="empty-page" role="status">
          <h1>{text(data?.rows.length === 0 ? 'logs.empty' : 'chart.none')}</h1>
          {data?.rows.length !== 0 && <p className="dim-2">{text('chart.none.hint')}</p>}
        </div>
      )}
      {hidden > 0 && <p className="table-foot dim">{text('chart.hidden', { count: hidden })}</p>}
      <ResultNotes summary={data?.summary} isLoading={isFetching} rows={data?.rows.length ?? 0} />
    </div>
  );
}

const NAME_CHARACTERS_MAX = 80;

function hiddenOf(chart: ReturnType<typeof chartData> | undefined): number {
  if (chart?.kind === 'time') return chart.hiddenSeries;
  return chart?.kind === 'bars' ? chart.hiddenBars : 0;
}

function useValueText(): (value: number, unit: ChartUnit) => string {
  const { shortNumber } = useText();
  return (value, unit) => (unit === 'duration' ? durationText(value) : shortNumber(value));
}

const STEPS = ['1s', '5s', '10s', '30s', '1m', '5m', '15m', '1h', '6h', '1d'] as const;
const STEP_SECONDS: Readonly<Record<(typeof STEPS)[number], number>> = {
  '1s': 1,
  '5s': 5,
  '10s': 10,
  '30s': 30,
  '1m': 60,
  '5m': 300,
  '15m': 900,
  '1h': 3_600,
  '6h': 21_600,
  '1d': 86_400,
};
const POINTS_MAX = 240;

function countsOverTime(filter: string, field: string, { fromNs, toNs }: TimeRange): string {
  const seconds = Number((toNs - fromNs) / 1_000_000_000n);
  const step = STEPS.find((each) => seconds / STEP_SECONDS[each] <= POINTS_MAX) ?? '1d';
  const groups = [`timestamp:${step}`, ...(field === '' ? [] : [printFieldName(field)])];
  return `${filter === '' ? '*' : filter} | stats count() by ${groups.join(', ')}`;
}

interface FieldChoiceProps {
  readonly range: TimeRange;
  readonly field: string;
  readonly onField: (field: string) => void;
  readonly onEdit: () => void;
}

/** Values of the others are mostly different in every record. */
const USUAL_FIELDS: ReadonlySet<string> = new Set([
  'level',
  'service.name',
  'environment',
  'errorCode',
  'host.name',
]);
const FIELDS_SHOWN = 100;

function FieldChoice({ range, field, onField, onEdit }: FieldChoiceProps): ReactElement {
  const { text } = useText();
  const { data } = useFields(range);
  const names = useMemo(() => {
    const found = (data?.fields ?? [])
      .filter(({ name, records }) => USUAL_FIELDS.has(name) || records !== null)
      .sort((a, b) => Number(USUAL_FIELDS.has(b.name)) - Number(USUAL_FIELDS.has(a.name)))
      .map(({ name }) => name);
    // An attribute may be called as a column is.
    return [...new Set(field === '' ? found : [field, ...found])].slice(0, FIELDS_SHOWN);
  }, [data, field]);
  return (
    <div className="chart-choice">
      <label>
        <span className="dim-2">{text('chart.by')}</span>
        <select
          className="field small"
          value={field}
          onChange={({ currentTarget }) => onField(currentTarget.value)}
        >
          <option value="">{text('chart.by.none')}</option>
          {names.map((name) => (
            <option key={name} value={name}>
              {visibleLine(name, NAME_CHARACTERS_MAX)}
            </option>
          ))}
        </select>
      </label>
      <button type="button" className="button small ghost" onClick={onEdit}>
        {text('chart.edit')}
      </button>
    </div>
  );
}
