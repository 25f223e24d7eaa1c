/**
 * Runs tasks a few at a time and says when all up to one are done: a checkpoint may only move over
 * what is stored without gaps.
 */
export class OrderedWindow {
  private readonly sizeMax: number;
  private readonly running: Promise<void>[] = [];
  private failure: { readonly error: unknown } | undefined;

  constructor(sizeMax: number) {
    this.sizeMax = sizeMax;
  }

  /** Waits for room. `done` is called in the order of `add`, after the tasks of all before. */
  async add<T>(task: () => Promise<T>, done: (result: T) => void): Promise<void> {
    this.throwFailure();
    while (this.running.length >= this.sizeMax) await this.settleFirst();
    const before = this.running.at(-1);
    const own = task();
    this.running.push(this.inOrder(own, before, done));
  }

  /** Waits for all. Throws the first failure. */
  async drain(): Promise<void> {
    while (this.running.length > 0) await this.settleFirst();
    this.throwFailure();
  }

  private async inOrder<T>(
    own: Promise<T>,
    before: Promise<void> | undefined,
    done: (result: T) => void,
  ): Promise<void> {
    try {
      const result = await own;
      await before;
      // After a failure nothing counts as done: what follows it must be sent again.
      if (!this.failure) done(result);
    } catch (error) {
      this.failure ??= { error };
    }
  }

  private async settleFirst(): Promise<void> {
    await this.running.shift();
    this.throwFailure();
  }

  private throwFailure(): void {
    if (this.failure) throw this.failure.error;
  }
}
