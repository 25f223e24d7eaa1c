/**
 * Lines over time with a legend that names what is under the cursor. Dragging selects a range. The canvas
 * says nothing to who cannot see it: whoever shows a chart shows the same figures as a table too.
 */
import 'uplot/dist/uPlot.min.css';
import './time-chart.css';
import uPlot from 'uplot';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import type { TimeRange } from '@tendril/model/time-range';
import { usePreference } from '../lib/preferences.ts';
import { clockText, dateText, dateTimeText } from '../lib/zone-time.ts';

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
}

const COLOURS = 8;
const HEIGHT_MIN_PX = 160;
const AXIS_PX = 64;
const TIME_AXIS_PX = 28;
const DAY_MS = 86_400_000;
const NS_PER_MS = 1_000_000n;

export function TimeChart(props: TimeChartProps): ReactElement {
  const { label, timesMs, series, valueText } = props;
  const zone = usePreference('zone');
  const theme = usePreference('theme');
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  const [cursor, setCursor] = useState<number>();
  useEffect(() => {
    latest.current = props;
  });
  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const chart = new uPlot(
      optionsOf({ element, series, zone, latest, onCursor: setCursor }),
      [timesMs, ...series.map(({ values }) => values)] as uPlot.AlignedData,
      element,
    );
    const observer = new ResizeObserver(() => chart.setSize(sizeOf(element)));
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.destroy();
    };
    // The colours of the canvas are those of the theme at the moment it is drawn.
  }, [timesMs, series, zone, theme]);
  const shown = cursor ?? timesMs.length - 1;
  const time = timesMs[shown];
  return (
    <figure className="time-chart" aria-label={label}>
      <div ref={place} className="time-chart-canvas" aria-hidden />
      <figcaption className="time-chart-legend number">
        {time !== undefined && (
          <span className="dim">
            {dateTimeText(BigInt(Math.round(time)) * NS_PER_MS, zone, 'second')}
          </span>
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
  readonly onCursor: (index: number | undefined) => void;
}

function optionsOf({ element, series, zone, latest, onCursor }: OptionSources): uPlot.Options {
  const style = getComputedStyle(element);
  const colourOf = (name: string): string => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colourOf('--text-3'),
    grid: { stroke: colourOf('--line'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui, sans-serif',
  };
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
    series: [
      {},
      ...series.map(({ name, colour }, at) => ({
        label: name,
        stroke: colourOf(colour ?? paletteColour(at)),
        width: 1.5,
        // Second and third rounds of the colours are told apart by their dashes.
        ...(colour === undefined && at >= COLOURS && { dash: [6, 4] }),
        points: { show: isAlone(series) },
      })),
    ],
    hooks: {
      setCursor: [({ cursor: { idx } }) => onCursor(idx ?? undefined)],
      setSelect: [
        (chart) => {
          const { left, width } = chart.select;
          if (width < 3) return;
          const [from, to] = [chart.posToVal(left, 'x'), chart.posToVal(left + width, 'x')];
          latest.current.onZoom({ fromNs: nsOf(from), toNs: nsOf(to) });
        },
      ],
    },
  };
}

// A line through a single time is a dot.
function isAlone(series: readonly TimeSeries[]): boolean {
  return series.every(({ values }) => values.filter((value) => value !== null).length <= 1);
}

function nsOf(ms: number): bigint {
  return BigInt(Math.round(ms)) * NS_PER_MS;
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
