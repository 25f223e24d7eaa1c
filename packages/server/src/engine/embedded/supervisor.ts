/**
 * Keeps the embedded engine running: starts its process, looks after its health, starts it again
 * whenever it ends, without limit but with growing pauses, and stops it at last.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '@tendril/model/failure';
import { Availability } from '../availability.ts';
import type { ClickHouseConnection } from '../clickhouse/connection.ts';
import { HealthWatch } from '../health.ts';
import type { EngineDriver } from '../http-engine.ts';
import { unloadable } from './library.ts';
import {
  LIBRARY_REFUSED,
  startRun,
  type EngineRun,
  type RunEnd,
  type RunOptions,
} from './process-run.ts';

export interface SupervisorOptions {
  readonly run: RunOptions;
  readonly healthIntervalMs: number;
  readonly healthTimeoutMs: number;
  /** An engine that answers nothing for so long is killed: it will not recover by itself. */
  readonly hungAfterMs: number;
  /** For the server's log: what happened to the engine. */
  readonly onEvent: (event: SupervisorEvent) => void;
}

export type SupervisorEvent =
  | { readonly kind: 'ready'; readonly pid: number; readonly startedInMs: number }
  | {
      readonly kind: 'ended';
      readonly pid: number;
      readonly end: RunEnd;
      readonly lastWords: string;
    }
  | { readonly kind: 'not_started'; readonly reason: string }
  | { readonly kind: 'hung'; readonly pid: number };

/** Loading the parts of a large database comes before the first answer. */
const START_TIMEOUT_MS = 180_000;
const START_POLL_MS = 20;
const START_PING_TIMEOUT_MS = 2_000;
const PAUSE_MS_MIN = 50;
const PAUSE_MS_MAX = 10_000;
/** A run that was ready for so long starts the pauses anew. */
const STEADY_AFTER_MS = 30_000;

export class Supervisor implements EngineDriver {
  readonly kind = 'embedded';
  readonly availability: Availability = new Availability();
  private readonly options: SupervisorOptions;
  private readonly stopping = new AbortController();
  private run: EngineRun | undefined;
  private health: HealthWatch | undefined;
  private pauseMs = PAUSE_MS_MIN;
  private finished: Promise<void> = Promise.resolve();

  constructor(options: SupervisorOptions) {
    this.options = options;
  }

  /**
   * Resolves when the engine is ready, or after `waitMs` while it is still being tried. Rejects when
   * trying again makes no sense: its library cannot be loaded here.
   */
  async start(waitMs: number): Promise<void> {
    const supervision = this.supervise();
    this.finished = supervision.catch(() => undefined);
    await Promise.race([supervision, this.availability.whenReady(waitMs)]);
  }

  connection(): ClickHouseConnection | undefined {
    return this.run?.connection;
  }

  suspect(): void {
    this.health?.suspect('a request was not answered');
  }

  /** Of the run under way, for tests and the status page. */
  process(): EngineRun | undefined {
    return this.run;
  }

  async close(): Promise<void> {
    this.stopping.abort();
    this.health?.stop();
    this.run?.kill();
    await this.finished;
    await this.options.run.log.close();
    this.availability.set('away', 'closed');
  }

  private async supervise(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const startedAtMs = performance.now();
      await this.superviseOnce();
      if (performance.now() - startedAtMs > STEADY_AFTER_MS) this.pauseMs = PAUSE_MS_MIN;
      await this.pause();
    }
  }

  private async superviseOnce(): Promise<void> {
    const run = await startRun(this.options.run).catch((error: unknown) => {
      this.options.onEvent({ kind: 'not_started', reason: messageOf(error) });
      return undefined;
    });
    if (run === undefined) return;
    this.run = run;
    if (this.stopping.signal.aborted) run.kill();
    try {
      if (await this.becomesReady(run)) this.watch(run);
      else run.kill();
      await this.afterEnd(run, await run.ended);
    } finally {
      this.health?.stop();
      await run.connection.close();
    }
  }

  /** False when it ended, or did not answer in time. */
  private async becomesReady(run: EngineRun): Promise<boolean> {
    const startedAtMs = performance.now();
    while (!run.hasEnded() && performance.now() - startedAtMs < START_TIMEOUT_MS) {
      try {
        await run.connection.ping(START_PING_TIMEOUT_MS);
        await run.connection.createDatabase();
        const startedInMs = Math.round(performance.now() - startedAtMs);
        this.options.onEvent({ kind: 'ready', pid: run.pid, startedInMs });
        return true;
      } catch {
        // Not listening yet, or never: the loop's conditions decide which.
        await Promise.race([sleep(START_POLL_MS), run.ended]);
      }
    }
    return false;
  }

  private watch(run: EngineRun): void {
    let answeredAtMs = performance.now();
    this.health = new HealthWatch({
      availability: this.availability,
      intervalMs: this.options.healthIntervalMs,
      look: async () => {
        try {
          await run.connection.ping(this.options.healthTimeoutMs);
          answeredAtMs = performance.now();
        } catch (error) {
          if (performance.now() - answeredAtMs > this.options.hungAfterMs) this.killHung(run);
          throw error;
        }
      },
    });
    this.availability.set('ready');
    this.health.start();
  }

  private killHung(run: EngineRun): void {
    this.options.onEvent({ kind: 'hung', pid: run.pid });
    run.kill();
  }

  private async afterEnd(run: EngineRun, end: RunEnd): Promise<void> {
    this.health?.stop();
    this.availability.set('away', 'its process ended and is started again');
    if (this.stopping.signal.aborted) return;
    const lastWords = this.options.run.log.tail();
    if (end.exitCode === LIBRARY_REFUSED) throw unloadable(this.options.run.libraryPath, lastWords);
    this.options.onEvent({ kind: 'ended', pid: run.pid, end, lastWords });
  }

  private async pause(): Promise<void> {
    const pauseMs = this.pauseMs;
    this.pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX);
    await sleep(pauseMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}
