/** Under the map: its time. Choosing a step shows the map as it was then; it can be played. */
import { useEffect, useMemo, useState, type KeyboardEvent, type ReactElement } from 'react';
import type { TraceMapHistoryResponse } from '@tendril/api/trace-map-history';
import type { TimeRange } from '@tendril/model/time-range';
import { IconButton } from '../../components/icon-button.tsx';
import { usePreference } from '../../lib/preferences.ts';
import { useText } from '../../lib/text.tsx';
import { clockText, dateTimeText } from '../../lib/zone-time.ts';
import { rangeOfStep, totalsOf } from './calls-moment.ts';
import { CallsSpark } from './calls-spark.tsx';
import { callsPerSecond, errorShare, rateText, shareText } from './rates.ts';

export interface MapTimelineProps {
  readonly history: TraceMapHistoryResponse;
  readonly range: TimeRange;
  /** Undefined is the whole range. */
  readonly step: number | undefined;
  readonly onStep: (step: number | undefined) => void;
}

const PLAY_MS = 700;

export function MapTimeline({ history, range, step, onStep }: MapTimelineProps): ReactElement {
  const { text } = useText();
  const [isPlaying, setPlaying] = useState(false);
  const totals = useMemo(() => totalsOf(history), [history]);
  const last = history.steps - 1;
  const next = step === undefined || step >= last ? undefined : step + 1;
  useEffect(() => {
    if (!isPlaying) return undefined;
    if (next === undefined) {
      setPlaying(false);
      return undefined;
    }
    const timer = setTimeout(() => onStep(next), PLAY_MS);
    return () => clearTimeout(timer);
  }, [isPlaying, next, onStep]);
  const play = (): void => {
    if (!isPlaying && next === undefined) onStep(0);
    setPlaying(!isPlaying);
  };
  const choose = (chosen: number | undefined): void => {
    setPlaying(false);
    onStep(chosen);
  };
  const said = useStepText({ history, range, step, totals });
  const onKeyDown = (event: KeyboardEvent): void => {
    const chosen = stepOfKey(event.key, step, last);
    if (chosen === undefined) return;
    event.preventDefault();
    choose(chosen);
  };
  return (
    <div className="map-timeline">
      <IconButton
        icon={isPlaying ? 'pause' : 'play'}
        label={text(isPlaying ? 'map.pause' : 'map.play')}
        onClick={play}
      />
      <div className="map-steps">
        <CallsSpark history={totals} step={step} />
        <input
          type="range"
          min={0}
          max={history.steps}
          step="any"
          value={(step ?? last) + 0.5}
          aria-label={text('map.time')}
          aria-valuetext={said}
          onKeyDown={onKeyDown}
          onChange={({ target }) => choose(Math.min(last, Math.floor(Number(target.value))))}
        />
      </div>
      <span className="map-moment number">{said}</span>
      <button
        type="button"
        className="button small"
        aria-pressed={step === undefined}
        onClick={() => choose(undefined)}
      >
        {text('map.all')}
      </button>
    </div>
  );
}

function stepOfKey(key: string, step: number | undefined, last: number): number | undefined {
  const at = step ?? last + 1;
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return Math.max(0, at - 1);
    case 'ArrowRight':
    case 'ArrowUp':
      return Math.min(last, at + 1);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return undefined;
  }
}

interface StepTextOf extends Omit<MapTimelineProps, 'onStep'> {
  readonly totals: ReturnType<typeof totalsOf>;
}

function useStepText({ history, range, step, totals }: StepTextOf): string {
  const { text, number } = useText();
  const zone = usePreference('zone');
  if (step === undefined) return text('map.all');
  const time = rangeOfStep(history, step, range);
  const counted = { calls: totals.calls[step] ?? 0, errors: totals.errors[step] ?? 0 };
  const moment = text('map.moment', {
    from: dateTimeText(time.fromNs, zone, 'second').slice(0, -3),
    to: clockText(time.fromNs + BigInt(history.stepNs), zone, 'second').slice(0, -3),
  });
  const rate = `${rateText(callsPerSecond(counted, time), number)}/s`;
  const errors = counted.errors > 0 ? ` · ${shareText(errorShare(counted), number)} ✕` : '';
  return `${moment} · ${rate}${errors}`;
}
