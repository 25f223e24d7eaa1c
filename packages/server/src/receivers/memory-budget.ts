/**
 * Memory that bodies of requests may take together. Who comes when it is taken waits before his body is read,
 * first come first served, and is told to come again when that takes too long.
 */
import { Failure } from '@tendril/model/failure';

interface Waiter {
  readonly bytes: number;
  readonly go: () => void;
}

export interface MemoryBudgetOptions {
  readonly bytesMax: number;
  readonly waitMsMax: number;
}

export class MemoryBudget {
  private readonly options: MemoryBudgetOptions;
  private readonly waiters: Set<Waiter> = new Set();
  private taken = 0;

  constructor(options: MemoryBudgetOptions) {
    this.options = options;
  }

  /** Resolves with what gives the bytes back. Throws `Failure` `overloaded`. */
  async take(wanted: number): Promise<() => void> {
    // What alone is more than all there is has to wait until it is alone.
    const bytes = Math.min(wanted, this.options.bytesMax);
    if (this.waiters.size > 0 || this.taken + bytes > this.options.bytesMax) await this.turn(bytes);
    else this.taken += bytes;
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      this.taken -= bytes;
      this.admit();
    };
  }

  private async turn(bytes: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const giveUp = setTimeout(() => {
        this.waiters.delete(waiter);
        reject(overloaded());
        // Those behind may be smaller.
        this.admit();
      }, this.options.waitMsMax);
      const waiter = {
        bytes,
        go: () => {
          clearTimeout(giveUp);
          resolve();
        },
      };
      this.waiters.add(waiter);
    });
  }

  private admit(): void {
    for (const waiter of this.waiters) {
      if (this.taken + waiter.bytes > this.options.bytesMax) return;
      this.waiters.delete(waiter);
      this.taken += waiter.bytes;
      waiter.go();
    }
  }
}

function overloaded(): Failure {
  return new Failure({
    code: 'overloaded',
    detail: 'cannot take records: too many requests are being read',
    params: { retryAfterSeconds: 1 },
  });
}
