/** Where an axis of durations is labelled: at values that people count in. */
import { durationText } from '../lib/duration-text.ts';
import type { Zoom } from './trace-url.ts';

export interface DurationTick {
  /** 0 at the beginning, 1 at the end. */
  readonly place: number;
  readonly label: string;
}

const SECOND_NS = 1e9;
const DECIMAL_STEPS = [1, 2, 5, 10] as const;
const CLOCK_STEPS_SECONDS = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600] as const;
/** A label at the very end would be cut. */
const LAST_PLACE = 0.95;

export function durationTicks({ from, to }: Zoom, ticksMax: number): readonly DurationTick[] {
  const width = Math.max(1, to - from);
  const step = stepOf(width / ticksMax);
  const ticks: DurationTick[] = [];
  for (let count = Math.ceil(from / step); ticks.length <= ticksMax; count += 1) {
    const place = (count * step - from) / width;
    if (!(place <= LAST_PLACE)) break;
    ticks.push({ place, label: count === 0 ? '0' : durationText(count * step) });
  }
  return ticks;
}

function stepOf(leastNs: number): number {
  const clock = CLOCK_STEPS_SECONDS.find((seconds) => seconds * SECOND_NS >= leastNs);
  if (leastNs > SECOND_NS && clock !== undefined) return clock * SECOND_NS;
  const unit = leastNs > SECOND_NS ? 3_600 * SECOND_NS : 1;
  const power = 10 ** Math.floor(Math.log10(leastNs / unit));
  const steps = DECIMAL_STEPS.find((each) => each * power * unit >= leastNs) ?? 10;
  return steps * power * unit;
}
