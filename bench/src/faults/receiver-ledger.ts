/**
 * Senders of several protocols that number their records together and never give up: each batch is sent again, byte
 * for byte, until it is acknowledged.
 */
import { randomBytes } from 'node:crypto';
import { ReceiverLoad } from '../receivers/load.ts';
import { senderOf, type Batch, type Send } from '../receivers/senders.ts';
import { pause } from '../server-process.ts';

const RECORDS_PER_REQUEST = 50;
/** Between two batches of a receiver, so that all of them together do not outrun the machine. */
const REST_MS = 20;
const RETRY_PAUSE_MS = 50;
const SILENCE_MS = 10_000;

export class ReceiverLedger {
  readonly #load: ReceiverLoad = new ReceiverLoad(31);
  #issued = 0;
  #stopping = false;
  #running: Promise<unknown> = Promise.resolve();
  retries = 0;

  /** `urls` by receiver; they have to stay the same when the server starts again. */
  start(urls: Readonly<Record<string, URL>>): void {
    this.#running = Promise.all(
      Object.entries(urls).map(async ([receiver, url], connection) => {
        const context = {
          connection,
          perRequest: RECORDS_PER_REQUEST,
          silenceMs: () => SILENCE_MS,
          noteWait: () => undefined,
        };
        await this.#sendUntilStopped(senderOf(receiver, url, context));
      }),
    );
  }

  /** Resolves when the last batch has been acknowledged; returns how many records were made. */
  async stop(): Promise<number> {
    this.#stopping = true;
    await this.#running;
    return this.#issued;
  }

  async #sendUntilStopped(send: Send): Promise<void> {
    while (!this.#stopping) {
      const batch = this.#nextBatch();
      while (!(await send(batch))) {
        this.retries += 1;
        await pause(RETRY_PAUSE_MS);
      }
      await pause(REST_MS);
    }
  }

  #nextBatch(): Batch {
    const first = this.#issued;
    this.#issued += RECORDS_PER_REQUEST;
    const records = this.#load
      .next(RECORDS_PER_REQUEST)
      .map((record, index) => Object.assign({ ledger: first + index }, record));
    return { records, chunk: randomBytes(16).toString('base64') };
  }
}
