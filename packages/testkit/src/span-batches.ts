/** A SpanBatch with its writer. */
import type { BatchSink } from '@tendril/columns/batch';
import { RecordCatalog } from '@tendril/columns/record-catalog';
import { SpanBatch } from '@tendril/columns/span-batch';
import type { Redactor } from '@tendril/intake/redact/redactor';
import { SpanWriter } from '@tendril/intake/span-writer';
import { DEFAULT_LIMITS, type Limits } from '@tendril/model/limits';
import { KEEPS_EVERYTHING } from './log-batches.ts';

export interface SpanBatchFixture {
  readonly writer: SpanWriter;
  readonly batch: SpanBatch;
  readonly sink: BatchSink<SpanBatch>;
}

export interface SpanBatchFixtureOptions {
  readonly nowNs: bigint;
  readonly limits?: Partial<Limits>;
  readonly redactor?: Redactor;
}

export function spanBatchFixture({
  nowNs,
  limits,
  redactor = KEEPS_EVERYTHING,
}: SpanBatchFixtureOptions): SpanBatchFixture {
  const allLimits = { ...DEFAULT_LIMITS, ...limits };
  const catalog = new RecordCatalog({
    attributePathsMax: allLimits.attributePathsMax,
    fieldsTable: 'span_fields',
    nowMs: () => Number(nowNs / 1_000_000n),
  });
  const batch = new SpanBatch(catalog);
  const writer = new SpanWriter({ catalog, redactor, limits: allLimits, nowNs: () => nowNs });
  return { writer, batch, sink: { batchForNextRecord: () => batch } };
}
