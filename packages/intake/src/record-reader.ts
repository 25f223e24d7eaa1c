/**
 * Lines of one source in, the records that would be stored of them out, with how each was read. They go
 * through the LogWriter and a LogBatch, so what is seen here is what a server keeps: redacted, with its
 * columns, within its limits. Memory holds one call's lines and the records that are still open.
 */
import { LogBatch } from '@tendril/columns/log-batch';
import { RecordCatalog } from '@tendril/columns/record-catalog';
import { DEFAULT_LIMITS } from '@tendril/model/limits';
import type { LogRecord } from '@tendril/model/log-record';
import type { LinesSource, RecordFacts } from './assembled-to-batch.ts';
import { LinesToBatch } from './lines-to-batch.ts';
import { LogWriter } from './log-writer.ts';
import type { Redactor } from './redact/redactor.ts';

export interface ReadRecord {
  readonly record: LogRecord;
  readonly facts: RecordFacts;
}

export interface RecordReaderOptions {
  readonly source: LinesSource;
  readonly desk: RecordDesk;
}

/** What records are written with; readers of many sources share one, each call of a reader has it for itself. */
export class RecordDesk {
  readonly batch: LogBatch;
  readonly writer: LogWriter;

  constructor({ nowMs, redactor }: { readonly redactor: Redactor; readonly nowMs: () => number }) {
    const limits = DEFAULT_LIMITS;
    const { attributePathsMax } = limits;
    const catalog = new RecordCatalog({ attributePathsMax, nowMs });
    const nowNs = (): bigint => BigInt(Math.trunc(nowMs())) * 1_000_000n;
    this.batch = new LogBatch(catalog);
    this.writer = new LogWriter({ catalog, redactor, limits, nowNs });
  }
}

export class RecordReader {
  private readonly desk: RecordDesk;
  private readonly lines: LinesToBatch;
  private facts: RecordFacts[] = [];

  constructor({ desk, source }: RecordReaderOptions) {
    this.desk = desk;
    this.lines = new LinesToBatch({
      ...source,
      writer: desk.writer,
      onRecord: (facts) => this.facts.push(facts),
    });
  }

  /** The records that are complete now; the last ones wait for more of their lines. */
  read(lines: Iterable<string>): readonly ReadRecord[] {
    this.begin();
    for (const line of lines) this.lines.push(line);
    return this.written();
  }

  /** The records that waited. */
  flush(): readonly ReadRecord[] {
    this.begin();
    this.lines.flush();
    return this.written();
  }

  private begin(): void {
    const { batch, writer } = this.desk;
    batch.reset();
    this.facts = [];
    writer.open({ batchForNextRecord: () => batch });
  }

  private written(): readonly ReadRecord[] {
    return this.facts.map((facts, row) => ({ record: this.desk.batch.record(row), facts }));
  }
}
