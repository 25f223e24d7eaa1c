/** Requests a second that a server takes. */
import type { Settings } from '../settings.ts';
import type { Time } from './time.ts';

const WINDOW_MS = 1_000;

export class RequestRate {
  private readonly settings: () => Settings;
  private readonly time: Time;
  private windowStartMs = 0;
  private taken = 0;

  constructor({ settings, time }: { readonly settings: () => Settings; readonly time: Time }) {
    this.time = time;
    this.settings = settings;
  }

  takes(): boolean {
    const { requestsPerSecond } = this.settings();
    if (requestsPerSecond === 0) return true;
    const nowMs = this.time.nowMs();
    if (nowMs - this.windowStartMs > WINDOW_MS) {
      this.windowStartMs = nowMs;
      this.taken = 0;
    }
    this.taken += 1;
    return this.taken <= requestsPerSecond;
  }
}
