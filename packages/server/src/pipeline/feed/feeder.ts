/**
 * Brings committed frames into the engine in large inserts. Which frames an insert holds is durable
 * before it is tried, so that a restart repeats it with the same content and token, and the engine
 * drops what it has already.
 *
 * Two inserts overlap, but the records of one never arrive before what the earlier one's records refer
 * to: an insert begins when the one before it has come to its records.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Failure, messageOf } from '@tendril/model/failure';
import type { Warn } from '../warn.ts';
import type { FeedJournal } from './feed-journal.ts';
import type { FeedPlan, FeedState } from './feed-state.ts';
import type { FeedProgress } from './feed-progress.ts';
import type { FrameQueue } from './frame-queue.ts';
import { planLength, type PlanLimits } from './insert-plan.ts';
import type { PendingFrame } from './pending-frame.ts';
import { newPlan, PlanRunner, type PlanRunnerOptions, type RunnablePlan } from './plan-runner.ts';
import { WakeSignal } from './wake-signal.ts';

export interface FeedTiming {
  /** How long records may wait for company. */
  readonly waitMs: number;
  /** Searches force inserts at most this often. */
  readonly forcedEveryMs: number;
  /** Inserts under way at once. */
  readonly insertsMax: number;
  /** After a failure of our own disk. */
  readonly retryMs: number;
}

export interface FeederOptions extends Omit<PlanRunnerOptions, 'save'> {
  readonly queue: FrameQueue;
  readonly journal: FeedJournal;
  readonly limits: PlanLimits;
  readonly timing: FeedTiming;
  readonly signal: AbortSignal;
  /** Called when the state is on stable storage. */
  readonly onSaved: (state: FeedState) => void;
  readonly warn: Warn;
}

type PlanWork = Omit<RunnablePlan, 'onTable'>;

interface FlushWaiter {
  readonly frame: number;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

export class Feeder {
  readonly #options: FeederOptions;
  readonly #progress: FeedProgress;
  readonly #runner: PlanRunner;
  readonly #wake = new WakeSignal();
  readonly #running = new Map<Promise<void>, PlanWork>();
  readonly #waiters = new Set<FlushWaiter>();
  /** Begun before the restart, to be repeated as they were. */
  readonly #recovered: FeedPlan[];
  /** Settled when the newest insert has come to its records. */
  #recordsReached: Promise<void> = Promise.resolve();
  #saving: Promise<void> = Promise.resolve();
  #savedRevision: number;
  /** Frames up to this one are due whatever their number. */
  #dueThrough = 0;
  #isStarting = false;
  #waitTimer: NodeJS.Timeout | undefined;
  #forceTimer: NodeJS.Timeout | undefined;
  #forcedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: FeederOptions) {
    this.#options = options;
    this.#progress = options.progress;
    this.#runner = new PlanRunner({ ...options, save: () => this.#save() });
    this.#recovered = [...options.progress.state.plans];
    this.#savedRevision = options.progress.state.revision;
    options.signal.addEventListener('abort', () => this.#wake.wake(), { once: true });
  }

  /** Feeds until the signal is aborted. */
  async run(): Promise<void> {
    while (!this.#options.signal.aborted) {
      try {
        if (await this.#waitForWork()) await this.#startNext();
      } catch (error) {
        if (!this.#options.signal.aborted) await this.#pause('cannot feed', error);
      }
    }
    await Promise.allSettled(this.#running.keys());
    this.#stop();
    await this.#saveLast();
  }

  /** Frames were pushed to the queue. */
  noteFrames(): void {
    if (this.#isDue()) this.#wake.wake();
    else this.#armWaitTimer();
  }

  /** When the oldest record that is not in the engine was committed. */
  oldestAtMs(): number | undefined {
    const [oldest] = this.#running.values();
    return oldest?.frames[0]?.atMs ?? this.#options.queue.oldestAtMs;
  }

  /** Resolves when every frame up to this one is in the engine or in quarantine. */
  async flush(frame: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.#isFedThrough(frame)) return;
    if (this.#options.signal.aborted) throw stopped();
    this.#forceSoon();
    await this.#waitFor(frame, signal);
  }

  async #waitFor(frame: number, signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter = { frame, resolve, reject };
    const onAbort = (): void => reject(signal?.reason);
    this.#waiters.add(waiter);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      await promise;
    } finally {
      this.#waiters.delete(waiter);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  #isFedThrough(frame: number): boolean {
    const { fedThrough } = this.#progress.state;
    if (fedThrough >= frame) return true;
    return this.#options.queue.isEmpty && this.#running.size === 0 && !this.#isStarting;
  }

  // Merged: any number of searches in a quarter of a second cost one insert.
  #forceSoon(): void {
    if (this.#forceTimer !== undefined) return;
    const sinceMs = performance.now() - this.#forcedAtMs;
    const waitMs = Math.max(0, this.#options.timing.forcedEveryMs - sinceMs);
    this.#forceTimer = setTimeout(() => {
      this.#forceTimer = undefined;
      this.#forcedAtMs = performance.now();
      this.#makeDue();
    }, waitMs);
  }

  #makeDue(): void {
    this.#dueThrough = this.#options.queue.newestFrame;
    this.#wake.wake();
  }

  #isDue(): boolean {
    const { queue, limits } = this.#options;
    if (this.#recovered.length > 0) return true;
    if (queue.isEmpty) return false;
    const isFull = queue.records >= limits.recordsMax || queue.bytes >= limits.bytesMax;
    return isFull || queue.isLeftInWal || queue.oldestFrame <= this.#dueThrough;
  }

  /** False when feeding ends. */
  async #waitForWork(): Promise<boolean> {
    const { signal, timing } = this.#options;
    while (!signal.aborted) {
      const hasRoom = this.#running.size < timing.insertsMax;
      if (hasRoom && this.#isDue()) return true;
      // The next plan's entry holds this one's end too; only an idle feeder writes one for itself.
      if (this.#running.size === 0 && this.#isUnsaved()) await this.#save();
      else await this.#wake.wait();
    }
    return false;
  }

  async #startNext(): Promise<void> {
    await this.#recordsReached;
    this.#isStarting = true;
    try {
      const work = await this.#nextWork();
      this.#restartWaitTimer();
      if (work !== undefined) this.#start(work);
    } finally {
      this.#isStarting = false;
      this.#settleWaiters();
    }
  }

  #start(work: PlanWork): void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#recordsReached = promise;
    const onTable = (table: string): void => {
      if (this.#options.recordTables.has(table)) resolve();
    };
    const running = this.#runUntilDone({ ...work, onTable }).finally(() => {
      resolve();
      this.#running.delete(running);
      this.#settleWaiters();
      this.#wake.wake();
    });
    this.#running.set(running, work);
  }

