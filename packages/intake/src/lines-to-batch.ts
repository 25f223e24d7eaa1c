/**
 * Lines of text into a batch: wrappers undone, joined, then what `assembled-to-batch.ts` does with each
 * record.
 */
import type { BatchSink } from '@tendril/columns/batch';
import type { LogBatch } from '@tendril/columns/log-batch';
import { AssembledToBatch, type LinesWriting } from './assembled-to-batch.ts';
import { RecordAssembler } from './record-assembler.ts';
import type { WriteOutcome } from './request-state.ts';

export interface LinesRequest extends LinesWriting {
  readonly sink: BatchSink<LogBatch>;
}

export interface LinesOutcome extends WriteOutcome {
  /** Physical lines, before joining. */
  readonly lineCount: number;
}

/** The lines of one request. */
export function linesToBatch(lines: Iterable<string>, request: LinesRequest): LinesOutcome {
  const { writer, sink } = request;
  writer.open(sink);
  const records = new LinesToBatch(request);
  for (const line of lines) records.push(line);
  records.flush();
  return { ...writer.outcome(), lineCount: records.lineCount };
}

/** The lines of one source as they come; the writer is open. */
export class LinesToBatch {
  /** Physical lines in records so far. */
  lineCount = 0;
  private readonly assembler: RecordAssembler;

  constructor(writing: LinesWriting) {
    const records = new AssembledToBatch(writing);
    this.assembler = new RecordAssembler((record) => {
      this.lineCount += record.lineCount;
      records.write(record);
    });
  }

  push(line: string): void {
    this.assembler.push(line);
  }

  /** Writes the records at hand, though more of their lines may come. */
  flush(): void {
    this.assembler.flush();
  }
}
