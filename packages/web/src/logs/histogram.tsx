/**
 * Counts over time. Drag to zoom; with the keyboard arrows move over the buckets, with Shift they
 * select, Enter zooms. The same figures as a table for who cannot see bars.
 */
import { useState, type KeyboardEvent, type PointerEvent, type ReactElement } from 'react';
import { LEVELS } from '@tendril/api/log-histogram';
import { NS_PER_MS, type TimeRange } from '@tendril/model/time-range';
import '../components/time-marks.css';
import { usePreference } from '../lib/preferences.ts';
import { useText } from '../lib/text.tsx';
import { clockText, dateTimeText } from '../lib/zone-time.ts';
import { timeTicks } from '../records/time-axis.ts';
import { useChangeMarks } from '../records/use-change-marks.ts';
import { histogramBars, type HistogramBar } from './histogram-bars.ts';
import type { Histogram } from './use-histogram.ts';

export interface HistogramProps {
  readonly histogram: Histogram | undefined;
  readonly isLoading: boolean;
  readonly range: TimeRange;
  readonly onZoom: (range: TimeRange) => void;
}

const TICKS_MAX = 10;
/** A shorter drag is a click. */
const DRAG_SHARE_MIN = 0.004;

interface Selection {
  readonly from: number;
  readonly to: number;
}

export function HistogramPanel(props: HistogramProps): ReactElement {
  const { histogram, isLoading, range, onZoom } = props;
  const { text } = useText();
  const zone = usePreference('zone');
  const [selection, setSelection] = useState<Selection>();
  const [cursor, setCursor] = useState<number>();
  const [isTable, setTable] = useState(false);
  const bars =
    histogram?.widthNs === undefined
      ? []
      : histogramBars(histogram.buckets, histogram.widthNs, range);
  const shown = cursor === undefined ? undefined : bars[Math.min(cursor, bars.length - 1)];
  const zoomTo = ({ from, to }: Selection): void =>
    onZoom({ fromNs: nsAt(Math.min(from, to), range), toNs: nsAt(Math.max(from, to), range) });
  return (
    <div className="histogram" aria-busy={isLoading}>
      <div
        className="histogram-bars"
        // A chart that is driven by arrow keys is a control without a role of its own.
        role="application"
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        aria-label={text('histogram.label')}
        aria-describedby="histogram-cursor"
        onPointerDown={(event) => startDrag(event, setSelection, zoomTo, range, bars, onZoom)}
        onPointerMove={(event) => setCursor(barAt(bars, placeOf(event)))}
        onPointerLeave={() => setCursor(undefined)}
        onKeyDown={(event) =>
          pressKey(event, { bars, cursor, setCursor, selection, setSelection, zoomTo })
        }
        onBlur={() => setCursor(undefined)}
      >
        {bars.map((bar) => (
          <span
            key={String(bar.startNs)}
            className="histogram-bar"
            style={{
              left: `${bar.left * 100}%`,
              width: `max(1px, calc(${bar.width * 100}% - 1.5px))`,
            }}
          >
            {bar.parts.map(({ level, from, height }) => (
              <span
                key={level}
                className={`histogram-part level-${level}`}
                style={{ bottom: `${from * 100}%`, height: `${height * 100}%` }}
              />
            ))}
          </span>
        ))}
        {selection && (
          <span
            className="histogram-selection"
            style={{
              left: `${Math.min(selection.from, selection.to) * 100}%`,
              width: `${Math.abs(selection.to - selection.from) * 100}%`,
            }}
          />
        )}
        <ChangeMarks range={range} />
        {shown && <BarCard bar={shown} zone={zone} />}
      </div>
      <div className="histogram-axis number" aria-hidden>
        {timeTicks(range, zone, TICKS_MAX).map(({ place, label }) => (
          <span key={place} style={{ left: `${place * 100}%` }}>
            {label}
          </span>
        ))}
      </div>
      <button
        type="button"
        className="histogram-table-button visually-hidden"
        aria-expanded={isTable}
        onClick={() => setTable(!isTable)}
      >
        {text('histogram.asTable')}
      </button>
      {isTable && <BarTable bars={bars} zone={zone} />}
    </div>
  );
}

function ChangeMarks({ range }: Pick<HistogramProps, 'range'>): ReactElement {
  const fromMs = Number(range.fromNs / NS_PER_MS);
  const spanMs = Math.max(1, Number(range.toNs / NS_PER_MS) - fromMs);
  const marks = useChangeMarks(range).filter(
    ({ timeMs }) => timeMs >= fromMs && timeMs <= fromMs + spanMs,
  );
  return (
    <>
      {marks.map(({ id, text, timeMs }) => (
        <span
          key={id}
          className="time-mark"
          role="img"
          aria-label={text}
          title={text}
          style={{ left: `${((timeMs - fromMs) / spanMs) * 100}%` }}
        />
      ))}
    </>
  );
}

