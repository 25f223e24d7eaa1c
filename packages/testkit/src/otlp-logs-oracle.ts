/**
 * Random OTLP log requests, their bytes in both encodings made by protobufjs and JSON.stringify, and the
 * rows they must become, worked out the plain way. The decoders are tested against it.
 */
import fc from 'fast-check';
import protobuf from 'protobufjs';

/** Of what all signals share. */
export const COMMON_PROTO = `message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; }
message Scope { string name = 1; string version = 2; repeated KeyValue attributes = 3; }
message KeyValue { string key = 1; AnyValue value = 2; }
message KeyValueList { repeated KeyValue values = 1; }
message ArrayValue { repeated AnyValue values = 1; }
message AnyValue {
  oneof value {
    string string_value = 1;
    bool bool_value = 2;
    int64 int_value = 3;
    double double_value = 4;
    ArrayValue array_value = 5;
    KeyValueList kvlist_value = 6;
    bytes bytes_value = 7;
  }
}`;

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

/** AnyValue in OTLP's JSON form: at most one of the fields. */
export interface AnyJson {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  /** Decimal. */
  readonly intValue?: string;
  readonly doubleValue?: number;
  readonly arrayValue?: { readonly values: readonly AnyJson[] };
  readonly kvlistValue?: { readonly values: readonly KeyJson[] };
  /** Base64. */
  readonly bytesValue?: string;
}

export interface KeyJson {
  readonly key: string;
  readonly value: AnyJson;
}

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
  readonly scope: {
    readonly name: string;
    readonly version: string;
    readonly attributes: readonly KeyJson[];
  };
  readonly logRecords: readonly RecordJson[];
  readonly schemaUrl: string;
}

export interface ResourceLogsJson {
  readonly resource: { readonly attributes: readonly KeyJson[] };
  readonly scopeLogs: readonly ScopeLogsJson[];
  readonly schemaUrl: string;
}

export interface RequestJson {
  readonly resourceLogs: readonly ResourceLogsJson[];
}

/** The server's clock in these tests. */
export const ORACLE_NOW_NS = 1_795_232_758_539_421_494n;
export const DAY_NS = 86_400_000_000_000n;

export const text: fc.Arbitrary<string> = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom('', '我们正在使用备用连接', 'a'.repeat(300), '\0'),
);
const key = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('status', 'size', 'a', 'a.b', 'b', 'platform') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 10 }) },
  { weight: 1, arbitrary: fc.constantFrom('', '__proto__', 'constructor', 'toString', '键', '.') },
);
export const time: fc.Arbitrary<bigint> = fc.oneof(
  { weight: 4, arbitrary: fc.bigInt(ORACLE_NOW_NS - DAY_NS, ORACLE_NOW_NS + DAY_NS) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(0n, 1n, 946_684_799_999_999_999n, 946_684_800_000_000_000n),
  },
  { weight: 1, arbitrary: fc.constantFrom(ORACLE_NOW_NS + DAY_NS + 1n, 2n ** 63n, 2n ** 64n - 1n) },
);

const { any: anyValue } = fc.letrec<{ any: AnyJson; entry: KeyJson }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text.map((stringValue): AnyJson => ({ stringValue })),
    fc.boolean().map((boolValue): AnyJson => ({ boolValue })),
    fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map((int): AnyJson => ({ intValue: String(int) })),
    fc.integer({ min: -300, max: 30_000 }).map((int): AnyJson => ({ intValue: String(int) })),
    // JSON has no negative zero of its own.
    fc.double().map((double): AnyJson => ({ doubleValue: Object.is(double, -0) ? 0 : double })),
    fc.constant<AnyJson>({}),
    fc.uint8Array({ maxLength: 9 }).map((bytes): AnyJson => ({
      bytesValue: Buffer.from(bytes).toString('base64'),
    })),
    fc.array(tie('any'), { maxLength: 4 }).map((values): AnyJson => ({ arrayValue: { values } })),
    fc.array(text, { maxLength: 3 }).map((texts): AnyJson => ({
      arrayValue: { values: texts.map((stringValue) => ({ stringValue })) },
    })),
    fc
      .array(tie('entry'), { maxLength: 4 })
      .map((values): AnyJson => ({ kvlistValue: { values } })),
  ),
  entry: fc.record({ key, value: tie('any') }),
}));
export const attributes: fc.Arbitrary<KeyJson[]> = fc.array(fc.record({ key, value: anyValue }), {
  maxLength: 6,
});

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

export const schemaUrl: fc.Arbitrary<string> = fc.constantFrom(
  '',
  'https://opentelemetry.io/schemas/1.26.0',
);

