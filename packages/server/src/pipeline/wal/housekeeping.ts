/** Removes what the WAL no longer needs: segments that are fed, and request ids that have expired. */
import { messageOf } from '@tendril/model/failure';
import type { Warn } from '../warn.ts';
import { removeExpiredIds } from './retired-ids.ts';
import type { Wal } from './wal.ts';

export interface HousekeepingOptions {
  readonly directory: string;
  readonly limits: { readonly requestIdsKeepMs: number };
  readonly nowMs: () => number;
  readonly wal: Wal;
  readonly warn: Warn;
}

const EXPIRED_IDS_EVERY_MS = 60_000;

export class Housekeeping {
  readonly #options: HousekeepingOptions;
  #running: Promise<void> = Promise.resolve();
  #isRunning = false;
  #fedThrough = 0;
  #idsLookedAtMs = 0;

  constructor(options: HousekeepingOptions) {
    this.#options = options;
  }

  /** Every frame up to this one is in the engine, durably so, and never needed again. */
  retire(fedThrough: number): void {
    this.#fedThrough = fedThrough;
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#running = this.#run().finally(() => {
      this.#isRunning = false;
    });
  }

  async settle(): Promise<void> {
    await this.#running;
  }

  // What could not be removed now is tried again with the next call.
  async #run(): Promise<void> {
    const { directory, limits, nowMs, wal, warn } = this.#options;
    const idsSinceMs = nowMs() - limits.requestIdsKeepMs;
    try {
      await wal.retire(this.#fedThrough, idsSinceMs);
      if (Math.abs(nowMs() - this.#idsLookedAtMs) < EXPIRED_IDS_EVERY_MS) return;
      this.#idsLookedAtMs = nowMs();
      await removeExpiredIds(directory, idsSinceMs);
    } catch (error) {
      warn('cannot tidy the WAL', { error: messageOf(error) });
    }
  }
}
