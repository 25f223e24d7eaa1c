/**
 * A sender that never gives up: each request is sent again, byte for byte, until it is
 * acknowledged. So at the end every record it made must be stored exactly once, whatever was
 * killed meanwhile.
 */
import { Agent, request } from 'node:http';
import { OtlpLoad } from '@tendril/testkit/load/otlp-load';
import { OtlpSpanLoad } from '@tendril/testkit/load/otlp-span-load';
import { pause } from '../server-process.ts';

const RETRY_PAUSE_MS = 50;

export interface LedgerSenderOptions {
  readonly url: string;
  readonly seed: number;
  readonly recordsPerRequest: number;
  readonly connections: number;
  /** Per second; 0 for as fast as answers come. */
  readonly recordsPerSecond: number;
  /** Logs when absent. */
  readonly signal?: 'logs' | 'spans';
}

export class LedgerSender {
  readonly #options: LedgerSenderOptions;
  readonly #load: Pick<OtlpLoad, 'next' | 'records'>;
  readonly #agent: Agent;
  #stopping = false;
  #running: Promise<unknown> = Promise.resolve();
  acknowledgedRecords = 0;
  retries = 0;
  /** The longest that acknowledgements were away. */
  longestGapMs = 0;
  #lastAckMs = performance.now();

  constructor(options: LedgerSenderOptions) {
    this.#options = options;
    const { seed, recordsPerRequest } = options;
    const startNs = BigInt(Date.now()) * 1_000_000n;
    const common = { seed, startNs, stepNs: 100_000, ledger: true };
    this.#load =
      options.signal === 'spans'
        ? new OtlpSpanLoad({ ...common, spansPerRequest: recordsPerRequest })
        : new OtlpLoad({ ...common, recordsPerRequest });
    this.#agent = new Agent({ keepAlive: true, maxSockets: options.connections });
  }

  start(): void {
    this.#lastAckMs = performance.now();
    this.#running = Promise.all(
      Array.from({ length: this.#options.connections }, async () => this.#sendUntilStopped()),
    );
  }

  /** Resolves when the last request has been acknowledged; returns how many records were made. */
  async stop(): Promise<number> {
    this.#stopping = true;
    await this.#running;
    this.#agent.destroy();
    return this.#load.records;
  }

  async #sendUntilStopped(): Promise<void> {
    const { recordsPerSecond, recordsPerRequest, connections } = this.#options;
    const intervalMs =
      recordsPerSecond > 0 ? (recordsPerRequest * connections * 1_000) / recordsPerSecond : 0;
    while (!this.#stopping) {
      const startedMs = performance.now();
      const body = this.#load.next();
      while (!(await this.#post(body))) {
        this.retries += 1;
        await pause(RETRY_PAUSE_MS);
      }
      const nowMs = performance.now();
      this.longestGapMs = Math.max(this.longestGapMs, nowMs - this.#lastAckMs);
      this.#lastAckMs = nowMs;
      this.acknowledgedRecords += recordsPerRequest;
      const restMs = intervalMs - (nowMs - startedMs);
      if (restMs > 0) await pause(restMs);
    }
  }

  async #post(body: Buffer): Promise<boolean> {
    return new Promise((resolve) => {
      const outgoing = request(
        this.#options.url,
        {
          method: 'POST',
          agent: this.#agent,
          timeout: 30_000,
          headers: { 'content-type': 'application/x-protobuf', 'content-length': body.length },
        },
        (response) => {
          response.resume();
          response.on('end', () => resolve(response.statusCode === 200));
          response.on('error', () => resolve(false));
        },
      );
      outgoing.on('timeout', () => outgoing.destroy(new Error('timeout')));
      outgoing.on('error', () => resolve(false));
      outgoing.end(body);
    });
  }
}
