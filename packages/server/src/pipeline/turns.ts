/**
 * Sources take turns at the main thread: decoding a request keeps it for milliseconds, and a source with many
 * requests would keep all others waiting behind them. What counts is the time that a source has taken lately, not how
 * many requests it has: who has taken least is next, and who takes next to nothing does not wait.
 */
import { Failure } from '@tendril/model/failure';
import type { Pipeline } from './pipeline.ts';

export interface TurnOptions {
  readonly nowMs: () => number;
  /** Runs its argument when the event loop has looked at its sockets. */
  readonly later: (run: () => void) => void;
}

/**
 * Decoding goes on for so long before the event loop comes round; one request more at most. An acknowledgement takes
 * three or four rounds of the loop (`npm run bench -- receivers`).
 */
const TURN_MS = 1;
/** Their bodies are in memory, which receivers limit; a connection has one or a few. */
const WAITING_MAX = 16_384;
/** What a source has taken counts half after so long. */
const HALVING_MS = 100;
/** A source that has taken less, some percent of the thread, goes at once. */
const LIGHT_MS = 10;

export class Turns {
  private readonly options: TurnOptions;
  private readonly waiting: Map<string, (() => void)[]> = new Map();
  /** What each source has taken lately. */
  private readonly takenMs: Map<string, number> = new Map();
  private halvedAtMs: number;
  private waitingCount = 0;
  private spentMs = 0;
  private isScheduled = false;

  constructor(options: TurnOptions) {
    this.options = options;
    this.halvedAtMs = options.nowMs();
  }

  /** What `work` does before it first awaits is its turn. Throws `Failure` `overloaded` when too many wait. */
  async run<T>(source: string, work: () => Promise<T>): Promise<T> {
    if (this.mayGo(source)) return await this.timed(source, work);
    if (this.waitingCount >= WAITING_MAX) throw tooManyWait();
    return await new Promise<T>((resolve) => {
      const queue = this.waiting.get(source) ?? [];
      queue.push(() => resolve(this.timed(source, work)));
      this.waiting.set(source, queue);
      this.waitingCount += 1;
    });
  }

  // Requests of a source keep their order.
  private mayGo(source: string): boolean {
    if (this.waiting.has(source)) return false;
    this.halve();
    if (this.taken(source) < LIGHT_MS) return true;
    return this.waitingCount === 0 && this.spentMs < TURN_MS;
  }

  private async timed<T>(source: string, work: () => Promise<T>): Promise<T> {
    const startedMs = this.options.nowMs();
    const result = work();
    const durationMs = this.options.nowMs() - startedMs;
    this.spentMs += durationMs;
    this.takenMs.set(source, this.taken(source) + durationMs);
    this.schedule();
    return await result;
  }

  private taken(source: string): number {
    return this.takenMs.get(source) ?? 0;
  }

  private halve(): void {
    const nowMs = this.options.nowMs();
    const times = Math.floor((nowMs - this.halvedAtMs) / HALVING_MS);
    if (times <= 0) return;
    this.halvedAtMs += times * HALVING_MS;
    for (const [source, takenMs] of this.takenMs) {
      const leftMs = takenMs / 2 ** times;
      if (leftMs < FORGOTTEN_MS) this.takenMs.delete(source);
      else this.takenMs.set(source, leftMs);
    }
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    this.options.later(() => this.nextRound());
  }

  private nextRound(): void {
    this.isScheduled = false;
    this.spentMs = 0;
    this.halve();
    while (this.waitingCount > 0 && this.spentMs < TURN_MS) this.nextTurn();
    if (this.waitingCount > 0) this.schedule();
  }

  private nextTurn(): void {
    const source = this.nextSource();
    const queue = this.waiting.get(source);
    const run = queue?.shift();
    if (queue?.length === 0) this.waiting.delete(source);
    if (run === undefined) return;
    this.waitingCount -= 1;
    run();
  }

  // There are at most as many as accounts.
  private nextSource(): string {
    let next = '';
    let leastMs = Infinity;
    for (const source of this.waiting.keys()) {
      if (this.taken(source) >= leastMs) continue;
      next = source;
      leastMs = this.taken(source);
    }
    return next;
  }
}

const FORGOTTEN_MS = 0.01;

/** The same pipeline for requests that take turns. */
export function takingTurns(pipeline: Pipeline): Pipeline {
  const turns = new Turns({ nowMs: () => performance.now(), later: setImmediate });
  return {
    ingestLogs: async (request) =>
      turns.run(request.source, async () => pipeline.ingestLogs(request)),
    ingestSpans: async (request) =>
      turns.run(request.source, async () => pipeline.ingestSpans(request)),
    countRejected: (source, reason, records) => pipeline.countRejected(source, reason, records),
    flush: async (signal, range) => pipeline.flush(signal, range),
    tail: (subscription) => pipeline.tail(subscription),
    accounts: () => pipeline.accounts(),
    status: () => pipeline.status(),
    close: async (drainMs) => pipeline.close(drainMs),
  };
}

function tooManyWait(): Failure {
  return new Failure({
    code: 'overloaded',
    detail: 'cannot take records: too many requests are waiting for their turn',
    params: { retryAfterSeconds: 1 },
  });
}
