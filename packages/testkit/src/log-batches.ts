/** A LogBatch with its writer, and what it holds as plain rows. */
import type { Batch, BatchSink } from '@tendril/columns/batch';
import { LogBatch } from '@tendril/columns/log-batch';
import { RecordCatalog } from '@tendril/columns/record-catalog';
import { readNativeBlocks, rowsOf } from '@tendril/columns/native-reader';
import { LogWriter } from '@tendril/intake/log-writer';
import { createRedactor, type Redactor } from '@tendril/intake/redact/redactor';
import { DEFAULT_LIMITS, type Limits } from '@tendril/model/limits';

export interface LogBatchFixture {
  readonly catalog: RecordCatalog;
  readonly writer: LogWriter;
  readonly batch: LogBatch;
  readonly sink: BatchSink<LogBatch>;
}

export interface LogBatchFixtureOptions {
  readonly nowNs: bigint;
  readonly limits?: Partial<Limits>;
  readonly redactor?: Redactor;
}

export function logBatchFixture({
  nowNs,
  limits,
  redactor = KEEPS_EVERYTHING,
}: LogBatchFixtureOptions): LogBatchFixture {
  const allLimits = { ...DEFAULT_LIMITS, ...limits };
  const { attributePathsMax } = allLimits;
  const nowMs = (): number => Number(nowNs / 1_000_000n);
  const catalog = new RecordCatalog({ attributePathsMax, nowMs });
  const batch = new LogBatch(catalog);
  const writer = new LogWriter({ catalog, redactor, limits: allLimits, nowNs: () => nowNs });
  return { catalog, writer, batch, sink: { batchForNextRecord: () => batch } };
}

/** For tests that are not about redaction. */
export const KEEPS_EVERYTHING: Redactor = {
  ...createRedactor({ key: new Uint8Array(32) }),
  keyRule: () => undefined,
  suspicious: () => false,
  redactText: () => undefined,
  redactInteger: () => undefined,
};

export type TableRows = Readonly<Record<string, readonly Record<string, unknown>[]>>;

/** What `encode` gives, by table. */
export function encodedRows(batch: Batch): TableRows {
  const tables: Record<string, Record<string, unknown>[]> = {};
  for (const { table, bytes } of batch.encode({ server: 1, frame: 7, row: 0 })) {
    tables[table] = readNativeBlocks(Buffer.concat(bytes)).flatMap(rowsOf);
  }
  return tables;
}
