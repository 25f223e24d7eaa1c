/** The signals that OTLP receivers take: a new one is a line here. */
import { decodeOtlpLogsJson } from '../../protocols/otlp/otlp-logs-json.ts';
import { decodeOtlpLogsProtobuf } from '../../protocols/otlp/otlp-logs-protobuf.ts';
import type { OtlpEncoding, OtlpSignalName } from '../../protocols/otlp/otlp-response.ts';
import { decodeOtlpTracesJson } from '../../protocols/otlp/otlp-traces-json.ts';
import { decodeOtlpTracesProtobuf } from '../../protocols/otlp/otlp-traces-protobuf.ts';
import type { IngestOutcome } from '../../pipeline/pipeline.ts';
import type { OtlpDependencies } from './otlp-dependencies.ts';

export interface OtlpRequest {
  /** Of the transport: `otlp-http` or `otlp-grpc`. */
  readonly receiver: string;
  readonly requestId: string;
  readonly encoding: OtlpEncoding;
  readonly body: Uint8Array;
}

export interface OtlpSignal {
  readonly name: OtlpSignalName;
  readonly path: string;
  readonly exportMethod: string;
  ingest(request: OtlpRequest, dependencies: OtlpDependencies): Promise<IngestOutcome>;
}

const SERVICE = 'opentelemetry.proto.collector';

export const OTLP_SIGNALS: readonly OtlpSignal[] = [
  {
    name: 'logs',
    path: '/v1/logs',
    exportMethod: `/${SERVICE}.logs.v1.LogsService/Export`,
    ingest: async ({ receiver, requestId, encoding, body }, { pipeline, writer }) =>
      pipeline.ingestLogs({
        source: receiver,
        requestId,
        decode: (sink) => {
          const decode = encoding === 'json' ? decodeOtlpLogsJson : decodeOtlpLogsProtobuf;
          return decode(body, writer, sink);
        },
      }),
  },
  {
    name: 'traces',
    path: '/v1/traces',
    exportMethod: `/${SERVICE}.trace.v1.TraceService/Export`,
    ingest: async ({ receiver, requestId, encoding, body }, { pipeline, spanWriter }) =>
      pipeline.ingestSpans({
        source: `${receiver}/traces`,
        requestId,
        decode: (sink) => {
          const decode = encoding === 'json' ? decodeOtlpTracesJson : decodeOtlpTracesProtobuf;
          return decode(body, spanWriter, sink);
        },
      }),
  },
];
