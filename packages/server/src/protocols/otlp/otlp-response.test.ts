import protobuf from 'protobufjs';
import { describe, expect, test } from 'vitest';
import { encodeExportResponse, encodeStatus } from './otlp-response.ts';

const { root } = protobuf.parse(`syntax = "proto3";
message Response { PartialSuccess partial_success = 1; }
message PartialSuccess { int64 rejected_log_records = 1; string error_message = 2; }
message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
message Any { string type_url = 1; bytes value = 2; }
message RetryInfo { Duration retry_delay = 1; }
message Duration { int64 seconds = 1; int32 nanos = 2; }`);

function read(type: string, bytes: Uint8Array): Record<string, unknown> {
  const message = root.lookupType(type);
  return message.toObject(message.decode(bytes), { longs: Number });
}

function parsed(bytes: Uint8Array): unknown {
  const value: unknown = JSON.parse(Buffer.from(bytes).toString());
  return value;
}

describe('encodeExportResponse', () => {
  test('leaves partial success out when all went well', () => {
    const full = { rejected: {}, message: '' };
    expect(encodeExportResponse('logs', full, 'protobuf')).toHaveLength(0);
    expect(parsed(encodeExportResponse('logs', full, 'json'))).toEqual({});
  });

  test('sums what was rejected and says why', () => {
    const partial = { rejected: { bad_id: 2, too_deep: 300 }, message: '坏的 id' };
    expect(read('Response', encodeExportResponse('logs', partial, 'protobuf'))).toEqual({
      partialSuccess: { rejectedLogRecords: 302, errorMessage: '坏的 id' },
    });
    expect(parsed(encodeExportResponse('logs', partial, 'json'))).toEqual({
      partialSuccess: { rejectedLogRecords: '302', errorMessage: '坏的 id' },
    });
  });

  test('gives a warning with nothing rejected', () => {
    const warning = { rejected: {}, message: 'ids came as base64' };
    expect(read('Response', encodeExportResponse('logs', warning, 'protobuf'))).toEqual({
      partialSuccess: { errorMessage: 'ids came as base64' },
    });
    expect(parsed(encodeExportResponse('logs', warning, 'json'))).toEqual({
      partialSuccess: { rejectedLogRecords: '0', errorMessage: 'ids came as base64' },
    });
  });
});

describe('encodeStatus', () => {
  test('holds code and message', () => {
    const status = { code: 3, message: 'x'.repeat(500) };
    expect(read('Status', encodeStatus(status, 'protobuf'))).toEqual(status);
    expect(parsed(encodeStatus(status, 'json'))).toEqual(status);
  });

  test('tells a sender when to come again', () => {
    const status = { code: 14, message: 'busy', retryAfterSeconds: 2.5 };
    const typeUrl = 'type.googleapis.com/google.rpc.RetryInfo';
    const { details } = read('Status', encodeStatus(status, 'protobuf'));
    const [detail] = details as { readonly typeUrl: string; readonly value: Uint8Array }[];
    expect(detail?.typeUrl).toBe(typeUrl);
    expect(read('RetryInfo', detail?.value ?? new Uint8Array())).toEqual({
      retryDelay: { seconds: 3 },
    });
    expect(parsed(encodeStatus(status, 'json'))).toEqual({
      code: 14,
      message: 'busy',
      details: [{ '@type': typeUrl, retryDelay: '3s' }],
    });
  });
});
