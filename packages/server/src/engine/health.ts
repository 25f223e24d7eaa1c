/** Looks at an engine again and again, and at once when somebody suspects it. */
import { messageOf } from '@tendril/model/failure';
import type { Availability } from './availability.ts';

export interface HealthOptions {
  readonly availability: Availability;
  /** Rejects when the engine does not answer. */
  readonly look: () => Promise<void>;
  readonly intervalMs: number;
}

export class HealthWatch {
  private readonly options: HealthOptions;
  private timer: NodeJS.Timeout | undefined;
  private looking = false;
  private stopped = false;

  constructor(options: HealthOptions) {
    this.options = options;
  }

  /** Looks now, and every interval from then on. */
  start(): void {
    void this.look();
  }

  suspect(reason: string): void {
    if (this.stopped) return;
    if (this.options.availability.state() === 'ready')
      this.options.availability.set('away', reason);
    clearTimeout(this.timer);
    if (!this.looking) void this.look();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private async look(): Promise<void> {
    this.looking = true;
    const problem = await this.options.look().then(
      () => undefined,
      (error: unknown) => messageOf(error),
    );
    this.looking = false;
    if (this.stopped) return;
    if (problem === undefined) this.options.availability.set('ready');
    else if (this.options.availability.state() !== 'starting') {
      this.options.availability.set('away', problem);
    }
    this.timer = setTimeout(() => void this.look(), this.options.intervalMs);
  }
}
