/**
 * Random OTLP log requests, their bytes in both encodings made by protobufjs and JSON.stringify, and the
 * rows they must become, worked out the plain way. The decoders are tested against it.
 */
import fc from 'fast-check';
import protobuf from 'protobufjs';

import {
  anyValue,
  attributes,
  COMMON_PROTO,
  DAY_NS,
  flatOf,
  hexOf,
  jsonText,
  namedDoubles,
  ORACLE_NOW_NS,
  resource,
  resourceColumns,
  scalarOf,
  schemaUrl,
  scope,
  scopeColumns,
  textOf,
  time,
  type AnyJson,
  type ExpectedRow,
  type KeyJson,
  type ResourceJson,
  type ScopeJson,
} from './otlp-common-oracle.ts';

const PROTO = `syntax = "proto3";
message Request { repeated ResourceLogs resource_logs = 1; }
message ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; string schema_url = 3; }
message ScopeLogs { Scope scope = 1; repeated LogRecord log_records = 2; string schema_url = 3; }
message LogRecord {
  fixed64 time_unix_nano = 1;
  fixed64 observed_time_unix_nano = 11;
  int32 severity_number = 2;
  string severity_text = 3;
  AnyValue body = 5;
  repeated KeyValue attributes = 6;
  uint32 dropped_attributes_count = 7;
  fixed32 flags = 8;
  bytes trace_id = 9;
  bytes span_id = 10;
  string event_name = 12;
}
${COMMON_PROTO}`;

export interface RecordJson {
  /** Decimal. */
  readonly timeUnixNano: string;
  readonly observedTimeUnixNano: string;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: AnyJson;
  readonly attributes: readonly KeyJson[];
  readonly droppedAttributesCount: number;
  readonly flags: number;
  /** Hex. */
  readonly traceId: string;
  readonly spanId: string;
  readonly eventName: string;
}

export interface ScopeLogsJson {
  readonly scope: ScopeJson;
  readonly logRecords: readonly RecordJson[];
  readonly schemaUrl: string;
}

export interface ResourceLogsJson {
  readonly resource: ResourceJson;
  readonly scopeLogs: readonly ScopeLogsJson[];
  readonly schemaUrl: string;
}

export interface RequestJson {
  readonly resourceLogs: readonly ResourceLogsJson[];
}

const record: fc.Arbitrary<RecordJson> = fc.record({
  timeUnixNano: time.map(String),
  observedTimeUnixNano: time.map(String),
  severityNumber: fc.constantFrom(0, 1, 9, 10, 24, 25, 200),
  severityText: fc.constantFrom('', 'INFO', 'warn', 'Weird', '警告'),
  body: anyValue,
  attributes,
  droppedAttributesCount: fc.constantFrom(0, 3),
  flags: fc.constantFrom(0, 1, 257),
  traceId: fc.oneof(hexOf(16), fc.constantFrom('', '0'.repeat(32))),
  spanId: fc.oneof(hexOf(8), fc.constantFrom('', '0'.repeat(16))),
  eventName: fc.constantFrom('', 'login', '登录'),
});

export const otlpRequests: fc.Arbitrary<RequestJson> = fc.record({
  resourceLogs: fc.array(
    fc.record({
      resource,
      scopeLogs: fc.array(
        fc.record({
          scope,
          logRecords: fc.array(record, { maxLength: 6 }),
          schemaUrl,
        }),
        { maxLength: 3 },
      ),
      schemaUrl,
    }),
    { maxLength: 3 },
  ),
});

const Request = protobuf.parse(PROTO, { keepCase: false }).root.lookupType('Request');

export function protobufOf(request: RequestJson): Buffer {
  const message = Request.fromObject(withBinaryIds(request));
  return Buffer.from(Request.encode(message).finish());
}

/** As a conforming sender writes it. */
export function jsonOf(request: RequestJson): Buffer {
  return Buffer.from(JSON.stringify(request, namedDoubles));
}

function withBinaryIds(request: RequestJson): object {
  const binary = (hex: string): Buffer => Buffer.from(hex, 'hex');
  return {
    resourceLogs: request.resourceLogs.map((resourceLogs) => ({
      ...resourceLogs,
      scopeLogs: resourceLogs.scopeLogs.map((scopeLogs) => ({
        ...scopeLogs,
        logRecords: scopeLogs.logRecords.map((logRecord) => ({
          ...logRecord,
          traceId: binary(logRecord.traceId),
          spanId: binary(logRecord.spanId),
        })),
      })),
    })),
  };
}

/** What the rows of a request's records must hold. */
export function expectedRows(request: RequestJson): ExpectedRow[] {
  return request.resourceLogs.flatMap((resourceLogs) =>
    resourceLogs.scopeLogs.flatMap((scopeLogs) =>
      scopeLogs.logRecords.map((logRecord) => ({
        ...recordRow(logRecord),
        ...resourceColumns(resourceLogs.resource, resourceLogs.schemaUrl),
        ...scopeColumns(scopeLogs.scope, scopeLogs.schemaUrl),
      })),
    ),
  );
}

function recordRow(logRecord: RecordJson): ExpectedRow {
  const { timeUnixNano, observedTimeUnixNano, severityNumber, severityText } = logRecord;
  const observed = BigInt(observedTimeUnixNano);
  const isObserved = observed >= ORACLE_NOW_NS - DAY_NS && observed <= ORACLE_NOW_NS + DAY_NS;
  const stored = isObserved ? observed : ORACLE_NOW_NS;
  const stated = BigInt(timeUnixNano);
  const isBelieved = stated >= 946_684_800_000_000_000n && stated <= ORACLE_NOW_NS + DAY_NS;
  const flat = flatOf(logRecord.attributes);
  const unnamed = flat.get('');
  flat.delete('');
  if (!isBelieved && stated !== 0n && !flat.has('tendril.original_timestamp')) {
    flat.set('tendril.original_timestamp', timeUnixNano);
  }
  const isKnown = severityNumber >= 1 && severityNumber <= 24;
  const named = new Map([
    ['INFO', 9],
    ['warn', 13],
  ]);
  const names = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
  const nameOfNumber = isKnown ? (names[(severityNumber - 1) >> 2] ?? '') : '';
  return {
    Timestamp: isBelieved ? stated : stored,
    ObservedTimestamp: stored,
    TraceId: /^0*$/.test(logRecord.traceId) ? '' : logRecord.traceId,
    SpanId: /^0*$/.test(logRecord.spanId) ? '' : logRecord.spanId,
    TraceFlags: logRecord.flags & 0xff,
    SeverityText: severityText === '' ? nameOfNumber : severityText,
    SeverityNumber: isKnown ? severityNumber : (named.get(severityText) ?? 0),
    Body: bodyOf(logRecord.body),
    EventName: logRecord.eventName,
    Attributes: flat,
    AttributesOverflow: new Map(unnamed === undefined ? [] : [['', textOf(unnamed)]]),
  };
}

function bodyOf(any: AnyJson): string {
  if (any.arrayValue || any.kvlistValue) return jsonText(any);
  const flat = scalarOf(any);
  return flat === undefined ? '' : String(flat);
}

/** As protobufjs reads it. */
export function decodedRequest(bytes: Uint8Array): RequestJson {
  const options = { longs: String, bytes: String, arrays: true, defaults: false } as const;
  return Request.toObject(Request.decode(bytes), options) as RequestJson;
}
