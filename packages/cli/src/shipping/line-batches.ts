/**
 * Lines as batches that may be sent: large enough to be worth a request, and cut only where no record
 * is cut, since the server joins lines within one request.
 */
import { RecordAssembler, SILENT_LINES_MAX } from '@tendril/intake/record-assembler';

/** The engine likes large batches, an interrupt small ones; either ends a batch. */
export const BATCH_LINES_MAX = 5000;
export const BATCH_LENGTH_MAX: number = 1024 * 1024;
/**
 * How many more lines are looked at where those of several streams stand between each other: a record
 * may go on behind the lines of others.
 */
export const LOOKAHEAD_LINES: number = SILENT_LINES_MAX;

export class LineBatcher {
  private readonly assembler = new RecordAssembler(() => undefined);
  private lines: string[] = [];
  // Of each line, the number of the one that begins its record.
  private begins: number[] = [];
  private firstNumber = 0;
  private length = 0;
  private settledNumber = 0;

  /** The batch that is complete now that this line has come, if one is; later lines are kept. */
  push(line: string): readonly string[] | undefined {
    this.begins.push(this.assembler.push(line));
    this.lines.push(line);
    this.length += line.length + 1;
    const isFull = this.lines.length > BATCH_LINES_MAX || this.length > BATCH_LENGTH_MAX;
    const count = isFull ? this.completeCount() : 0;
    return count > 0 ? this.takeFirst(count) : undefined;
  }

  /** The number, from 0, of the first line that was not taken yet. */
  get nextNumber(): number {
    return this.firstNumber;
  }

  /** What is left, though more lines of its last record may come. */
  take(): readonly string[] {
    return this.takeFirst(this.lines.length);
  }

  /**
   * Of a source that goes on: all but the last record, to which more lines may be on their way; that
   * too, when none has come since the last call.
   */
  takeSettled(): readonly string[] {
    const number = this.firstNumber + this.lines.length;
    const isQuiet = number === this.settledNumber;
    this.settledNumber = number;
    return isQuiet ? this.take() : this.takeFirst(this.cutBefore(this.lines.length - 1));
  }

  // 0 while there is no good place to cut.
  private completeCount(): number {
    const { lines } = this;
    if (this.assembler.originCount < 2) {
      const last = lines.length - 1;
      return this.cutBefore(last) === last ? last : 0;
    }
    if (lines.length <= LOOKAHEAD_LINES) return 0;
    const isLate = lines.length > BATCH_LINES_MAX + LOOKAHEAD_LINES;
    const count = this.cutBefore(lines.length - LOOKAHEAD_LINES);
    if (count > 0) return count;
    return isLate || this.length > 2 * BATCH_LENGTH_MAX ? lines.length : 0;
  }

  // The last place up to `index` where no record is cut, as far as is known; 0 when there is none.
  private cutBefore(index: number): number {
    let lowest = Infinity;
    for (let at = this.lines.length - 1; at > 0; at -= 1) {
      lowest = Math.min(lowest, this.begins[at] ?? 0);
      if (at <= index && lowest >= this.firstNumber + at) return at;
    }
    return 0;
  }

  private takeFirst(count: number): readonly string[] {
    const taken = this.lines.slice(0, count);
    this.lines = this.lines.slice(count);
    this.begins = this.begins.slice(count);
    this.firstNumber += count;
    this.length = this.lines.reduce((sum, line) => sum + line.length + 1, 0);
    return taken;
  }
}
