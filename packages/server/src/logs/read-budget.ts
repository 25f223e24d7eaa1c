/** What one request may cost in the engine, summed over its statements, and what it has cost. */
import type { Cost, PartialReason } from '@tendril/api/answer';
import { Failure } from '@tendril/model/failure';
import type { QueryCost, QueryLimits, QueryProgress } from '../engine/engine.ts';

export interface ReadLimits {
  readonly timeoutMs: number;
  readonly bytesReadMax: number;
  readonly memoryBytesMax: number;
}

export const READ_LIMITS: ReadLimits = {
  /** A person has given up by then. */
  timeoutMs: 30_000,
  /** Half a minute of reading on a large machine. */
  bytesReadMax: 1_000_000_000_000,
  /** Of the engine's 1 GB on a small machine, so that one query leaves room for inserts. */
  memoryBytesMax: 600_000_000,
};

/** Above nothing, so that the engine gets to say that the time is up. */
const TIMEOUT_MS_MIN = 1;

export class ReadBudget {
  private readonly limits: ReadLimits;
  private readonly nowMs: () => number;
  private readonly startedAtMs: number;
  private rowsRead = 0;
  private bytesRead = 0;
  private statements = 0;

  constructor(limits: ReadLimits, nowMs: () => number) {
    this.limits = limits;
    this.nowMs = nowMs;
    this.startedAtMs = nowMs();
  }

  /**
   * For the next statement: what is left. Rows read are bounded by their bytes: with a limit on rows
   * the engine must know beforehand what it will read, and newest-first reads all granules.
   */
  left(): QueryLimits {
    const { timeoutMs, memoryBytesMax } = this.limits;
    const leftMs = Math.max(TIMEOUT_MS_MIN, timeoutMs - this.elapsedMs());
    return { timeoutMs: leftMs, memoryBytesMax, overflow: 'throw' };
  }

  /** Goes beside `left()`. */
  settings(): { readonly max_bytes_to_read: number } {
    return { max_bytes_to_read: Math.max(1, this.limits.bytesReadMax - this.bytesRead) };
  }

  spend({ rowsRead, bytesRead }: Pick<QueryCost, 'rowsRead' | 'bytesRead'>): void {
    this.rowsRead += rowsRead;
    this.bytesRead += bytesRead;
    this.statements += 1;
  }

  /** A statement that takes what there is at a limit does not say that it ended at this one. */
  isReadUp(): boolean {
    return this.bytesRead >= this.limits.bytesReadMax;
  }

  /** With what a running statement has read so far. */
  cost(running: Pick<QueryProgress, 'rowsRead' | 'bytesRead'> = NOTHING): Cost {
    return {
      elapsedMs: this.elapsedMs(),
      rowsRead: this.rowsRead + running.rowsRead,
      bytesRead: this.bytesRead + running.bytesRead,
      statements: this.statements,
    };
  }

  private elapsedMs(): number {
    return Math.round(this.nowMs() - this.startedAtMs);
  }
}

export function costSince(before: Cost, now: Cost): Cost {
  return {
    elapsedMs: now.elapsedMs - before.elapsedMs,
    rowsRead: now.rowsRead - before.rowsRead,
    bytesRead: now.bytesRead - before.bytesRead,
    statements: now.statements - before.statements,
  };
}

const NOTHING = { rowsRead: 0, bytesRead: 0 } as const;

// Numbers of ClickHouse's ErrorCodes.cpp.
const TOO_MANY_BYTES = 307;
const MEMORY_LIMIT = 241;

/** The limit that a failure speaks of; undefined when it is about something else. */
export function limitReached(error: unknown): PartialReason | undefined {
  if (!(error instanceof Failure)) return undefined;
  if (error.code === 'query_timeout') return 'time';
  const engineCode = error.params['engineCode'];
  if (engineCode === MEMORY_LIMIT) return 'memory';
  return engineCode === TOO_MANY_BYTES ? 'bytes_read' : undefined;
}
