/**
 * What an OTLP receiver answers, in both encodings: the ExportServiceResponse of a signal, and google.rpc.Status for
 * errors. The encoding is that of the request.
 */
import { ByteStore } from '@tendril/columns/byte-store';

export type OtlpEncoding = 'protobuf' | 'json';

export type OtlpSignalName = 'logs' | 'traces';

/** What was rejected, in JSON. */
const REJECTED_NAMES: Readonly<Record<OtlpSignalName, string>> = {
  logs: 'rejectedLogRecords',
  traces: 'rejectedSpans',
};

export interface ExportOutcome {
  readonly rejected: Readonly<Record<string, number>>;
  /** With nothing rejected it is a warning. */
  readonly message: string;
}

export interface OtlpStatus {
  /** google.rpc.Code. */
  readonly code: number;
  readonly message: string;
  /** Present when the sender may try again, after so long. */
  readonly retryAfterSeconds?: number | undefined;
}

const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo';
const encoder = new TextEncoder();

/** Partial success is there only when there is something to tell. */
export function encodeExportResponse(
  signal: OtlpSignalName,
  { rejected, message }: ExportOutcome,
  encoding: OtlpEncoding,
): Uint8Array {
  const rejectedCount = Object.values(rejected).reduce((sum, count) => sum + count, 0);
  const isFull = rejectedCount === 0 && message === '';
  if (encoding === 'protobuf') {
    const partial = [...varintField(1, rejectedCount), ...textField(2, message)];
    return Uint8Array.from(isFull ? [] : messageField(1, partial));
  }
  const rejectedText = { [REJECTED_NAMES[signal]]: String(rejectedCount) };
  const response = isFull ? {} : { partialSuccess: { ...rejectedText, errorMessage: message } };
  return encoder.encode(JSON.stringify(response));
}

export function encodeStatus(status: OtlpStatus, encoding: OtlpEncoding): Uint8Array {
  return encoding === 'protobuf' ? statusProtobuf(status) : statusJson(status);
}

function statusProtobuf({ code, message, retryAfterSeconds }: OtlpStatus): Uint8Array {
  const fields = [...varintField(1, code), ...textField(2, message)];
  if (retryAfterSeconds !== undefined) {
    const retryInfo = messageField(1, varintField(1, Math.ceil(retryAfterSeconds)));
    fields.push(...messageField(3, [...textField(1, RETRY_INFO), ...messageField(2, retryInfo)]));
  }
  return Uint8Array.from(fields);
}

function statusJson({ code, message, retryAfterSeconds }: OtlpStatus): Uint8Array {
  const retryInfo = { '@type': RETRY_INFO, retryDelay: `${Math.ceil(retryAfterSeconds ?? 0)}s` };
  const details = retryAfterSeconds === undefined ? {} : { details: [retryInfo] };
  return encoder.encode(JSON.stringify({ code, message, ...details }));
}

function varintField(field: number, value: number): number[] {
  return value === 0 ? [] : [field << 3, ...varint(value)];
}

function textField(field: number, text: string): number[] {
  return text === '' ? [] : messageField(field, [...encoder.encode(text)]);
}

function messageField(field: number, bytes: readonly number[]): number[] {
  return [(field << 3) | 2, ...varint(bytes.length), ...bytes];
}

function varint(value: number): Uint8Array {
  const store = new ByteStore(8);
  store.putVarint(value);
  return store.used();
}
