/**
 * Ships lines in the background from a buffer with a limit. Never makes its caller wait: what does not
 * fit, or cannot be sent in time, is counted and given up.
 */
import { randomUUID } from 'node:crypto';
import type { Client } from '@tendril/api/client';
import { Failure } from '@tendril/model/failure';
import { LineBatcher } from './line-batches.ts';
import type { LineOrigin } from './line-origin.ts';
import { sendBatch } from './sender.ts';

/** Twice this long a line waits at most for others: those it is sent with, and those of its record. */
const FLUSH_EVERY_MS = 300;
/** How long a batch is tried while the input still runs: the buffer's limit decides, not time. */
const PATIENCE_MS: number = 24 * 3_600_000;

export interface PipeShipperOptions {
  readonly api: Pick<Client, 'ingest'>;
  readonly origin: LineOrigin;
  readonly bufferLengthMax: number;
  readonly nowMs: () => number;
  /** Called once each time the server goes away. */
  readonly onAway: (reason: Failure) => void;
}

export interface Dropped {
  readonly lines: number;
  /** Why the last ones were given up; undefined when the buffer was full. */
  readonly reason: Failure | undefined;
}

export class PipeShipper {
  storedRecords = 0;
  private readonly options: PipeShipperOptions;
  private readonly stopping = new AbortController();
  private readonly batcher: LineBatcher = new LineBatcher();
  private readonly waiting: (readonly string[])[] = [];
  private readonly timer: NodeJS.Timeout;
  private bufferedLength = 0;
  private droppedLines = 0;
  private reason: Failure | undefined;
  private isAway = false;
  private sending: Promise<void> | undefined;

  constructor(options: PipeShipperOptions) {
    this.options = options;
    this.timer = setInterval(() => this.flush(), FLUSH_EVERY_MS);
    this.timer.unref();
  }

  push(line: string): void {
    if (this.bufferedLength + line.length > this.options.bufferLengthMax) {
      this.droppedLines += 1;
      return;
    }
    this.bufferedLength += line.length;
    const complete = this.batcher.push(line);
    if (complete) this.enqueue(complete);
  }

  /** Sends what is left, for at most `drainMs`. */
  async close(drainMs: number): Promise<Dropped> {
    clearInterval(this.timer);
    this.enqueue(this.batcher.take());
    const timer = setTimeout(() => this.stopping.abort(), drainMs);
    await this.sending;
    clearTimeout(timer);
    for (const lines of this.waiting) this.droppedLines += lines.length;
    return { lines: this.droppedLines, reason: this.reason };
  }

  private flush(): void {
    this.enqueue(this.batcher.takeSettled());
  }

  private enqueue(lines: readonly string[]): void {
    if (lines.length === 0) return;
    this.waiting.push(lines);
    this.sending ??= this.sendAll();
  }

  private async sendAll(): Promise<void> {
    for (let lines = this.waiting.shift(); lines; lines = this.waiting.shift()) {
      await this.send(lines);
      this.bufferedLength -= lines.reduce((sum, line) => sum + line.length, 0);
      if (this.stopping.signal.aborted) break;
    }
    this.sending = undefined;
  }

  private async send(lines: readonly string[]): Promise<void> {
    const { api, origin, nowMs } = this.options;
    const call = {
      body: lines.join('\n'),
      contentType: 'text/plain',
      batchId: randomUUID(),
      sender: 'pipe' as const,
      ...origin,
    };
    try {
      const { signal } = this.stopping;
      const onWait = (reason: Failure): void => this.noteAway(reason);
      const sent = await sendBatch(call, { api, signal, nowMs, patienceMs: PATIENCE_MS, onWait });
      this.storedRecords += sent.accepted;
      this.isAway = false;
    } catch (error) {
      this.droppedLines += lines.length;
      if (error instanceof Failure) this.noteAway(error);
      else if (!this.stopping.signal.aborted) throw error;
    }
  }

  private noteAway(reason: Failure): void {
    this.reason = reason;
    if (!this.isAway) this.options.onAway(reason);
    this.isAway = true;
  }
}
