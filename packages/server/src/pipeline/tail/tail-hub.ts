/**
 * The live tail: records go to whoever watches as soon as they are committed. It costs nothing while
 * nobody does, and never delays ingest: slow readers and a load that is too high to match lose records,
 * and are told how many.
 */
import { Failure } from '@tendril/model/failure';
import type { LogRecord } from '@tendril/model/log-record';
import type { TailEvent, TailSubscription } from '../pipeline.ts';
import { TailSubscriber } from './tail-subscriber.ts';

export interface TailHubOptions {
  readonly subscribersMax: number;
  /** Records that wait for one reader. */
  readonly waitingMax: number;
  /** Of the event loop's time, for making and matching records. */
  readonly budgetMsPerSecond: number;
  /** Monotonic. */
  readonly monotonicMs: () => number;
}

/** Records of one frame. */
export interface TailSource {
  readonly rowCount: number;
  readonly record: (row: number) => LogRecord;
}

interface Match {
  readonly subscriber: TailSubscriber;
  readonly records: LogRecord[];
}

/** Looking at the clock costs as much as matching a record. */
const ROWS_PER_LOOK = 32;

export class TailHub {
  readonly #options: TailHubOptions;
  readonly #subscribers = new Set<TailSubscriber>();
  #windowStartMs = 0;
  #spentMs = 0;

  constructor(options: TailHubOptions) {
    this.#options = options;
  }

  get isWatched(): boolean {
    return this.#subscribers.size > 0;
  }

  /** The subscription begins now, not at the first read. */
  subscribe(subscription: TailSubscription): AsyncIterable<TailEvent> {
    const { subscribersMax, waitingMax } = this.#options;
    if (this.#subscribers.size >= subscribersMax) throw tooMany(subscribersMax);
    const subscriber = new TailSubscriber(subscription, waitingMax);
    const leave = (): void => {
      this.#subscribers.delete(subscriber);
    };
    if (!subscription.signal.aborted) this.#subscribers.add(subscriber);
    subscription.signal.addEventListener('abort', leave, { once: true });
    return eventsUntilLeft(subscriber, leave);
  }

  /** Matches while the batch is at hand; call the result once the records are committed. */
  prepare(source: TailSource): () => void {
    const matches = [...this.#subscribers].map((subscriber) => ({
      subscriber,
      records: new Array<LogRecord>(),
    }));
    const seen = this.#match(source, matches);
    return () => {
      for (const { subscriber, records } of matches) {
        subscriber.push(records, source.rowCount - seen);
      }
    };
  }

  /** Ends all subscriptions. */
  close(): void {
    for (const subscriber of this.#subscribers) subscriber.end();
    this.#subscribers.clear();
  }

  /** How many rows there was time for. */
  #match(source: TailSource, matches: readonly Match[]): number {
    const { budgetMsPerSecond, monotonicMs } = this.#options;
    const beganMs = monotonicMs();
    if (beganMs - this.#windowStartMs >= 1000) {
      this.#windowStartMs = beganMs;
      this.#spentMs = 0;
    }
    const leftMs = budgetMsPerSecond - this.#spentMs;
    let row = 0;
    while (row < source.rowCount && monotonicMs() - beganMs < leftMs) {
      const end = Math.min(row + ROWS_PER_LOOK, source.rowCount);
      for (; row < end; row += 1) matchRecord(source.record(row), matches);
    }
    this.#spentMs += monotonicMs() - beganMs;
    return row;
  }
}

function matchRecord(record: LogRecord, matches: readonly Match[]): void {
  for (const { subscriber, records } of matches) {
    if (subscriber.matches(record)) records.push(record);
  }
}

function eventsUntilLeft(subscriber: TailSubscriber, leave: () => void): AsyncIterable<TailEvent> {
  const events = eventsThenLeave(subscriber, leave);
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => events.next(),
      // A generator that was never read would not come to its `finally`.
      return: async () => {
        leave();
        subscriber.end();
        return await events.return(undefined);
      },
    }),
  };
}

async function* eventsThenLeave(
  subscriber: TailSubscriber,
  leave: () => void,
): AsyncGenerator<TailEvent, void, void> {
  try {
    yield* subscriber.events();
  } finally {
    leave();
  }
}

function tooMany(subscribersMax: number): Failure {
  return new Failure({
    code: 'too_many_subscribers',
    detail: `cannot watch: ${subscribersMax} are watching already`,
    params: { subscribersMax },
  });
}
