/** Where a time axis is labelled: at full seconds, minutes, hours or days of the zone. */
import { NS_PER_MS, type TimeRange } from '@tendril/model/time-range';
import { clockText, dateText, zoneOffsetMs } from '../lib/zone-time.ts';

export interface TimeTick {
  /** 0 at the beginning of the range, 1 at its end. */
  readonly place: number;
  readonly label: string;
}

const LAST_PLACE = 0.97;
const SECOND_MS = 1_000;
const MINUTE_MS: number = 60 * SECOND_MS;
const HOUR_MS: number = 60 * MINUTE_MS;
const DAY_MS: number = 24 * HOUR_MS;
const STEPS_MS: readonly number[] = [
  1,
  2,
  5,
  10,
  20,
  50,
  100,
  200,
  500,
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 7, 14, 30, 90, 365].map((days) => days * DAY_MS),
];

export function timeTicks(
  { fromNs, toNs }: TimeRange,
  zone: string,
  ticksMax: number,
): readonly TimeTick[] {
  const fromMs = Number(fromNs / NS_PER_MS);
  const spanMs = Math.max(1, Number((toNs - fromNs) / NS_PER_MS));
  const stepMs = STEPS_MS.find((step) => spanMs / step <= ticksMax) ?? spanMs;
  const offsetMs = zoneOffsetMs(fromMs, zone);
  const ticks: TimeTick[] = [];
  const firstMs = Math.ceil((fromMs + offsetMs) / stepMs) * stepMs - offsetMs;
  for (let atMs = firstMs; atMs < fromMs + spanMs && ticks.length <= ticksMax; atMs += stepMs) {
    ticks.push({ place: (atMs - fromMs) / spanMs, label: labelOf(atMs, stepMs, zone) });
  }
  // A label at the very end would be cut.
  return ticks.filter(({ place }) => place <= LAST_PLACE);
}

function labelOf(atMs: number, stepMs: number, zone: string): string {
  const ns = BigInt(Math.round(atMs)) * NS_PER_MS;
  const isMidnight = (atMs + zoneOffsetMs(atMs, zone)) % DAY_MS === 0;
  if (stepMs >= DAY_MS || isMidnight) return dateText(ns, zone).slice(5);
  if (stepMs < SECOND_MS) return clockText(ns, zone, 'millisecond');
  const clock = clockText(ns, zone, 'second');
  return stepMs < MINUTE_MS ? clock : clock.slice(0, 5);
}
