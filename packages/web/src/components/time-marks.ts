/** Moments on the time axis of a chart on a canvas: a line for each, and what it was on its head. */
import './time-marks.css';
import type uPlot from 'uplot';

export interface TimeMark {
  readonly id: string;
  readonly timeMs: number;
  /** One line. */
  readonly text: string;
}

export function timeMarks(marks: readonly TimeMark[]): uPlot.Plugin {
  const lines = marks.map(({ timeMs, text }) => {
    const line = document.createElement('div');
    line.className = 'time-mark';
    line.title = text;
    return { line, timeMs };
  });
  return {
    hooks: {
      ready: (chart) => chart.over.append(...lines.map(({ line }) => line)),
      draw: (chart) => {
        const width = chart.over.clientWidth;
        for (const { line, timeMs } of lines) {
          const left = chart.valToPos(timeMs, 'x');
          line.style.left = `${left}px`;
          line.hidden = !(left >= 0 && left <= width);
        }
      },
    },
  };
}
