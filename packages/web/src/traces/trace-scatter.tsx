/**
 * Duration over time, a dot for each trace, errors apart. A click opens the trace, dragging narrows the
 * time. The list below says the same to who cannot see it.
 */
import type uPlot from 'uplot';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import type { TraceSummary } from '@tendril/api/trace-search';
import { NS_PER_MS, type TimeRange } from '@tendril/model/time-range';
import { nsOf, onDragged, plotLook, usePlot } from '../components/plot.ts';
import { timeMarks, type TimeMark } from '../components/time-marks.ts';
import { durationText } from '../lib/duration-text.ts';
import { usePreference } from '../lib/preferences.ts';
import { useText } from '../lib/text.tsx';
import { clockText } from '../lib/zone-time.ts';
import { useChangeMarks } from '../records/use-change-marks.ts';
import { visibleLine } from '../records/visible-text.ts';
import { nearestDot, scatterDots, type ScatterDots } from './scatter-dots.ts';

export interface TraceScatterProps {
  readonly traces: readonly TraceSummary[];
  readonly range: TimeRange;
  readonly onOpen: (trace: TraceSummary) => void;
  readonly onZoom: (range: TimeRange) => void;
}

const HEIGHT_PX = 150;
const AXIS_PX = 64;
const TIME_AXIS_PX = 26;
/** Wide enough for a clock with seconds. */
const LABEL_PX = 70;
const DOT_PX = 7;
/** A shorter drag is a click. */
const DRAG_PX_MIN = 4;
const NAME_CHARACTERS_MAX = 80;

export function TraceScatter(props: TraceScatterProps): ReactElement {
  const { traces, range } = props;
  const { text } = useText();
  const zone = usePreference('zone');
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  const [hovered, setHovered] = useState<TraceSummary>();
  const marks = useChangeMarks(range);
  useEffect(() => {
    latest.current = props;
  });
  usePlot(
    place,
    (element) => {
      const dots = scatterDots(traces);
      return {
        options: optionsOf({ element, dots, range, zone, latest, marks, onHover: setHovered }),
        data: [[...dots.timesMs], [...dots.calm], [...dots.failed]],
      };
    },
    sizeOf,
    [traces, range, zone, marks],
  );
  return (
    <figure className="trace-scatter" aria-label={text('traces.scatter')}>
      <div ref={place} className="trace-scatter-canvas" aria-hidden />
      <figcaption className="trace-scatter-hovered number">
        {hovered
          ? `${clockText(BigInt(hovered.timestamp), zone, 'millisecond')} · ${durationText(Number(hovered.durationNs))} · ${visibleLine(hovered.root.service, NAME_CHARACTERS_MAX)} ${visibleLine(hovered.root.name, NAME_CHARACTERS_MAX)}`
          : text('traces.scatter.hint')}
      </figcaption>
    </figure>
  );
}

interface OptionSources {
  readonly element: HTMLElement;
  readonly dots: ScatterDots;
  readonly range: TimeRange;
  readonly zone: string;
  readonly latest: { readonly current: TraceScatterProps };
  readonly marks: readonly TimeMark[];
  readonly onHover: (trace: TraceSummary | undefined) => void;
}

function optionsOf(sources: OptionSources): uPlot.Options {
  const { element, range, zone, marks } = sources;
  const { colourOf, axis } = plotLook(element);
  const dots = (name: string, colour: string): uPlot.Series => ({
    label: name,
    paths: () => null,
    points: {
      show: true,
      size: DOT_PX,
      width: 0,
      fill: colourOf(colour),
      stroke: colourOf(colour),
    },
  });
  return {
    ...sizeOf(element),
    ms: 1,
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false } },
    scales: {
      x: { time: true, range: [msOf(range.fromNs), msOf(range.toNs)] },
      // Durations differ by powers of ten.
      y: { distr: 3, log: 10 },
    },
    axes: [
      {
        ...axis,
        size: TIME_AXIS_PX,
        space: LABEL_PX,
        values: (_chart, ticks) => ticks.map((tick) => timeLabel(nsOf(tick), zone)),
      },
      {
        ...axis,
        size: AXIS_PX,
        filter: (_chart, ticks) =>
          ticks.map((tick) => (Number.isInteger(Math.log10(tick)) ? tick : null)),
        values: (_chart, ticks) => ticks.map((tick) => (tick === null ? '' : durationText(tick))),
      },
    ],
    series: [{}, dots('calm', '--info'), dots('failed', '--error')],
    hooks: hooksOf(sources),
    plugins: [timeMarks(marks)],
  };
}

function hooksOf({ dots, latest, onHover, element }: OptionSources): uPlot.Hooks.Arrays {
  const dotUnder = (chart: uPlot): TraceSummary | undefined => {
    const { left = -1, top = -1 } = chart.cursor;
    if (left < 0) return undefined;
    const toPlace = {
      x: (value: number) => chart.valToPos(value, 'x'),
      y: (value: number) => chart.valToPos(value, 'y'),
    };
    return nearestDot(dots, { left, top }, toPlace);
  };
  return {
    setCursor: [
      (chart) => {
        const dot = dotUnder(chart);
        element.classList.toggle('is-on-dot', dot !== undefined);
        onHover(dot);
      },
    ],
    ready: [
      (chart) =>
        chart.over.addEventListener('click', () => {
          const dot = dotUnder(chart);
          if (dot && chart.select.width < DRAG_PX_MIN) latest.current.onOpen(dot);
        }),
    ],
    setSelect: [onDragged(DRAG_PX_MIN, (range) => latest.current.onZoom(range))],
  };
}

/** Seconds where they are not zero. */
function timeLabel(ns: bigint, zone: string): string {
  const clock = clockText(ns, zone, 'second');
  return clock.endsWith(':00') ? clock.slice(0, 5) : clock;
}

function msOf(ns: bigint): number {
  return Number(ns / NS_PER_MS);
}

function sizeOf({ clientWidth }: HTMLElement): { readonly width: number; readonly height: number } {
  return { width: clientWidth, height: HEIGHT_PX };
}
