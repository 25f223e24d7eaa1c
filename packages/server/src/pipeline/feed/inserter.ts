/**
 * Inserts one plan, table after table, until each is in the engine or refused for what it holds. An
 * engine that is away is waited for without end.
 *
 * An insert that keeps failing while others get through is taken as refused, whatever the engine says:
 * it may be what breaks the engine, and must not block those behind it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Failure, messageOf } from '@tendril/model/failure';
import type { InsertNative } from '../../engine/engine.ts';
import type { Warn } from '../warn.ts';
import { blocksOf, tablesInOrder } from './insert-plan.ts';
import type { FeedPlan } from './feed-state.ts';
import type { PendingFrame } from './pending-frame.ts';

/** What the pipeline needs of the engine. */
export interface InsertTarget {
  insertNative(insert: InsertNative): Promise<void>;
}

export interface InserterOptions {
  readonly engine: InsertTarget;
  readonly signal: AbortSignal;
  /** First wait after a failure; doubles up to the last. */
  readonly backOffMs: { readonly first: number; readonly last: number };
  readonly warn: Warn;
}

export type InsertResult =
  | { readonly kind: 'inserted' }
  /** The tables in `inserted` are in the engine, `table` was refused, those behind it were not tried. */
  | {
      readonly kind: 'refused';
      readonly table: string;
      readonly reason: string;
      readonly inserted: readonly string[];
    };

export interface PlannedInsert {
  readonly plan: FeedPlan;
  readonly frames: readonly PendingFrame[];
  /** Called before each table, so that what depends on the earlier ones can go on. */
  readonly onTable?: (table: string) => void;
}

/** With the waits between them, half a minute. */
const TRIES_MAX = 12;

export class Inserter {
  readonly #options: InserterOptions;
  #successes = 0;

  constructor(options: InserterOptions) {
    this.#options = options;
  }

  /** Throws only when `signal` is aborted. */
  async insert({ plan, frames, onTable }: PlannedInsert): Promise<InsertResult> {
    const inserted = [...plan.skipTables];
    const sources = [...new Set(frames.flatMap(({ records }) => Object.keys(records)))];
    for (const table of tablesInOrder(frames)) {
      if (inserted.includes(table)) continue;
      onTable?.(table);
      const blocks = blocksOf(frames, table);
      const reason = await this.#insertTable({
        table,
        blocks,
        token: `${plan.token}-${table}`,
        sources,
      });
      if (reason !== undefined) return { kind: 'refused', table, reason, inserted };
      inserted.push(table);
    }
    return { kind: 'inserted' };
  }

  /** Undefined when it is stored, else why it never can be. */
  async #insertTable(insert: InsertNative): Promise<string | undefined> {
    const { engine, signal, backOffMs } = this.#options;
    const successesBefore = this.#successes;
    let waitMs = backOffMs.first;
    for (let tries = 1; ; tries += 1) {
      signal.throwIfAborted();
      try {
        await untilAborted(engine.insertNative({ ...insert, signal }), signal);
        this.#successes += 1;
        return undefined;
      } catch (error) {
        const isHopeless = tries >= TRIES_MAX && this.#successes > successesBefore;
        if (isHopeless || isRefused(error)) return messageOf(error);
        this.#noteRetry(insert, waitMs, error);
      }
      // Not in step with the other insert, which may be the one that breaks this one.
      await delay(waitMs * (0.5 + Math.random()), undefined, { signal, ref: false });
      waitMs = Math.min(waitMs * 2, backOffMs.last);
    }
  }

  #noteRetry({ table, sources }: InsertNative, waitMs: number, error: unknown): void {
    if (this.#options.signal.aborted) return;
    this.#options.warn('insert failed, will be tried again', {
      table,
      sources,
      waitMs,
      error: messageOf(error),
    });
  }
}

/** Closing must not wait for an engine that does not look at the signal. */
async function untilAborted(insert: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.race([insert, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof Failure && error.code === 'insert_refused';
}
