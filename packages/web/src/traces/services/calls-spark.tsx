/** Calls over time as small bars, the part that failed in the colour of errors. Figures stand beside it. */
import type { ReactElement } from 'react';
import type { CallsHistory } from '@tendril/api/trace-map-history';

export interface CallsSparkProps {
  readonly history: Pick<CallsHistory, 'calls' | 'errors'>;
  /** Marks one of the bars. */
  readonly step?: number | undefined;
}

const HEIGHT = 100;
/** Between bars, as a share of one. */
const GAP = 0.15;
/** A single call beside very many, and a single error, shall be seen. */
const HEIGHT_MIN = 8;

export function CallsSpark({ history: { calls, errors }, step }: CallsSparkProps): ReactElement {
  const most = calls.reduce((highest, each) => Math.max(highest, each), 0);
  return (
    <svg
      className="calls-spark"
      viewBox={`0 0 ${Math.max(1, calls.length)} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden
    >
      {step !== undefined && <rect className="spark-step" x={step} width={1} height={HEIGHT} />}
      <path className="spark-calls" d={bars(calls, most)} />
      <path className="spark-errors" d={bars(errors, most)} />
    </svg>
  );
}

function bars(values: readonly number[], most: number): string {
  return values
    .map((value, index) => {
      if (value <= 0) return '';
      const height = Math.min(HEIGHT, Math.max(HEIGHT_MIN, (value / most) * HEIGHT)).toFixed(1);
      return `M${index + GAP / 2} ${HEIGHT}v-${height}h${1 - GAP}v${height}z`;
    })
    .join('');
}
