/**
 * OTLP over gRPC (specification 1.11, "OTLP/gRPC"): the Export services on raw bytes, so that the
 * decoder reads the message as it came. Backpressure is UNAVAILABLE with RetryInfo; a message over
 * the limit is RESOURCE_EXHAUSTED without it, which senders take as permanent.
 */
import {
  Metadata,
  Server,
  ServerCredentials,
  status as Status,
  type handleUnaryCall,
  type ServerErrorResponse,
} from '@grpc/grpc-js';
import type { Duplex } from 'node:stream';
import { messageOf } from '@tendril/model/failure';
import { encodeExportResponse, encodeStatus } from '../../protocols/otlp/otlp-response.ts';
import { statusOf } from '../failure-status.ts';
import { requestIdOf } from './otlp-http.ts';
import type { OtlpDependencies } from './otlp-dependencies.ts';
import { OTLP_SIGNALS, type OtlpSignal } from './otlp-signals.ts';

/** Enough for a collector's queue of consumers; more only adds waiting. */
const CONCURRENT_STREAMS_MAX = 256;

export interface OtlpGrpcServer {
  /** Takes over a connection whose HTTP/2 preface has not been read. */
  readonly connect: (socket: Duplex) => void;
  close(drainMs: number): Promise<void>;
}

export function createOtlpGrpcServer(dependencies: OtlpDependencies): OtlpGrpcServer {
  const server = new Server({
    'grpc.max_receive_message_length': dependencies.limits.requestBytesMax,
    'grpc.max_concurrent_streams': CONCURRENT_STREAMS_MAX,
  });
  for (const signal of OTLP_SIGNALS) {
    const handler = exportHandler(signal, dependencies);
    server.register(signal.exportMethod, handler, asBuffer, asBuffer, 'unary');
  }
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  return {
    connect: (socket) => injector.injectConnection(socket),
    close: async (drainMs) => {
      const cut = setTimeout(() => server.forceShutdown(), drainMs);
      injector.drain(drainMs);
      await new Promise<void>((resolve) => {
        server.tryShutdown(() => resolve());
      });
      clearTimeout(cut);
      injector.destroy();
    },
  };
}

const asBuffer = (bytes: Buffer): Buffer => bytes;

function exportHandler(
  signal: OtlpSignal,
  dependencies: OtlpDependencies,
): handleUnaryCall<Buffer, Buffer> {
  return (call, callback) => {
    const facts = {
      authorization: text(call.metadata.get('authorization')[0]),
      batchId: text(call.metadata.get('tendril-batch-id')[0]),
      remoteAddress: call.getPeer().replace(/:\d+$/, ''),
    };
    // Callbacks are grpc-js' way; this is where promises end.
    // oxlint-disable promise/no-callback-in-promise
    exportOnce(signal, dependencies, { ...facts, body: call.request }).then(
      (response) => callback(null, response),
      (error: unknown) => callback(serverError(error)),
    );
    // oxlint-enable promise/no-callback-in-promise
  };
}

interface CallFacts {
  readonly authorization: string | undefined;
  readonly batchId: string | undefined;
  readonly remoteAddress: string;
  readonly body: Buffer;
}

async function exportOnce(
  signal: OtlpSignal,
  dependencies: OtlpDependencies,
  { authorization, batchId, remoteAddress, body }: CallFacts,
): Promise<Buffer> {
  dependencies.access.authorize({ route: signal.exportMethod, remoteAddress, authorization });
  const requestId = requestIdOf(batchId, body);
  const received = { receiver: 'otlp-grpc', requestId, encoding: 'protobuf', body } as const;
  const outcome = await signal.ingest(received, dependencies);
  return Buffer.from(encodeExportResponse(signal.name, outcome, 'protobuf'));
}

function text(value: string | Buffer | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function serverError(error: unknown): Partial<ServerErrorResponse> & { details: string } {
  const { grpcCode, retryAfterSeconds } = statusOf(error);
  const metadata = new Metadata();
  const message = messageOf(error);
  if (grpcCode === (Status.UNAVAILABLE as number)) {
    const detail = encodeStatus({ code: grpcCode, message, retryAfterSeconds }, 'protobuf');
    metadata.set('grpc-status-details-bin', Buffer.from(detail));
  }
  return { code: grpcCode, details: message, metadata };
}
