/**
 * OTLP traces in protobuf (opentelemetry/proto/trace/v1, collector/trace/v1): the bytes of one
 * ExportTraceServiceRequest in, rows through the SpanWriter out, without an object per span.
 *
 * A request that is not protobuf throws a `malformed` Failure; a span without proper ids is refused
 * alone.
 */
import type { BatchSink } from '@tendril/columns/batch';
import type { SpanBatch } from '@tendril/columns/span-batch';
import type { SpanWriter } from '@tendril/intake/span-writer';
import type { WriteOutcome } from '@tendril/intake/request-state';
import { readRecords } from './protobuf-records.ts';
import { SpanReader } from './span-reader.ts';

export function decodeOtlpTracesProtobuf(
  body: Uint8Array,
  writer: SpanWriter,
  sink: BatchSink<SpanBatch>,
): WriteOutcome {
  writer.open(sink);
  readRecords(body, writer, (cursor) => new SpanReader(cursor, writer));
  return writer.outcome();
}
