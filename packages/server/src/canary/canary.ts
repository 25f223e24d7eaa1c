/**
 * Sends a canary through every receiver every few seconds, as a client of its protocol, and looks for it as
 * a search would. What is lost, doubled or slow on the way from a socket to a search shows here first.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { messageOf } from '@tendril/model/failure';
import { NS_PER_MS } from '@tendril/model/time-range';
import type { Engine } from '../engine/engine.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { canaryCountsQuery, retireCanaries } from './canary-queries.ts';
import { CANARY_DAY_FROM_MS, CANARY_DAY_TO_MS, canaryRecord } from './canary-record.ts';
import type { CanaryTarget } from './send.ts';
import { CANARY_SENDERS } from './senders.ts';
import { CanaryTallies, type CanaryTally } from './tally.ts';

export interface CanaryOptions {
  readonly targets: readonly CanaryTarget[];
  readonly engine: Engine;
  readonly pipeline: Pipeline;
  readonly everyMs: number;
  readonly nowMs: () => number;
  readonly warn: (message: string) => void;
}

export interface Canary {
  tallies(): readonly CanaryTally[];
  /** Sends one through every receiver now, and looks for them; what runs on a timer otherwise. */
  round(): Promise<void>;
  close(): Promise<void>;
}

const SEND_MS_MAX = 10_000;
/** After sending: most are found at once, datagrams a moment later. */
const LOOK_AFTER_MS = [0, 250, 1_000, 3_000] as const;
const QUERY_LIMITS = { timeoutMs: 5_000, rowsMax: 10_000 };
/** In rounds; old canaries are of no use to anybody. */
const RETIRE_EVERY = 60;
const DAY = {
  fromNs: BigInt(CANARY_DAY_FROM_MS) * NS_PER_MS,
  toNs: BigInt(CANARY_DAY_TO_MS) * NS_PER_MS,
};

export function startCanary(options: CanaryOptions): Canary {
  const runner = new CanaryRunner(options);
  const running = runner.run();
  return {
    tallies: () => runner.tallies.list(),
    round: async () => runner.round(),
    close: async () => {
      runner.stop();
      await running;
    },
  };
}

class CanaryRunner {
  readonly tallies: CanaryTallies = new CanaryTallies();
  private readonly options: CanaryOptions;
  private readonly stopping: AbortController = new AbortController();
  private readonly session: string = letters(randomBytes(8));
  private rounds = 0;
  private lastWarning = '';

  constructor(options: CanaryOptions) {
    this.options = options;
  }

  stop(): void {
    this.stopping.abort();
  }

  async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      // The first one comes when the start is over.
      await wait(this.options.everyMs, undefined, { signal, ref: false }).catch(() => undefined);
      if (!signal.aborted) await this.round();
    }
  }

  async round(): Promise<void> {
    this.rounds += 1;
    await Promise.all(this.options.targets.map(async (target) => this.send(target)));
    let isSearched = false;
    for (const afterMs of LOOK_AFTER_MS) {
      const { signal } = this.stopping;
      await wait(afterMs, undefined, { signal, ref: false }).catch(() => undefined);
      isSearched = await this.look();
      if (!this.tallies.isWaiting || signal.aborted) break;
    }
    // While the engine is away nothing is known to be lost: it is in the write-ahead log.
    if (isSearched) this.tallies.settle(this.options.nowMs());
    if (isSearched && this.rounds % RETIRE_EVERY === 0) await this.retire();
  }

  private async send(target: CanaryTarget): Promise<void> {
    const { receiver } = target;
    const { nowMs } = this.options;
    const id = `${this.session}-${letters(Buffer.from(String(this.rounds)))}`;
    const record = canaryRecord(receiver, id, nowMs());
    const signal = AbortSignal.any([AbortSignal.timeout(SEND_MS_MAX), this.stopping.signal]);
    this.tallies.sent(receiver, record.text, nowMs());
    try {
      await CANARY_SENDERS.get(receiver)?.(record, target, signal);
    } catch (error) {
      if (this.stopping.signal.aborted) return;
      this.tallies.refused(receiver, record.text);
      this.warn(`canary: ${receiver}: ${messageOf(error)}`);
    }
  }

  // True when all that was acknowledged has been searched.
  private async look(): Promise<boolean> {
    const { engine, pipeline, nowMs } = this.options;
    if (engine.state() !== 'ready') return false;
    try {
      await pipeline.flush(AbortSignal.timeout(QUERY_LIMITS.timeoutMs), DAY);
      const { rows } = await engine.query(canaryCountsQuery(), { limits: QUERY_LIMITS });
      for await (const row of rows) {
        this.tallies.found(String(row['Body']), Number(row['copies']), nowMs());
      }
      return true;
    } catch (error) {
      this.warn(`canary: cannot be looked for: ${messageOf(error)}`);
      return false;
    }
  }

  private async retire(): Promise<void> {
    // Others may share an external database, and look for theirs; there its retention is enough.
    if (this.options.engine.kind !== 'embedded') return;
    try {
      await this.options.engine.command(retireCanaries());
    } catch (error) {
      this.warn(`canary: cannot be retired: ${messageOf(error)}`);
    }
  }

  private warn(message: string): void {
    if (message === this.lastWarning) return;
    this.lastWarning = message;
    this.options.warn(message);
  }
}

/** Two for each byte. */
function letters(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(97 + (byte >> 4), 97 + (byte & 15))).join(
    '',
  );
}
