/**
 * Sources take turns at the main thread: decoding a request keeps it for milliseconds, and a source with many
 * requests would keep all others waiting behind them.
 */
import { Failure } from '@tendril/model/failure';
import type { Pipeline } from './pipeline.ts';

export interface TurnOptions {
  readonly nowMs: () => number;
  /** Runs its argument when the event loop has looked at its sockets. */
  readonly later: (run: () => void) => void;
}

/** Decoding goes on for so long before the event loop comes round; one request more at most. */
const TURN_MS = 2;
/** Their bodies are in memory, which receivers limit; a connection has one or a few. */
const WAITING_MAX = 16_384;

export class Turns {
  private readonly options: TurnOptions;
  /** By source; the first has the next turn. */
  private readonly waiting: Map<string, (() => void)[]> = new Map();
  private waitingCount = 0;
  private spentMs = 0;
  private isScheduled = false;

  constructor(options: TurnOptions) {
    this.options = options;
  }

  /** What `work` does before it first awaits is its turn. Throws `Failure` `overloaded` when too many wait. */
  async run<T>(source: string, work: () => Promise<T>): Promise<T> {
    if (this.waitingCount === 0 && this.spentMs < TURN_MS) return await this.timed(work);
    if (this.waitingCount >= WAITING_MAX) throw tooManyWait();
    return await new Promise<T>((resolve) => {
      const queue = this.waiting.get(source) ?? [];
      queue.push(() => resolve(this.timed(work)));
      this.waiting.set(source, queue);
      this.waitingCount += 1;
    });
  }

  private async timed<T>(work: () => Promise<T>): Promise<T> {
    const startedMs = this.options.nowMs();
    const result = work();
    this.spentMs += this.options.nowMs() - startedMs;
    this.schedule();
    return await result;
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    this.options.later(() => this.nextRound());
  }

  private nextRound(): void {
    this.isScheduled = false;
    this.spentMs = 0;
    while (this.waitingCount > 0 && this.spentMs < TURN_MS) this.nextTurn();
    if (this.waitingCount > 0) this.schedule();
  }

  private nextTurn(): void {
    for (const [source, queue] of this.waiting) {
      const run = queue.shift();
      // Behind all others; gone when it has no more.
      this.waiting.delete(source);
      if (queue.length > 0) this.waiting.set(source, queue);
      if (run === undefined) return;
      this.waitingCount -= 1;
      run();
      return;
    }
  }
}

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
