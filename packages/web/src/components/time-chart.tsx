/**
 * Lines over time with a legend that names what is under the cursor. Dragging selects a range. The canvas
 * says nothing to who cannot see it: whoever shows a chart shows the same figures as a table too.
 */
import './time-chart.css';
import type uPlot from 'uplot';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import type { TimeRange } from '@tendril/model/time-range';
import { usePreference } from '../lib/preferences.ts';
import { clockText, dateText, dateTimeText } from '../lib/zone-time.ts';
import { timeMarks, type TimeMark } from './time-marks.ts';
import { nsOf, onDragged, plotLook, usePlot, type PlotLook } from './plot.ts';

export interface TimeSeries {
  readonly name: string;
  /** Name of a colour's variable; else one of the palette, in order. */
  readonly colour?: string;
  /** One for each time; null is a gap. */
  readonly values: readonly (number | null)[];
}

export interface TimeChartProps {
  readonly label: string;
  readonly timesMs: readonly number[];
  readonly series: readonly TimeSeries[];
  readonly valueText: (value: number) => string;
  readonly onZoom: (range: TimeRange) => void;
  readonly marks?: readonly TimeMark[];
}

const NO_MARKS: readonly TimeMark[] = [];
const COLOURS = 8;
const HEIGHT_MIN_PX = 160;
const AXIS_PX = 64;
const TIME_AXIS_PX = 28;
const DAY_MS = 86_400_000;
/** A shorter drag is a click. */
const DRAG_PX_MIN = 3;

export function TimeChart(props: TimeChartProps): ReactElement {
  const { label, timesMs, series, valueText, marks = NO_MARKS } = props;
  const zone = usePreference('zone');
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  const [cursor, setCursor] = useState<number>();
  useEffect(() => {
    latest.current = props;
  });
  usePlot(
    place,
    (element) => ({
      options: optionsOf({ element, series, zone, latest, marks, onCursor: setCursor }),
      data: [timesMs, ...series.map(({ values }) => values)] as uPlot.AlignedData,
    }),
    sizeOf,
    [timesMs, series, zone, marks],
  );
  const shown = cursor ?? timesMs.length - 1;
  const time = timesMs[shown];
  return (
    <figure className="time-chart" aria-label={label}>
      <div ref={place} className="time-chart-canvas" aria-hidden />
      <figcaption className="time-chart-legend number">
        {time !== undefined && (
          <span className="dim">{dateTimeText(nsOf(time), zone, 'second')}</span>
        )}
        {series.map(({ name, values, colour }, at) => (
          <span key={name} className="time-chart-entry">
            <i style={{ background: `var(${colour ?? paletteColour(at)})` }} />
            <bdi>{name}</bdi>
            <b>{textOf(values[shown], valueText)}</b>
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

function textOf(value: number | null | undefined, valueText: (value: number) => string): string {
  return value === null || value === undefined ? '–' : valueText(value);
}

function paletteColour(at: number): string {
  return `--s${(at % COLOURS) + 1}`;
}

interface OptionSources {
  readonly element: HTMLElement;
  readonly series: readonly TimeSeries[];
  readonly zone: string;
  readonly latest: { readonly current: TimeChartProps };
  readonly marks: readonly TimeMark[];
  readonly onCursor: (index: number | undefined) => void;
}

function optionsOf(sources: OptionSources): uPlot.Options {
  const { element, series, zone, latest, marks, onCursor } = sources;
  const { colourOf, axis } = plotLook(element);
  return {
    ...sizeOf(element),
    // Times are milliseconds, and labels are of the page's zone, not of the browser's.
    ms: 1,
    legend: { show: false },
    cursor: { y: false, points: { size: 6 }, drag: { x: true, y: false, setScale: false } },
    scales: { x: { time: true } },
    axes: [
      { ...axis, size: TIME_AXIS_PX, values: (chart, ticks) => timeLabels(ticks, chart, zone) },
      {
        ...axis,
        size: AXIS_PX,
        values: (_chart, ticks) => ticks.map((tick) => latest.current.valueText(tick)),
      },
    ],
    series: [{}, ...series.map((each, at) => lineOf(each, at, colourOf, isAlone(series)))],
    hooks: {
      setCursor: [({ cursor: { idx } }) => onCursor(idx ?? undefined)],
      setSelect: [onDragged(DRAG_PX_MIN, (range) => latest.current.onZoom(range))],
    },
    plugins: [timeMarks(marks)],
  };
}

function lineOf(
  { name, colour }: TimeSeries,
  at: number,
  colourOf: PlotLook['colourOf'],
  isDot: boolean,
): uPlot.Series {
  return {
    label: name,
    stroke: colourOf(colour ?? paletteColour(at)),
    width: 1.5,
    // Second and third rounds of the colours are told apart by their dashes.
    ...(colour === undefined && at >= COLOURS && { dash: [6, 4] }),
    points: { show: isDot },
  };
}

// A line through a single time is a dot.
function isAlone(series: readonly TimeSeries[]): boolean {
  return series.every(({ values }) => values.filter((value) => value !== null).length <= 1);
}

function sizeOf({ clientWidth, clientHeight }: HTMLElement): {
  readonly width: number;
  readonly height: number;
} {
  return { width: clientWidth, height: Math.max(HEIGHT_MIN_PX, clientHeight) };
}

function timeLabels(ticks: readonly number[], { scales }: uPlot, zone: string): string[] {
  const spanMs = (scales['x']?.max ?? 0) - (scales['x']?.min ?? 0);
  return ticks.map((tick) => {
    const ns = nsOf(tick);
    const clock = clockText(ns, zone, 'second');
    if (spanMs > 2 * DAY_MS) return `${dateText(ns, zone).slice(5)} ${clock.slice(0, 5)}`;
    return clock.endsWith(':00') ? clock.slice(0, 5) : clock;
  });
}