export const otlpRequests: fc.Arbitrary<RequestJson> = fc.record({
  resourceLogs: fc.array(
    fc.record({
      resource: fc.record({
        attributes: fc.oneof(
          attributes,
          fc.constant([{ key: 'service.name', value: { stringValue: 'openim-api' } }]),
        ),
      }),
      scopeLogs: fc.array(
        fc.record({
          scope: fc.record({ name: text, version: text, attributes }),
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

export function hexOf(byteCount: number): fc.Arbitrary<string> {
  return fc
    .uint8Array({ minLength: byteCount, maxLength: byteCount })
    .map((bytes) => Buffer.from(bytes).toString('hex'));
}

const Request = protobuf.parse(PROTO, { keepCase: false }).root.lookupType('Request');

export function protobufOf(request: RequestJson): Buffer {
  const message = Request.fromObject(withBinaryIds(request));
  return Buffer.from(Request.encode(message).finish());
}

/** As a conforming sender writes it. */
export function jsonOf(request: RequestJson): Buffer {
  return Buffer.from(JSON.stringify(request, namedDoubles));
}

export function namedDoubles(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
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

export type Scalar = string | bigint | number | boolean;
export type Flat = Scalar | readonly Scalar[];

/** What the row of a record must hold, by the columns' names; `resource` stands for its attributes. */
export interface ExpectedRow {
  readonly [column: string]: unknown;
}

export function expectedRows(request: RequestJson): ExpectedRow[] {
  return request.resourceLogs.flatMap(({ resource, scopeLogs, schemaUrl: resourceUrl }) => {
    const flatResource = flatOf(resource.attributes);
    return scopeLogs.flatMap(({ scope, logRecords, schemaUrl: scopeUrl }) =>
      logRecords.map((logRecord) => ({
        ...recordRow(logRecord),
        ServiceName: textOf(flatResource.get('service.name') ?? ''),
        ResourceSchemaUrl: resourceUrl,
        ScopeName: scope.name,
        ScopeVersion: scope.version,
        ScopeSchemaUrl: scopeUrl,
        ScopeAttributes: texts(flatOf(scope.attributes)),
        resource: texts(flatResource),
      })),
    );
  });
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

// The first of equal keys stays, as in the order they are written.
export function flatOf(entries: readonly KeyJson[]): Map<string, Flat> {
  const flat = new Map<string, Flat>();
  const add = (name: string, value: Flat): void => {
    if (!flat.has(name)) flat.set(name, value);
  };
  const walk = (name: string, any: AnyJson): void => {
    if (any.kvlistValue) {
      if (any.kvlistValue.values.length === 0) add(name, '{}');
      for (const entry of any.kvlistValue.values) walk(`${name}.${entry.key}`, entry.value);
    } else if (any.arrayValue) add(name, arrayOf(any.arrayValue.values) ?? jsonText(any));
    else add(name, scalarOf(any) ?? '');
  };
  for (const entry of entries) walk(entry.key, entry.value);
  return flat;
}

// Undefined when the elements are not all of one type.
function arrayOf(values: readonly AnyJson[]): readonly Scalar[] | undefined {
  const scalars = values.map(scalarOf);
  const types = new Set(scalars.map((scalar) => typeof scalar));
  if (types.has('undefined') || types.size > 1) return undefined;
  return scalars.flatMap((scalar) => (scalar === undefined ? [] : [scalar]));
}

function scalarOf(any: AnyJson): Scalar | undefined {
  if (any.intValue !== undefined) return BigInt(any.intValue);
  return any.stringValue ?? any.boolValue ?? any.doubleValue ?? any.bytesValue;
}

function jsonText(any: AnyJson): string {
  if (any.kvlistValue) {
    const members = any.kvlistValue.values.map(
      (entry) => `${JSON.stringify(entry.key)}:${jsonText(entry.value)}`,
    );
    return `{${members.join(',')}}`;
  }
  if (any.arrayValue) return `[${any.arrayValue.values.map(jsonText).join(',')}]`;
  const scalar = scalarOf(any);
  if (scalar === undefined) return 'null';
  if (typeof scalar === 'string') return JSON.stringify(scalar);
  const isNamed = typeof scalar === 'number' && !Number.isFinite(scalar);
  return isNamed ? `"${scalar}"` : String(scalar);
}

export function texts(flat: ReadonlyMap<string, Flat>): Map<string, string> {
  return new Map([...flat].map(([name, value]) => [name, textOf(value)]));
}

export function textOf(value: Flat): string {
  if (!isArray(value)) return String(value);
  const elements = value.map((one) =>
    typeof one === 'string' ? JSON.stringify(one) : String(one),
  );
  return `[${elements.join(',')}]`;
}

function isArray(value: Flat): value is readonly Scalar[] {
  return Array.isArray(value);
}

/** As protobufjs reads it. */
export function decodedRequest(bytes: Uint8Array): RequestJson {
  const options = { longs: String, bytes: String, arrays: true, defaults: false } as const;
  return Request.toObject(Request.decode(bytes), options) as RequestJson;
}
