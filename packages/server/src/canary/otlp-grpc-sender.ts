/** Canaries by OTLP over gRPC. */
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { CANARY_SERVICE, type CanaryRecord } from './canary-record.ts';
import { reachable, type SendCanary } from './send.ts';

const EXPORT = '/opentelemetry.proto.collector.logs.v1.LogsService/Export';
const DEADLINE_MS = 5_000;

export const sendOtlpGrpc: SendCanary = async (record, { url, token }) => {
  const client = new Client(reachable(url).host, credentials.createInsecure());
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  const asIs = (bytes: Buffer): Buffer => bytes;
  try {
    await new Promise<void>((resolve, reject) => {
      client.makeUnaryRequest(
        EXPORT,
        asIs,
        asIs,
        exportRequest(record),
        metadata,
        { deadline: Date.now() + DEADLINE_MS },
        (error) => (error ? reject(error) : resolve()),
      );
    });
  } finally {
    client.close();
  }
};

// ExportLogsServiceRequest, with the field numbers of opentelemetry-proto 1.11.
function exportRequest({ text, timeMs }: CanaryRecord): Buffer {
  const time = Buffer.alloc(9);
  time[0] = 9;
  time.writeBigUInt64LE(BigInt(timeMs) * 1_000_000n, 1);
  const severity = Buffer.from([16, 1]);
  const record = Buffer.concat([time, severity, field(5, field(1, Buffer.from(text)))]);
  const service = field(1, Buffer.from(CANARY_SERVICE));
  const attribute = Buffer.concat([field(1, Buffer.from('service.name')), field(2, service)]);
  const resource = field(1, field(1, attribute));
  return field(1, Buffer.concat([resource, field(2, field(2, record))]));
}

/** Length-delimited; canaries are short, so their lengths are one or two bytes. */
function field(number: number, bytes: Buffer): Buffer {
  const { length } = bytes;
  const head = length < 128 ? [length] : [(length & 0x7f) | 0x80, length >> 7];
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...head]), bytes]);
}
