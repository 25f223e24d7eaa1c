/**
 * Carries out one durable plan. A plan that the engine refuses for what it holds is halved until the
 * frame is found; that frame goes to quarantine with the reason, and the rest goes on.
 */
import { randomBytes } from 'node:crypto';
import type { Quarantine } from '../quarantine.ts';
import { addCounts, type FeedPlan } from './feed-state.ts';
import type { FeedProgress } from './feed-progress.ts';
import { blocksOf } from './insert-plan.ts';
import type { InsertResult, Inserter } from './inserter.ts';
import type { PendingFrame } from './pending-frame.ts';

export interface PlanRunnerOptions {
  readonly inserter: Inserter;
  readonly quarantine: Quarantine;
  readonly progress: FeedProgress;
  /** Makes the progress durable. */
  readonly save: () => Promise<void>;
  /** The tables whose rows are the records. */
  readonly recordTables: ReadonlySet<string>;
  /** A frame was kept in quarantine, whole or in part. */
  readonly onQuarantined: () => void;
  readonly nowMs: () => number;
}

export interface RunnablePlan {
  readonly plan: FeedPlan;
  readonly frames: readonly PendingFrame[];
  readonly onTable?: (table: string) => void;
}

type Refusal = Extract<InsertResult, { kind: 'refused' }>;

export function newPlan(frames: readonly PendingFrame[], skipTables: readonly string[]): FeedPlan {
  const first = frames[0]?.frame ?? 0;
  const last = frames.at(-1)?.frame ?? 0;
  return { token: randomBytes(8).toString('hex'), first, last, skipTables };
}

export class PlanRunner {
  readonly #options: PlanRunnerOptions;

  constructor(options: PlanRunnerOptions) {
    this.#options = options;
  }

  async run(work: RunnablePlan): Promise<void> {
    const [frame, ...others] = work.frames;
    if (frame !== undefined && others.length === 0) {
      await this.#runSingle(work, frame);
      return;
    }
    const result = await this.#options.inserter.insert(work);
    if (result.kind === 'refused') await this.#runHalves(work, result);
    else this.#finish(work, 'stored');
  }

  async #runHalves({ plan, frames }: RunnablePlan, { inserted }: Refusal): Promise<void> {
    const middle = Math.ceil(frames.length / 2);
    const halves = [frames.slice(0, middle), frames.slice(middle)].map((half) => ({
      frames: half,
      plan: newPlan(half, inserted),
    }));
    this.#options.progress.split(
      plan,
      halves.map((half) => half.plan),
    );
    await this.#options.save();
    for (const half of halves) await this.run(half);
  }

  // Every table is tried, so that a refused roll-up does not cost the records, nor the reverse.
  async #runSingle(work: RunnablePlan, frame: PendingFrame): Promise<void> {
    const refusals: Refusal[] = [];
    let result = await this.#options.inserter.insert(work);
    while (result.kind === 'refused') {
      refusals.push(result);
      const skipTables = [...result.inserted, result.table];
      const plan = { ...work.plan, skipTables };
      result = await this.#options.inserter.insert({ ...work, plan });
    }
    for (const refusal of refusals) await this.#keep(frame, refusal);
    if (refusals.length > 0) this.#options.onQuarantined();
    const isLost = refusals.some(({ table }) => this.#options.recordTables.has(table));
    this.#finish(work, isLost ? 'quarantined' : 'stored');
  }

  async #keep(frame: PendingFrame, { table, reason }: Refusal): Promise<void> {
    const { nowMs, quarantine } = this.#options;
    const name = `frame-${frame.frame}-${table}`;
    const sources = Object.keys(frame.records);
    const entry = { name, reason, records: frame.recordCount, atMs: nowMs(), sources };
    await quarantine.keepBytes(entry, blocksOf([frame], table));
  }

  #finish({ plan, frames }: RunnablePlan, outcome: 'stored' | 'quarantined'): void {
    const records = frames.map((frame) => frame.records).reduce(addCounts, {});
    for (const { release } of frames) release();
    this.#options.progress.finish({
      plan,
      frames: frames.length,
      stored: outcome === 'stored' ? records : {},
      quarantined: outcome === 'quarantined' ? records : {},
    });
  }
}