function placeOf(event: { readonly clientX: number; readonly currentTarget: Element }): number {
  const { left, width } = event.currentTarget.getBoundingClientRect();
  return Math.min(1, Math.max(0, (event.clientX - left) / Math.max(1, width)));
}

function nsAt(place: number, { fromNs, toNs }: TimeRange): bigint {
  return fromNs + BigInt(Math.round(Number(toNs - fromNs) * place));
}

function barAt(bars: readonly HistogramBar[], place: number): number | undefined {
  const index = bars.findIndex(({ left, width }) => place >= left && place < left + width);
  return index < 0 ? undefined : index;
}

function startDrag(
  event: PointerEvent<HTMLElement>,
  setSelection: (selection: Selection | undefined) => void,
  zoomTo: (selection: Selection) => void,
  range: TimeRange,
  bars: readonly HistogramBar[],
  onZoom: (range: TimeRange) => void,
): void {
  if (event.button !== 0) return;
  const { currentTarget } = event;
  const from = placeOf(event);
  let to = from;
  const move = ({ clientX }: globalThis.PointerEvent): void => {
    to = placeOf({ clientX, currentTarget });
    setSelection({ from, to });
  };
  const end = (): void => {
    removeEventListener('pointermove', move);
    removeEventListener('pointerup', end);
    setSelection(undefined);
    if (Math.abs(to - from) >= DRAG_SHARE_MIN) {
      zoomTo({ from, to });
      return;
    }
    const bar = bars[barAt(bars, from) ?? -1];
    if (bar) onZoom(within({ fromNs: bar.startNs, toNs: bar.endNs }, range));
  };
  addEventListener('pointermove', move);
  addEventListener('pointerup', end);
}

function within(inner: TimeRange, { fromNs, toNs }: TimeRange): TimeRange {
  return {
    fromNs: inner.fromNs > fromNs ? inner.fromNs : fromNs,
    toNs: inner.toNs < toNs ? inner.toNs : toNs,
  };
}

interface KeyContext {
  readonly bars: readonly HistogramBar[];
  readonly cursor: number | undefined;
  readonly setCursor: (cursor: number | undefined) => void;
  readonly selection: Selection | undefined;
  readonly setSelection: (selection: Selection | undefined) => void;
  readonly zoomTo: (selection: Selection) => void;
}

function pressKey(event: KeyboardEvent, context: KeyContext): void {
  const { bars, cursor, setCursor, selection, setSelection, zoomTo } = context;
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (step !== undefined) {
    const next = Math.min(bars.length - 1, Math.max(0, (cursor ?? -1) + step));
    const [bar, start] = [bars[next], bars[cursor ?? next]];
    if (!bar || !start) return;
    setCursor(next);
    const from = selection?.from ?? start.left;
    setSelection(event.shiftKey ? { from, to: bar.left + bar.width } : undefined);
    event.preventDefault();
    return;
  }
  const bar = bars[cursor ?? -1];
  if (event.key === 'Enter' && bar) {
    zoomTo(selection ?? { from: bar.left, to: bar.left + bar.width });
    setSelection(undefined);
  }
}

interface BarProps {
  readonly bar: HistogramBar;
  readonly zone: string;
}

function BarCard({ bar, zone }: BarProps): ReactElement {
  const { text, number } = useText();
  const isRight = bar.left > 0.6;
  const place = isRight
    ? { right: `${(1 - bar.left) * 100}%` }
    : { left: `${(bar.left + bar.width) * 100}%` };
  return (
    <div className="histogram-card" style={place} id="histogram-cursor" role="status">
      <div className="number">
        {clockText(bar.startNs, zone, 'second')} – {clockText(bar.endNs, zone, 'second')}
      </div>
      <div>{text('records.count', { count: bar.total })}</div>
      {LEVELS.toReversed().map((level) => {
        const count = bar.counts[level] ?? 0;
        return count === 0 ? null : (
          <div key={level} className="histogram-card-level">
            <i className={`level-${level}`} />
            {level}
            <span className="number">{number(count)}</span>
          </div>
        );
      })}
    </div>
  );
}

interface BarTableProps {
  readonly bars: readonly HistogramBar[];
  readonly zone: string;
}

function BarTable({ bars, zone }: BarTableProps): ReactElement {
  const { text, number } = useText();
  return (
    <div className="histogram-table">
      <table>
        <caption className="visually-hidden">{text('histogram.label')}</caption>
        <thead>
          <tr>
            <th scope="col">{text('column.time')}</th>
            {LEVELS.toReversed().map((level) => (
              <th key={level} scope="col">
                {level}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="number">
          {bars.map((bar) => (
            <tr key={String(bar.startNs)}>
              <th scope="row">{dateTimeText(bar.startNs, zone, 'second')}</th>
              {LEVELS.toReversed().map((level) => (
                <td key={level}>{number(bar.counts[level] ?? 0)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
