/** What went on around a chain, place by place: how much was said, how much of it was trouble, before and now. */
import type { Activity } from './chain-store.ts';
import { placeKey } from './outline.ts';

export interface Weather {
  readonly before: Tally;
  readonly now: Tally;
  /** Steps at warning and above that are said now and were not before. */
  readonly newSteps: readonly {
    readonly step: string;
    readonly count: number;
    readonly level: number;
  }[];
  /** Said regularly before, and nothing lately. */
  readonly isSilent: boolean;
}

export interface Tally {
  /** For a second. */
  readonly all: number;
  readonly trouble: number;
  readonly refusals: number;
  readonly count: number;
  readonly troubleCount: number;
}

export interface WeatherOptions {
  /** Buckets of the activity from this on are now. */
  readonly nowFrom: number;
  /** Who says nothing from this one on is silent. */
  readonly silentFrom: number;
  readonly buckets: number;
  readonly bucketMs: number;
}

/** A place that was expected to speak so often, and did not, is silent. */
const SILENCE_EXPECTED_MIN = 5;
const NOTHING: Tally = { all: 0, trouble: 0, refusals: 0, count: 0, troubleCount: 0 };
export const NO_WEATHER: Weather = { before: NOTHING, now: NOTHING, newSteps: [], isSilent: false };

/** By `placeKey`. */
export function weatherOf(
  activity: readonly Activity[],
  options: WeatherOptions,
): ReadonlyMap<string, Weather> {
  const places = Map.groupBy(activity, placeKey);
  return new Map([...places].map(([key, rows]) => [key, weatherAt(rows, options)]));
}

export function weatherAt(rows: readonly Activity[], options: WeatherOptions): Weather {
  const { nowFrom, silentFrom, buckets, bucketMs } = options;
  // A server that has run for a minute has no quarter of an hour before: count from what is known.
  const first = rows.reduce((least, { bucket }) => Math.min(least, bucket), nowFrom);
  const beforeRows = rows.filter(({ bucket }) => bucket < nowFrom);
  const nowRows = rows.filter(({ bucket }) => bucket >= nowFrom);
  const beforeSeconds = (Math.max(0, nowFrom - first) * bucketMs) / 1_000;
  const nowSeconds = (Math.max(1, buckets - nowFrom) * bucketMs) / 1_000;
  const before = tallyOf(beforeRows, beforeSeconds);
  // What still came in the bucket in which it began says nothing.
  const isHeard = rows.some(({ bucket }) => bucket >= silentFrom);
  const silentSeconds = (Math.max(0, buckets - silentFrom) * bucketMs) / 1_000;
  const isSilent = !isHeard && before.all * silentSeconds >= SILENCE_EXPECTED_MIN;
  return {
    before,
    now: tallyOf(nowRows, nowSeconds),
    newSteps: newSteps(beforeRows, nowRows),
    isSilent,
  };
}

function tallyOf(rows: readonly Activity[], seconds: number): Tally {
  const sum = (isCounted: (row: Activity) => boolean): number =>
    rows.reduce((total, row) => total + (isCounted(row) ? row.count : 0), 0);
  const count = sum(() => true);
  const troubleCount = sum(({ level, isRefusal }) => level >= 1 && !isRefusal);
  const per = Math.max(1, seconds);
  return {
    count,
    troubleCount,
    all: count / per,
    trouble: troubleCount / per,
    refusals: sum(({ isRefusal }) => isRefusal) / per,
  };
}

function newSteps(before: readonly Activity[], now: readonly Activity[]): Weather['newSteps'] {
  const known = new Set(before.map(({ step }) => step));
  const fresh = now.filter(({ step, isRefusal }) => step !== '' && !isRefusal && !known.has(step));
  return [...Map.groupBy(fresh, ({ step }) => step)].map(([step, rows]) => ({
    step,
    count: rows.reduce((sum, row) => sum + row.count, 0),
    level: rows.reduce((most, row) => Math.max(most, row.level), 0),
  }));
}
