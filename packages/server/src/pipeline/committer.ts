/**
 * Commit rounds: everything that arrived while the last round was written is the next one. All
 * requests of a round are acknowledged together when it is on stable storage, or fail together.
 */
import { AccountChanges, type Accounts } from './accounts.ts';
import type { RoundSource } from './lanes.ts';
import type { RequestIds } from './request-ids.ts';
import type { CommittedRequest } from './wal/frame-meta.ts';
import type { CommittedFrame, Wal } from './wal/wal.ts';

export interface CommitterOptions {
  readonly lanes: RoundSource;
  readonly wal: Wal;
  readonly accounts: Accounts;
  readonly requestIds: RequestIds;
  readonly nowMs: () => number;
  readonly onCommitted: (frames: readonly CommittedFrame[]) => void;
  /** What the failed round's batches held is lost. */
  readonly onFailed: () => void;
  /** What the requests of a failed round are told. */
  readonly failureOf: (error: unknown) => Error;
}

/** A request whose records, if any, are in a lane. */
export interface Participant {
  readonly changes: AccountChanges;
  readonly request: Omit<CommittedRequest, 'atMs'> | undefined;
}

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

class Round {
  /** Of its requests: they fall away if the round fails. */
  readonly changes: AccountChanges = new AccountChanges();
  readonly requests: Omit<CommittedRequest, 'atMs'>[] = [];
  readonly waiters: Waiter[] = [];
}

/** Counts that no request waits for. */
const BACKGROUND_WAIT_MS = 1000;

export class Committer {
  readonly #options: CommitterOptions;
  #round = new Round();
  #background = new AccountChanges();
  #backgroundTimer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(options: CommitterOptions) {
    this.#options = options;
  }

  /** Resolves when the participant is on stable storage. */
  async join({ changes, request }: Participant): Promise<void> {
    this.#round.changes.addAll(changes);
    if (request !== undefined) this.#round.requests.push(request);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#round.waiters.push({ resolve, reject });
    this.#start();
    await promise;
  }

  /** Counts with the next round, or with one of its own when none comes. */
  count(changes: AccountChanges): void {
    this.#background.addAll(changes);
    this.#backgroundTimer ??= setTimeout(() => {
      this.#backgroundTimer = undefined;
      this.#start();
    }, BACKGROUND_WAIT_MS);
  }

  /** Resolves when nothing is left to commit. */
  async settle(): Promise<void> {
    clearTimeout(this.#backgroundTimer);
    this.#backgroundTimer = undefined;
    if (!this.#background.isEmpty) this.#start();
    while (this.#running !== undefined) await this.#running;
  }

  #start(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  async #run(): Promise<void> {
    // Requests that arrived in the same turn of the event loop share the first round.
    await new Promise<void>((resolve) => setImmediate(resolve));
    let isFine = true;
    while (this.#round.waiters.length > 0 || (isFine && !this.#background.isEmpty)) {
      const round = this.#round;
      const background = this.#background;
      this.#round = new Round();
      this.#background = new AccountChanges();
      isFine = await this.#commit(round, background);
    }
  }

  async #commit(round: Round, background: AccountChanges): Promise<boolean> {
    const { accounts, failureOf, onFailed } = this.#options;
    const changes = new AccountChanges();
    changes.addAll(round.changes);
    changes.addAll(background);
    try {
      await this.#write(round, accounts.after(changes));
    } catch (error) {
      this.count(background);
      onFailed();
      for (const { reject } of round.waiters) reject(failureOf(error));
      return false;
    }
    for (const { resolve } of round.waiters) resolve();
    return true;
  }

  async #write(round: Round, totals: ReturnType<Accounts['after']>): Promise<void> {
    const { accounts, lanes, nowMs, onCommitted, requestIds, wal } = this.#options;
    const { frames, afterCommit } = lanes.take();
    const atMs = nowMs();
    const requests = round.requests.map((request) => ({ ...request, atMs }));
    const committed = await wal.commit({ frames, requests, accounts: totals, atMs });
    accounts.set(totals, atMs);
    requestIds.add(requests);
    onCommitted(committed);
    for (const notify of afterCommit) notify();
  }
}