  async #nextWork(): Promise<PlanWork | undefined> {
    const recovered = this.#recovered[0];
    if (recovered === undefined) return await this.#planNew();
    const frames = await this.#framesOf(recovered);
    this.#recovered.shift();
    return { plan: recovered, frames };
  }

  async #planNew(): Promise<PlanWork | undefined> {
    const { queue, limits } = this.#options;
    const frames = queue.take(planLength(await queue.peek(), limits));
    // What was left in the WAL may all have been damaged since it was opened.
    if (frames.length === 0) return undefined;
    const plan = newPlan(frames, []);
    this.#progress.begin(plan);
    await this.#save();
    return { plan, frames };
  }

  async #framesOf(plan: FeedPlan): Promise<readonly PendingFrame[]> {
    const waiting = await this.#options.queue.peekThrough(plan.last);
    return this.#options.queue.take(waiting.filter(({ frame }) => frame <= plan.last).length);
  }

  #restartWaitTimer(): void {
    clearTimeout(this.#waitTimer);
    this.#waitTimer = undefined;
    if (!this.#options.queue.isEmpty) this.#armWaitTimer();
  }

  #armWaitTimer(): void {
    this.#waitTimer ??= setTimeout(() => {
      this.#waitTimer = undefined;
      this.#makeDue();
    }, this.#options.timing.waitMs);
  }

  /** Errors here are our own: the inserter waits for the engine itself. */
  async #runUntilDone(work: RunnablePlan): Promise<void> {
    const { signal } = this.#options;
    while (!signal.aborted) {
      try {
        await this.#runner.run(work);
        return;
      } catch (error) {
        if (!signal.aborted) await this.#pause('cannot feed', error);
      }
    }
  }

  #isUnsaved(): boolean {
    return this.#progress.state.revision > this.#savedRevision;
  }

  /** Tries until it works: without it nothing may be inserted. */
  async #save(): Promise<void> {
    const previous = this.#saving;
    const saved = previous.catch(() => undefined).then(() => this.#writeState());
    this.#saving = saved;
    await saved;
  }

  async #writeState(): Promise<void> {
    const { journal, onSaved, signal } = this.#options;
    while (this.#isUnsaved()) {
      signal.throwIfAborted();
      const { state } = this.#progress;
      try {
        await journal.write(state);
        this.#savedRevision = state.revision;
        onSaved(state);
      } catch (error) {
        await this.#pause('cannot write the feed journal', error);
      }
    }
  }

  // One try: what is not saved is fed again after the start, and dropped by its token.
  async #saveLast(): Promise<void> {
    await this.#saving.catch(() => undefined);
    const { journal, warn } = this.#options;
    if (!this.#isUnsaved()) return;
    await journal.write(this.#progress.state).catch((error: unknown) => {
      warn('cannot write the feed journal', { error: messageOf(error) });
    });
  }

  async #pause(message: string, error: unknown): Promise<void> {
    const { signal, timing, warn } = this.#options;
    warn(message, { error: messageOf(error) });
    await delay(timing.retryMs, undefined, { signal, ref: false }).catch(() => undefined);
  }

  #settleWaiters(): void {
    for (const waiter of this.#waiters) {
      if (this.#isFedThrough(waiter.frame)) waiter.resolve();
    }
  }

  #stop(): void {
    clearTimeout(this.#waitTimer);
    clearTimeout(this.#forceTimer);
    for (const waiter of this.#waiters) waiter.reject(stopped());
  }
}

function stopped(): Failure {
  return new Failure({
    code: 'stopping',
    detail: 'cannot wait for records: the server is stopping',
  });
}
