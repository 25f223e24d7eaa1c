/**
 * OTLP logs in protobuf (opentelemetry/proto/logs/v1, collector/logs/v1): the bytes of one
 * ExportLogsServiceRequest in, rows through the LogWriter out, without an object per record.
 *
 * A request that is not protobuf throws a `malformed` Failure; a record with an id of the wrong length
 * is refused alone.
 */
import type { BatchSink } from '@tendril/columns/batch';
import type { LogBatch } from '@tendril/columns/log-batch';
import type { LogWriter } from '@tendril/intake/log-writer';
import type { WriteOutcome } from '@tendril/intake/request-state';
import { LogRecordReader } from './log-record-reader.ts';
import { readRecords } from './protobuf-records.ts';

export function decodeOtlpLogsProtobuf(
  body: Uint8Array,
  writer: LogWriter,
  sink: BatchSink<LogBatch>,
): WriteOutcome {
  writer.open(sink);
  readRecords(body, writer, (cursor) => new LogRecordReader(cursor, writer));
  return writer.outcome();
}
