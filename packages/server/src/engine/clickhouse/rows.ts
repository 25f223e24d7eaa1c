/**
 * The answer to a query as it arrives: one JSON object per line, each a row, a progress report, the
 * column names or the exception that ended it (ClickHouse's JSONEachRowWithProgress).
 */
import type { QueryCost, QueryLimits, QueryOptions, QueryProgress } from '../engine.ts';
import { failureOfMessage } from './failures.ts';

export const ROWS_FORMAT = 'JSONEachRowWithProgress';

interface Line {
  readonly row?: Record<string, unknown>;
  readonly progress?: ProgressLine;
  readonly exception?: string;
}

/** Counters are strings (64-bit integers). Each report states the totals so far, not the growth. */
interface ProgressLine {
  readonly read_rows?: string;
  readonly read_bytes?: string;
  readonly total_rows_to_read?: string;
  readonly elapsed_ns?: string;
}

/** The row in a line, if it holds one; progress goes to `tally`; throws what the engine reports. */
export function rowOf(text: string, tally: CostTally): Record<string, unknown> | undefined {
  const line = JSON.parse(text) as Line;
  if (line.row !== undefined) return line.row;
  if (line.exception !== undefined) throw failureOfMessage('query', line.exception);
  if (line.progress !== undefined) tally.report(progressOf(line.progress));
  return undefined;
}

function progressOf(line: ProgressLine): QueryProgress {
  return {
    rowsRead: Number(line.read_rows ?? 0),
    bytesRead: Number(line.read_bytes ?? 0),
    rowsToRead: Number(line.total_rows_to_read ?? 0),
    elapsedMs: Number(line.elapsed_ns ?? 0) / 1e6,
  };
}

/**
 * What a query has cost so far, and whether it was cut short. The engine does not say that it broke
 * off, so with `overflow: 'break'` the answer's own limits are kept here, to the row; of the limits
 * that only the engine can keep, what is known tells whether they can have been reached.
 */
export class CostTally {
  private readonly limits: QueryLimits;
  private readonly onProgress: ((progress: QueryProgress) => void) | undefined;
  private readonly startedAtMs = performance.now();
  private last: QueryProgress = { rowsRead: 0, bytesRead: 0, rowsToRead: 0, elapsedMs: 0 };
  private rows = 0;
  private bytes = 0;
  private cut = false;

  constructor({ limits, onProgress }: Pick<QueryOptions, 'limits' | 'onProgress'>) {
    this.limits = limits;
    this.onProgress = onProgress;
  }

  report(progress: QueryProgress): void {
    this.last = progress;
    this.onProgress?.(progress);
  }

  /** False when the answer ends before this row, of so many bytes. */
  takes(bytes: number): boolean {
    this.rows += 1;
    this.bytes += bytes;
    if (this.limits.overflow !== 'break') return true;
    const { rowsMax = Infinity, resultBytesMax = Infinity } = this.limits;
    this.cut = this.rows > rowsMax || this.bytes > resultBytesMax;
    return !this.cut;
  }

  /** The answer was read to its end. */
  ended(): void {
    const { overflow, timeoutMs, rowsReadMax = Infinity } = this.limits;
    if (overflow !== 'break') return;
    // The engine's clock began after this one. A slow reader may make it say so wrongly, never hide it.
    const outOfTime = performance.now() - this.startedAtMs >= timeoutMs;
    this.cut = outOfTime || this.last.rowsRead >= rowsReadMax;
  }

  cost(): QueryCost {
    const { rowsRead, bytesRead, elapsedMs } = this.last;
    return { rowsRead, bytesRead, elapsedMs, cut: this.cut };
  }
}
