/** What became of the canaries of one receiver, since the start. */
export interface CanaryTally {
  readonly receiver: string;
  readonly sent: number;
  /** Found by a search. */
  readonly arrived: number;
  /** Acknowledged, or sent where nothing is acknowledged, and not found in time. */
  readonly lost: number;
  /** Found more than once: so many too many. */
  readonly doubled: number;
  /** The receiver refused them, or was not there. */
  readonly refused: number;
  /** From sending the last one that arrived to finding it. */
  readonly delayMs: number;
}

interface Flying {
  readonly receiver: string;
  readonly sentAtMs: number;
  copies: number;
}

/** Found or not, a canary is forgotten after so long: twice the time after which it counts as lost. */
const REMEMBERED_MS = 120_000;
const LOST_AFTER_MS = 60_000;

export class CanaryTallies {
  private readonly tallies: Map<string, CanaryTally> = new Map();
  private readonly flying: Map<string, Flying> = new Map();

  list(): readonly CanaryTally[] {
    return [...this.tallies.values()];
  }

  sent(receiver: string, text: string, nowMs: number): void {
    this.count(receiver, { sent: 1 });
    this.flying.set(text, { receiver, sentAtMs: nowMs, copies: 0 });
  }

  refused(receiver: string, text: string): void {
    this.count(receiver, { refused: 1 });
    this.flying.delete(text);
  }

  /** A search found so many copies of it. */
  found(text: string, copies: number, nowMs: number): void {
    const flying = this.flying.get(text);
    if (!flying || copies <= flying.copies) return;
    const { receiver, sentAtMs } = flying;
    const isFirst = flying.copies === 0;
    this.count(receiver, {
      arrived: isFirst ? 1 : 0,
      doubled: copies - Math.max(flying.copies, 1),
    });
    if (isFirst) this.setDelay(receiver, nowMs - sentAtMs);
    flying.copies = copies;
  }

  /** True while some have not been found. */
  get isWaiting(): boolean {
    return [...this.flying.values()].some(({ copies }) => copies === 0);
  }

  /** All there is has been searched: what was sent long ago and not found is lost. */
  settle(nowMs: number): void {
    for (const [text, { receiver, sentAtMs, copies }] of this.flying) {
      const ageMs = nowMs - sentAtMs;
      if (copies === 0 && ageMs > LOST_AFTER_MS) {
        this.count(receiver, { lost: 1 });
        this.flying.delete(text);
      } else if (ageMs > REMEMBERED_MS) this.flying.delete(text);
    }
  }

  private count(receiver: string, more: Partial<Omit<CanaryTally, 'receiver' | 'delayMs'>>): void {
    const { sent = 0, arrived = 0, lost = 0, doubled = 0, refused = 0 } = more;
    const tally = this.tallyOf(receiver);
    this.tallies.set(receiver, {
      receiver,
      sent: tally.sent + sent,
      arrived: tally.arrived + arrived,
      lost: tally.lost + lost,
      doubled: tally.doubled + doubled,
      refused: tally.refused + refused,
      delayMs: tally.delayMs,
    });
  }

  private setDelay(receiver: string, delayMs: number): void {
    this.tallies.set(receiver, { ...this.tallyOf(receiver), delayMs });
  }

  private tallyOf(receiver: string): CanaryTally {
    const nothing = { sent: 0, arrived: 0, lost: 0, doubled: 0, refused: 0, delayMs: 0 };
    return this.tallies.get(receiver) ?? { receiver, ...nothing };
  }
}
