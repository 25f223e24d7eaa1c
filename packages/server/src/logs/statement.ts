/** One statement of a read: its rows as they come and, until the first, how far it has got. */
import type { Sql } from '@tendril/sql/sql';
import type { Engine, QueryProgress } from '../engine/engine.ts';
import type { ReadBudget } from './read-budget.ts';

/** Often enough to look alive. */
const PROGRESS_INTERVAL_MS = 250;

export interface StatementOptions {
  readonly budget: ReadBudget;
  readonly signal: AbortSignal;
  readonly settings?: Readonly<Record<string, string | number>>;
  /**
   * Takes what there is when the time is up or there are more rows than this, and is told so;
   * without it running out of time is a failure.
   */
  readonly cutAt?: { readonly rowsMax: number; readonly onCut: () => void };
}

export type StatementEvent =
  | { readonly kind: 'row'; readonly row: Record<string, unknown> }
  | { readonly kind: 'progress'; readonly running: QueryProgress };

/** Leaving early ends the statement in the engine. */
export async function* runStatement(
  engine: Engine,
  statement: Sql,
  { budget, signal, settings, cutAt }: StatementOptions,
): AsyncGenerator<StatementEvent> {
  const leaving = new AbortController();
  const progress = new ProgressTicker();
  const result = await engine.query(statement, {
    signal: AbortSignal.any([signal, leaving.signal]),
    limits: { ...budget.left(), ...(cutAt && { overflow: 'break', rowsMax: cutAt.rowsMax }) },
    settings: { ...budget.settings(), ...settings },
    onProgress: (running) => progress.report(running),
  });
  const iterator = result.rows[Symbol.asyncIterator]();
  let next = iterator.next();
  try {
    for (let first = await progress.until(next); first.kind === 'progress';) {
      yield first;
      first = await progress.until(next);
    }
    for (let settled = await next; settled.done !== true; settled = await next) {
      yield { kind: 'row', row: settled.value };
      next = iterator.next();
    }
    if (result.cost().cut) cutAt?.onCut();
  } finally {
    leaving.abort();
    // Nobody waits for it when the reader left.
    next.catch(() => undefined);
    budget.spend(result.cost());
  }
}

/** All rows of a statement whose answer is short. */
export async function allRows(
  engine: Engine,
  statement: Sql,
  options: StatementOptions,
): Promise<readonly Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for await (const event of runStatement(engine, statement, options)) {
    if (event.kind === 'row') rows.push(event.row);
  }
  return rows;
}

/** Turns reports that come at any rate into a few. */
class ProgressTicker {
  private latest: QueryProgress | undefined;
  private tick: PromiseWithResolvers<void> = Promise.withResolvers();
  private tickedAtMs = performance.now();

  report(running: QueryProgress): void {
    this.latest = running;
    if (performance.now() - this.tickedAtMs >= PROGRESS_INTERVAL_MS) this.tick.resolve();
  }

  /** What comes first: the next report, or that `settled` settles. Throws what `settled` throws. */
  async until(
    settled: Promise<unknown>,
  ): Promise<{ readonly kind: 'settled' } | Extract<StatementEvent, { kind: 'progress' }>> {
    await Promise.race([settled, this.tick.promise]);
    const running = this.latest;
    if (running === undefined || performance.now() - this.tickedAtMs < PROGRESS_INTERVAL_MS)
      return { kind: 'settled' };
    this.latest = undefined;
    this.tick = Promise.withResolvers();
    this.tickedAtMs = performance.now();
    return { kind: 'progress', running };
  }
}
