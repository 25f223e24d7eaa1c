import { describe, expect, test } from 'vitest';
import { encodedRows, logBatchFixture } from '@tendril/testkit/log-batches';
import type { WriteOutcome } from '@tendril/intake/request-state';
import { decodeOtlpLogsJson } from './otlp-logs-json.ts';

const NOW_NS = 1_795_232_758_539_421_494n;

interface Decoded {
  readonly outcome: WriteOutcome;
  readonly rows: readonly Record<string, unknown>[];
}

function decoded(text: string): Decoded {
  const { batch, writer, sink } = logBatchFixture({ nowNs: NOW_NS });
  const outcome = decodeOtlpLogsJson(Buffer.from(text), writer, sink);
  return { outcome, rows: encodedRows(batch)['logs'] ?? [] };
}

function decodedRecord(record: string): Decoded {
  return decoded(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[${record}]}]}]}`);
}

describe('decodeOtlpLogsJson', () => {
  test('takes snake_case everywhere', () => {
    const { rows } = decoded(`{"resource_logs":[{"schema_url":"r","scope_logs":[{"schema_url":"s",
      "log_records":[{"time_unix_nano":"1795232758000000001","severity_number":17,
      "severity_text":"ERR","event_name":"e","trace_id":"0102030405060708090a0b0c0d0e0f10",
      "body":{"string_value":"b"},"attributes":[{"key":"k","value":{"int_value":"7"}},
      {"key":"l","value":{"array_value":{"values":[{"bool_value":true}]}}},
      {"key":"m","value":{"kvlist_value":{"values":[{"key":"n","value":{"double_value":1.5}}]}}},
      {"key":"o","value":{"bytes_value":"AQI="}}]}]}]}]}`);
    expect(rows).toMatchObject([
      {
        Timestamp: 1_795_232_758_000_000_001n,
        SeverityNumber: 17,
        SeverityText: 'ERR',
        EventName: 'e',
        TraceId: '0102030405060708090a0b0c0d0e0f10',
        Body: 'b',
        ResourceSchemaUrl: 'r',
        ScopeSchemaUrl: 's',
        Attributes: { k: 7n, l: [true], 'm.n': 1.5, o: 'AQI=' },
      },
    ]);
  });

  test.each([
    ['a string', '"1795232758539421494"'],
    ['a number', '1795232758539421494'],
    ['low and high words', '{"low":1402137398,"high":417985176}'],
  ])('takes 64-bit integers as %s, exactly', (_, written) => {
    const text = written.includes('low') ? wordsOf(NOW_NS) : written;
    const { rows } = decodedRecord(
      `{"timeUnixNano":${text},"attributes":[{"key":"n","value":{"intValue":${text}}}]}`,
    );
    expect(rows).toMatchObject([{ Timestamp: NOW_NS, Attributes: { n: NOW_NS } }]);
  });

  test('takes doubles by name, and null for what is not set', () => {
    const { rows } = decodedRecord(`{"body":null,"traceId":null,"severityNumber":null,"attributes":[
      {"key":"a","value":{"doubleValue":"NaN"}},{"key":"b","value":{"doubleValue":"-Infinity"}},
      {"key":"c","value":{"doubleValue":2}},{"key":"d","value":null},
      {"key":"e","value":{"stringValue":null}}]}`);
    expect(rows).toMatchObject([
      { Body: '', TraceId: '', Attributes: { a: NaN, b: -Infinity, c: 2, d: '', e: '' } },
    ]);
  });

  test.each([
    ['"SEVERITY_NUMBER_WARN3"', 15],
    ['"SEVERITY_NUMBER_FATAL"', 21],
    ['"SEVERITY_NUMBER_UNSPECIFIED"', 0],
    ['"9"', 9],
    ['13', 13],
  ])('takes the severity %s', (written, number) => {
    const { rows } = decodedRecord(`{"severityNumber":${written}}`);
    expect(rows).toMatchObject([{ SeverityNumber: number }]);
  });

  test('takes ids in hex of any case', () => {
    const { outcome, rows } = decodedRecord(
      '{"traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"EEE19B7EC3C1B174"}',
    );
    expect(outcome.message).toBe('');
    expect(rows).toMatchObject([
      { TraceId: '5b8efff798038103d269b633813fc60c', SpanId: 'eee19b7ec3c1b174' },
    ]);
  });

  test('takes ids in base64 with a warning', () => {
    const traceId = Buffer.from('5b8efff798038103d269b633813fc60c', 'hex').toString('base64');
    const spanId = Buffer.from('eee19b7ec3c1b174', 'hex').toString('base64');
    const { outcome, rows } = decodedRecord(JSON.stringify({ traceId, spanId }));
    expect(outcome).toMatchObject({ accepted: 1, rejected: {} });
    expect(outcome.message).toContain('base64');
    expect(rows).toMatchObject([
      { TraceId: '5b8efff798038103d269b633813fc60c', SpanId: 'eee19b7ec3c1b174' },
    ]);
  });

  test('refuses records it cannot read alone, each with its reason', () => {
    const { outcome, rows } = decodedRecord(
      [
        '{"traceId":"abc"}',
        '{"spanId":"zzzzzzzzzzzzzzzz"}',
        '{"timeUnixNano":"soon"}',
        '{"body":"bare"}',
        '{"attributes":{"key":"k"}}',
        '7',
        '{"body":{"stringValue":"kept"}}',
      ].join(','),
    );
    expect(outcome).toEqual({
      accepted: 1,
      rejected: { bad_id: 2, bad_timestamp: 1, malformed: 3 },
      message: 'traceId is not 32 hex digits',
    });
    expect(rows).toMatchObject([{ Body: 'kept' }]);
  });

  test('takes hostile keys as keys', () => {
    const { rows } = decodedRecord(`{"__proto__":{"body":{"stringValue":"no"}},"constructor":1,
      "attributes":[{"key":"__proto__","value":{"stringValue":"v"}},
      {"key":"a","value":{"kvlistValue":{"values":[{"key":"__proto__","value":{"intValue":1}}]}}}]}`);
    expect(rows).toMatchObject([{ Body: '' }]);
    const attributes = Object.entries(rows[0]?.['Attributes'] ?? {});
    expect(attributes).toEqual([
      ['__proto__', 'v'],
      ['a.__proto__', 1n],
    ]);
    expect(({} as Record<string, unknown>)['body']).toBeUndefined();
  });

  test.each([
    ['nothing', ''],
    ['what is not JSON', '{"resourceLogs":[{"password":"hunter2"'],
    ['an array', '[]'],
    ['a list that is none', '{"resourceLogs":{"a":1}}'],
    ['a resource that is none', '{"resourceLogs":[{"resource":7}]}'],
  ])('refuses %s', (_, text) => {
    expect(() => decoded(text)).toThrow(/^cannot read the (?:JSON|OTLP) document/);
    expect(() => decoded(text)).not.toThrow(/hunter2/);
  });

  test('refuses a document of 100,000 levels before parsing it', () => {
    const deep = `{"resourceLogs":${'['.repeat(100_000)}`;
    expect(() => decoded(deep)).toThrow('nested deeper than 256');
  });

  test('answers an empty request with success', () => {
    expect(decoded('{}').outcome).toEqual({ accepted: 0, rejected: {}, message: '' });
    expect(decoded('{"resourceLogs":null}').outcome).toMatchObject({ accepted: 0 });
  });
});

function wordsOf(ns: bigint): string {
  return JSON.stringify({
    low: Number(BigInt.asIntN(32, ns)),
    high: Number(BigInt.asIntN(32, ns >> 32n)),
    unsigned: true,
  });
}
