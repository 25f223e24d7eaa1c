/** One reader of the live tail: a ring of events that gives way instead of growing. */
import type { LogRecord } from '@tendril/model/log-record';
import type { TailEvent, TailSubscription } from '../pipeline.ts';

export class TailSubscriber {
  readonly #subscription: TailSubscription;
  readonly #recordsMax: number;
  #records: LogRecord[] = [];
  #skipped = 0;
  #wake: (() => void) | undefined;
  #failure: unknown;
  #isEnded = false;

  constructor(subscription: TailSubscription, recordsMax: number) {
    this.#subscription = subscription;
    this.#recordsMax = recordsMax;
    subscription.signal.addEventListener('abort', () => this.end(), { once: true });
    this.#isEnded = subscription.signal.aborted;
  }

  end(): void {
    this.#isEnded = true;
    this.#wake?.();
  }

  /** A matcher that throws ends its own subscription only. */
  matches(record: LogRecord): boolean {
    try {
      return this.#failure === undefined && this.#subscription.matches(record);
    } catch (error) {
      this.#failure = error;
      this.#wake?.();
      return false;
    }
  }

  /** The oldest give way: a live view wants the newest. */
  push(records: readonly LogRecord[], skipped: number): void {
    this.#records.push(...records);
    const over = Math.max(0, this.#records.length - this.#recordsMax);
    if (over > 0) this.#records.splice(0, over);
    this.#skipped += over + skipped;
    this.#wake?.();
  }

  async *events(): AsyncGenerator<TailEvent, void, void> {
    while (!this.#isEnded) {
      if (this.#failure !== undefined) throw this.#failure;
      const { skipped, records } = this.#take();
      if (skipped > 0) yield { kind: 'skipped', count: skipped };
      for (const record of records) yield { kind: 'record', record };
      if (skipped === 0 && records.length === 0) await this.#change();
    }
  }

  #take(): { skipped: number; records: readonly LogRecord[] } {
    const taken = { skipped: this.#skipped, records: this.#records };
    this.#skipped = 0;
    this.#records = [];
    return taken;
  }

  async #change(): Promise<void> {
    if (this.#isEnded || this.#failure !== undefined) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
  }
}
