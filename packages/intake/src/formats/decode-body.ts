/** The body of a request for ingest into a batch, with what the request says about its lines. */
import type { BatchSink } from '@tendril/columns/batch';
import type { LogBatch } from '@tendril/columns/log-batch';
import type { FormatTable } from '../format-table.ts';
import { linesToBatch, type LinesOutcome } from '../lines-to-batch.ts';
import type { LogWriter } from '../log-writer.ts';
import { bodyLines } from './body-lines.ts';
import { linesSource, type BodySource } from './body-source.ts';

export interface BodyRequest {
  /** UTF-8, decompressed; the last line may lack its end. */
  readonly body: Uint8Array;
  readonly source: BodySource;
  readonly formats: FormatTable;
  readonly writer: LogWriter;
  readonly sink: BatchSink<LogBatch>;
  readonly nowNs: bigint;
}

/** Throws `Failure` `bad_request` when `source` cannot be understood. */
export function decodeBody(request: BodyRequest): LinesOutcome {
  const { body, source, formats, writer, sink, nowNs } = request;
  return linesToBatch(bodyLines(body), { ...linesSource(source, formats, nowNs), writer, sink });
}
