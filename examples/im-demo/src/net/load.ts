/** Keeps an instance's processor busy, or still, as its settings say. */
import type { Settings } from '../settings.ts';
import { sleep, type Time } from './time.ts';

const SLICE_MS = 50;
const PAUSE_EVERY_MS = 400;
/** Something is always left for the rest. */
const BUSY_SHARE_MAX = 0.95;

export function startLoad(time: Time, settings: () => Settings): void {
  void repeat(time, SLICE_MS, () => {
    const share = Math.min(BUSY_SHARE_MAX, settings().busyShare);
    return (SLICE_MS * share) / (1 - share);
  });
  void repeat(time, PAUSE_EVERY_MS, () => settings().pauseMs);
}

/** Free for so long, then blocked for as long as is asked. */
async function repeat(time: Time, freeMs: number, blockedMs: () => number): Promise<never> {
  for (;;) {
    await sleep(time, freeMs);
    const ms = blockedMs();
    if (ms > 0) await time.block(ms);
  }
}
