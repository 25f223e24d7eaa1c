/** Many producers, one consumer: what they put is taken in turn, and they wait while nobody takes. */

/** Items that wait; each is a chunk of lines. Few, so that they do not grow old (`bench agent`). */
const WAITING_MAX = 4;

export class MergedLines<T> {
  private readonly waiting: T[] = [];
  private changed = Promise.withResolvers<void>();
  private isEnded = false;

  /** Resolves when there is room for the next. */
  async put(item: T): Promise<void> {
    this.waiting.push(item);
    this.notify();
    while (this.waiting.length > WAITING_MAX && !this.isEnded) await this.changed.promise;
  }

  /** What is put from now on is not taken. */
  end(): void {
    this.isEnded = true;
    this.notify();
  }

  /** Until `end`; what waits by then comes out. */
  async *take(): AsyncGenerator<T> {
    for (;;) {
      const item = this.waiting.shift();
      if (item !== undefined) {
        if (this.waiting.length === WAITING_MAX) this.notify();
        yield item;
        continue;
      }
      if (this.isEnded) return;
      await this.changed.promise;
    }
  }

  private notify(): void {
    this.changed.resolve();
    this.changed = Promise.withResolvers<void>();
  }
}
