/** How operations went for those who began them, put together from what both sides saw. */
import type { Outcome, OutcomeResult } from '../instance.ts';

/** Operations that are remembered; older ones go. */
const OPERATIONS_MAX = 50_000;

export interface Operation {
  readonly operationId: string;
  readonly action: string;
  readonly startedAtMs: number;
  /** Until the answer, or until the last receiver had it. */
  readonly durationMs: number;
  /** `undelivered`: taken, and not all who should have it got it. */
  readonly result: OutcomeResult | 'undelivered';
  readonly reason: string;
}

type Done = Extract<Outcome, { kind: 'done' }>;

interface Receipts {
  count: number;
  lastAtMs: number;
}

export class Outcomes {
  private readonly done: Done[] = [];
  private readonly receipts = new Map<string, Receipts>();

  readonly add = (outcome: Outcome): void => {
    if (outcome.kind === 'done') {
      this.done.push(outcome);
      if (this.done.length > OPERATIONS_MAX) this.done.shift();
      return;
    }
    const known = this.receipts.get(outcome.messageId) ?? { count: 0, lastAtMs: 0 };
    known.count += 1;
    known.lastAtMs = Math.max(known.lastAtMs, outcome.atMs);
    this.receipts.set(outcome.messageId, known);
    if (this.receipts.size > OPERATIONS_MAX)
      for (const oldest of this.receipts.keys()) {
        this.receipts.delete(oldest);
        break;
      }
  };

  operations(): readonly Operation[] {
    return this.done.map((done) => this.operationOf(done));
  }

  private operationOf(done: Done): Operation {
    const { operationId, action, startedAtMs, durationMs, result, reason } = done;
    const receipts = this.receipts.get(done.messageId);
    const arrived = receipts?.count ?? 0;
    const lastMs = receipts ? receipts.lastAtMs - startedAtMs : 0;
    return {
      operationId,
      action,
      startedAtMs,
      reason,
      durationMs: Math.max(durationMs, lastMs),
      result: result === 'ok' && arrived < done.receivers ? 'undelivered' : result,
    };
  }
}
