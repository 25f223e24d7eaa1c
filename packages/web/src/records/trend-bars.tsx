/** Counts over time as bars that fit a table's row. */
import type { ReactElement } from 'react';
import './trend-bars.css';

const HEIGHT = 16;
const BAR_WIDTH = 3;
const STEP = BAR_WIDTH + 1;

export interface TrendBarsProps {
  readonly counts: readonly number[];
  /** Of the worst records in it. */
  readonly level: string;
  readonly label: string;
}

export function TrendBars({ counts, level, label }: TrendBarsProps): ReactElement {
  const greatest = Math.max(1, ...counts);
  const width = counts.length * STEP;
  return (
    <svg
      className="trend-bars"
      width={width}
      height={HEIGHT}
      viewBox={`0 0 ${width} ${HEIGHT}`}
      role="img"
      aria-label={label}
    >
      {counts.map((count, index) => {
        // Few must be told from none.
        const height = count === 0 ? 1 : Math.max(2, (count / greatest) * HEIGHT);
        return (
          <rect
            key={index}
            x={index * STEP}
            y={HEIGHT - height}
            width={BAR_WIDTH}
            height={height}
            className={count === 0 ? 'trend-none' : `trend-${level}`}
          />
        );
      })}
    </svg>
  );
}
