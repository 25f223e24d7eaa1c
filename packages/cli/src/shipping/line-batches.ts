/**
 * Lines as batches that may be sent: large enough to be worth a request, and cut only where a record
 * ends, since the server joins lines within one request.
 */
import { ContinuationRule } from '@tendril/intake/join/continuation';

/** The engine likes large batches, an interrupt small ones; either ends a batch. */
export const BATCH_LINES_MAX = 5000;
export const BATCH_LENGTH_MAX: number = 1024 * 1024;

export class LineBatcher {
  private lines: string[] = [];
  private length = 0;
  private readonly rule = new ContinuationRule();

  /** The batch that is complete now that this line has come, if one is. */
  push(line: string): string[] | undefined {
    const continues = this.rule.continues(line);
    const isFull = this.lines.length >= BATCH_LINES_MAX || this.length >= BATCH_LENGTH_MAX;
    const complete = isFull && !continues ? this.take() : undefined;
    this.lines.push(line);
    this.length += line.length + 1;
    return complete;
  }

  get isEmpty(): boolean {
    return this.lines.length === 0;
  }

  /** What is left, though more lines of its last record may come. */
  take(): string[] {
    const { lines } = this;
    this.lines = [];
    this.length = 0;
    return lines;
  }
}
