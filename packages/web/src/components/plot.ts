/** What charts on a uPlot canvas share: they live as long as their place, follow its size, and look like the page. */
import 'uplot/dist/uPlot.min.css';
import uPlot from 'uplot';
import { useEffect, type RefObject } from 'react';
import { NS_PER_MS, type TimeRange } from '@tendril/model/time-range';
import { usePreference } from '../lib/preferences.ts';

export interface Plot {
  readonly options: uPlot.Options;
  readonly data: uPlot.AlignedData;
}

type Size = Pick<uPlot.Options, 'width' | 'height'>;

/** Draws into `place`, and again when one of `causes` or the theme changes. */
export function usePlot(
  place: RefObject<HTMLElement | null>,
  plotOf: (element: HTMLElement) => Plot,
  sizeOf: (element: HTMLElement) => Size,
  causes: readonly unknown[],
): void {
  const theme = usePreference('theme');
  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const { options, data } = plotOf(element);
    const chart = new uPlot(options, data, element);
    const observer = new ResizeObserver(() => chart.setSize(sizeOf(element)));
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.destroy();
    };
    // The colours of the canvas are those of the theme at the moment it is drawn.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [...causes, theme]);
}

export interface PlotLook {
  /** What a variable of the styles stands for. */
  readonly colourOf: (name: string) => string;
  readonly axis: uPlot.Axis;
}

export function plotLook(element: HTMLElement): PlotLook {
  const style = getComputedStyle(element);
  const colourOf = (name: string): string => style.getPropertyValue(name).trim();
  return {
    colourOf,
    axis: {
      stroke: colourOf('--text-3'),
      grid: { stroke: colourOf('--line'), width: 1 },
      ticks: { show: false },
      font: '11px system-ui, sans-serif',
    },
  };
}

/** Tells the range that was dragged over, when it is at least so wide. */
export function onDragged(
  widthPxMin: number,
  onZoom: (range: TimeRange) => void,
): (chart: uPlot) => void {
  return (chart) => {
    const { left, width } = chart.select;
    if (width < widthPxMin) return;
    const [from, to] = [chart.posToVal(left, 'x'), chart.posToVal(left + width, 'x')];
    onZoom({ fromNs: nsOf(from), toNs: nsOf(to) });
  };
}

/** Of a time axis in milliseconds. */
export function nsOf(ms: number): bigint {
  return BigInt(Math.round(ms)) * NS_PER_MS;
}
