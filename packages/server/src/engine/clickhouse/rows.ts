/**
 * The answer to a query as it arrives: one JSON object per line, each a row, a progress report, the
 * column names or the exception that ended it (ClickHouse's JSONEachRowWithProgress).
 */
import type { QueryLimits, QueryProgress } from '../engine.ts';
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
  if (line.row !== undefined) {
    tally.rows += 1;
    return line.row;
  }
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

/** What a query has cost so far. */
export class CostTally {
  rows = 0;
  private last: QueryProgress = { rowsRead: 0, bytesRead: 0, rowsToRead: 0, elapsedMs: 0 };
  private readonly onProgress: ((progress: QueryProgress) => void) | undefined;

  constructor(onProgress?: (progress: QueryProgress) => void) {
    this.onProgress = onProgress;
  }

  report(progress: QueryProgress): void {
    this.last = progress;
    this.onProgress?.(progress);
  }

  progress(): QueryProgress {
    return this.last;
  }

  /** The engine does not say that it broke off, so it is read from the limits that were reached. */
  wasCut(limits: QueryLimits): boolean {
    if (limits.overflow !== 'break') return false;
    return (
      this.last.elapsedMs >= limits.timeoutMs ||
      (limits.rowsMax !== undefined && this.rows >= limits.rowsMax) ||
      (limits.rowsReadMax !== undefined && this.last.rowsRead >= limits.rowsReadMax)
    );
  }
}
