/** One abort signal from the caller's and a time that can be set anew, and which of them it was. */
export class Deadline {
  private readonly controller = new AbortController();
  private readonly callerSignal: AbortSignal | undefined;
  private timer: NodeJS.Timeout | undefined;
  private ended: 'cancelled' | 'silent' | undefined;

  constructor(callerSignal: AbortSignal | undefined) {
    this.callerSignal = callerSignal;
    if (callerSignal?.aborted === true) this.cancel();
    else callerSignal?.addEventListener('abort', this.cancel, { once: true });
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Why the signal fired, if it has. */
  cause(): 'cancelled' | 'silent' | undefined {
    return this.ended;
  }

  /** From now on; replaces what was set before. */
  expectWithin(timeoutMs: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.end('silent'), timeoutMs);
  }

  pause(): void {
    clearTimeout(this.timer);
  }

  /** Nothing fires any more. */
  dispose(): void {
    clearTimeout(this.timer);
    this.callerSignal?.removeEventListener('abort', this.cancel);
  }

  readonly cancel = (): void => this.end('cancelled');

  private end(cause: 'cancelled' | 'silent'): void {
    if (this.ended !== undefined) return;
    this.ended = cause;
    this.dispose();
    this.controller.abort();
  }
}
