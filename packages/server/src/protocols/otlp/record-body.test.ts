import { describe, expect, test } from 'vitest';
import { LogBatch } from '@tendril/columns/log-batch';
import { RecordCatalog } from '@tendril/columns/record-catalog';
import { FORMATS } from '@tendril/intake/formats/registry';
import { LogWriter } from '@tendril/intake/log-writer';
import { createRedactor } from '@tendril/intake/redact/redactor';
import { DEFAULT_LIMITS } from '@tendril/model/limits';
import type { LogRecord } from '@tendril/model/log-record';
import { protobufOf, type RecordJson } from '@tendril/testkit/otlp-logs-oracle';
import { decodeOtlpLogsJson } from './otlp-logs-json.ts';
import { decodeOtlpLogsProtobuf } from './otlp-logs-protobuf.ts';

const NOW_NS = BigInt(Date.UTC(2026, 5, 3)) * 1_000_000n;
const SEEN_NS = String(BigInt(Date.UTC(2026, 5, 2, 1, 14, 5)) * 1_000_000n);
const WRITTEN_NS = String(BigInt(Date.UTC(2026, 5, 2, 1, 14, 3)) * 1_000_000n);
const LINE =
  '2026-06-02 09:14:03.000\tERROR\t[PID:1945]     \topenim-push              \t[main]                        \t[push/push.go:27]                                 \tpush failed                                       \t{"operationID": "op-1", "userID": "u1001"}';

const NOTHING: RecordJson = {
  timeUnixNano: '0',
  observedTimeUnixNano: '0',
  severityNumber: 0,
  severityText: '',
  body: {},
  attributes: [],
  droppedAttributesCount: 0,
  flags: 0,
  traceId: '',
  spanId: '',
  eventName: '',
};

/** From protobuf and from JSON. */
function stored(said: Partial<RecordJson>, service?: string): [LogRecord, LogRecord] {
  const attributes = service ? [{ key: 'service.name', value: { stringValue: service } }] : [];
  const scope = { name: '', version: '', attributes: [] };
  const logRecords = [{ ...NOTHING, ...said }];
  const request = {
    resourceLogs: [
      {
        resource: { attributes },
        scopeLogs: [{ scope, logRecords, schemaUrl: '' }],
        schemaUrl: '',
      },
    ],
  };
  const bodies = [protobufOf(request), Buffer.from(JSON.stringify(request))] as const;
  return [
    decoded((writer, sink) => decodeOtlpLogsProtobuf(bodies[0], writer, sink)),
    decoded((writer, sink) => decodeOtlpLogsJson(bodies[1], writer, sink)),
  ];
}

function decoded(
  decode: (writer: LogWriter, sink: { batchForNextRecord: () => LogBatch }) => unknown,
): LogRecord {
  const { attributePathsMax } = DEFAULT_LIMITS;
  const catalog = new RecordCatalog({ attributePathsMax, nowMs: () => 0 });
  const batch = new LogBatch(catalog);
  const redactor = createRedactor({ key: new Uint8Array(32) });
  const options = { catalog, redactor, limits: DEFAULT_LIMITS, nowNs: () => NOW_NS };
  decode(new LogWriter({ ...options, formats: FORMATS }), { batchForNextRecord: () => batch });
  return batch.record(0);
}

describe('a body of OTLP that is a line', () => {
  test('says severity, time, message, fields and service where the record states none', () => {
    const record = { observedTimeUnixNano: SEEN_NS, body: { stringValue: LINE } };
    for (const each of stored(record)) {
      expect(each).toMatchObject({
        timestamp: WRITTEN_NS,
        severityText: 'ERROR',
        severityNumber: 17,
        body: 'push failed',
        original: LINE,
        operationId: 'op-1',
        serviceName: 'openim-push',
        attributes: { 'code.caller': 'push/push.go:27' },
        resource: { 'service.name': 'openim-push', 'process.pid': 1945 },
      });
    }
  });

  test('does not change what the record states itself', () => {
    const record = {
      timeUnixNano: SEEN_NS,
      body: { stringValue: LINE },
      attributes: [{ key: 'code.caller', value: { stringValue: 'own' } }],
    };
    for (const each of stored(record, 'named')) {
      expect(each).toMatchObject({
        timestamp: SEEN_NS,
        severityNumber: 17,
        serviceName: 'named',
        attributes: { 'code.caller': 'own' },
      });
    }
    for (const each of stored(record, 'unknown_service:go')) {
      expect(each.serviceName).toBe('openim-push');
    }
  });

  test('stays as it is when the record states a severity, and when no format knows it', () => {
    const severe = { severityNumber: 9, body: { stringValue: LINE } };
    for (const each of stored(severe)) {
      expect(each).toMatchObject({ severityNumber: 9, body: LINE, original: '' });
    }
    for (const each of stored({ body: { stringValue: 'just words' } })) {
      expect(each).toMatchObject({ severityNumber: 0, body: 'just words', original: '' });
    }
  });
});
