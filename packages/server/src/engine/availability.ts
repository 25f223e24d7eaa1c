/** Whether the engine answers, who wants to know, and waiting until it does. */
import type { EngineState } from './engine.ts';

export class Availability {
  private current: EngineState = 'starting';
  private lastReason: string | undefined;
  private readonly listeners = new Set<(state: EngineState) => void>();

  state(): EngineState {
    return this.current;
  }

  /** `reason` is what made it so, for the message of whoever asks meanwhile. */
  set(state: EngineState, reason?: string): void {
    this.lastReason = reason;
    if (state === this.current) return;
    this.current = state;
    for (const listener of this.listeners) listener(state);
  }

  /** `: why it is not ready`, or nothing. */
  reason(): string {
    return this.lastReason === undefined ? '' : `: ${this.lastReason}`;
  }

  onChange(listener: (state: EngineState) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Resolves with whether the engine is ready, at the latest when the time is up or the signal fires. */
  whenReady(timeoutMs: number, signal?: AbortSignal): Promise<boolean> {
    if (this.current === 'ready') return Promise.resolve(true);
    if (signal?.aborted === true) return Promise.resolve(false);
    return new Promise((resolve) => {
      const settle = (): void => {
        clearTimeout(timer);
        stopListening();
        signal?.removeEventListener('abort', settle);
        resolve(this.current === 'ready');
      };
      const timer = setTimeout(settle, timeoutMs);
      const stopListening = this.onChange((state) => {
        if (state === 'ready') settle();
      });
      signal?.addEventListener('abort', settle, { once: true });
    });
  }
}
