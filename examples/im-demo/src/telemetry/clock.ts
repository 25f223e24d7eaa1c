/** An instance's clock, which may be wrong. */
import type { Time } from '../net/time.ts';
import type { Settings } from '../settings.ts';

export interface Clock {
  /** Milliseconds since 1970, with fractions. */
  readonly nowMs: () => number;
}

export function createClock(time: Time, settings: () => Settings): Clock {
  return {
    nowMs: () => time.nowMs() + settings().clockOffsetMs,
  };
}
