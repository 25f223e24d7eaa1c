/**
 * Random OTLP trace requests, their bytes in both encodings made by protobufjs and JSON.stringify, and
 * the rows they must become, worked out the plain way. The decoders are tested against it.
 */
import fc from 'fast-check';
import protobuf from 'protobufjs';
import {
  attributes,
  COMMON_PROTO,
  DAY_NS,
  flatOf,
  hexOf,
  namedDoubles,
  ORACLE_NOW_NS,
  resource,
  resourceColumns,
  schemaUrl,
  scope,
  scopeColumns,
  text,
  textOf,
  texts,
  time,
  type ExpectedRow,
  type Flat,
  type KeyJson,
  type ResourceJson,
  type ScopeJson,
} from './otlp-common-oracle.ts';

const PROTO = `syntax = "proto3";
message Request { repeated ResourceSpans resource_spans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; string schema_url = 3; }
message ScopeSpans { Scope scope = 1; repeated Span spans = 2; string schema_url = 3; }
message Span {
  bytes trace_id = 1;
  bytes span_id = 2;
  string trace_state = 3;
  bytes parent_span_id = 4;
  fixed32 flags = 16;
  string name = 5;
  int32 kind = 6;
  fixed64 start_time_unix_nano = 7;
  fixed64 end_time_unix_nano = 8;
  repeated KeyValue attributes = 9;
  uint32 dropped_attributes_count = 10;
  repeated Event events = 11;
  uint32 dropped_events_count = 12;
  repeated Link links = 13;
  uint32 dropped_links_count = 14;
  Status status = 15;
}
message Event {
  fixed64 time_unix_nano = 1;
  string name = 2;
  repeated KeyValue attributes = 3;
  uint32 dropped_attributes_count = 4;
}
message Link {
  bytes trace_id = 1;
  bytes span_id = 2;
  string trace_state = 3;
  repeated KeyValue attributes = 4;
  uint32 dropped_attributes_count = 5;
  fixed32 flags = 6;
}
message Status { string message = 2; int32 code = 3; }
${COMMON_PROTO}`;

interface EventJson {
  readonly timeUnixNano: string;
  readonly name: string;
  readonly attributes: readonly KeyJson[];
}

interface LinkJson {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState: string;
  readonly attributes: readonly KeyJson[];
  readonly flags: number;
}

export interface SpanJson {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState: string;
  readonly parentSpanId: string;
  readonly flags: number;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly KeyJson[];
  readonly droppedAttributesCount: number;
  readonly events: readonly EventJson[];
  readonly links: readonly LinkJson[];
  readonly status: { readonly message: string; readonly code: number };
}

export interface TraceRequestJson {
  readonly resourceSpans: readonly {
    readonly resource: ResourceJson;
    readonly scopeSpans: readonly {
      readonly scope: ScopeJson;
      readonly spans: readonly SpanJson[];
      readonly schemaUrl: string;
    }[];
    readonly schemaUrl: string;
  }[];
}

const traceState = fc.constantFrom(
  '',
  'vendor=x',
  'ot=th:c',
  'ot=rv:1234;th:8,other=y',
  'ot=th:zz',
);
const traceId = hexOf(16).filter((hex) => !/^0*$/.test(hex));
const spanId = hexOf(8).filter((hex) => !/^0*$/.test(hex));

const span: fc.Arbitrary<SpanJson> = fc.record({
  traceId,
  spanId,
  traceState,
  parentSpanId: fc.oneof(hexOf(8), fc.constantFrom('', '0'.repeat(16))),
  flags: fc.constantFrom(0, 1, 0x100),
  name: fc.oneof(text, fc.constantFrom('GET /users', '发送消息')),
  kind: fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 200),
  startTimeUnixNano: time.map(String),
  endTimeUnixNano: time.map(String),
  attributes,
  droppedAttributesCount: fc.constantFrom(0, 3),
  events: fc.array(fc.record({ timeUnixNano: time.map(String), name: text, attributes }), {
    maxLength: 3,
  }),
  links: fc.array(
    fc.record({
      traceId: fc.oneof(traceId, fc.constant('')),
      spanId,
      traceState,
      attributes,
      flags: fc.constantFrom(0, 1),
    }),
    { maxLength: 2 },
  ),
  status: fc.record({ message: text, code: fc.constantFrom(0, 1, 2, 3) }),
});

export const otlpTraceRequests: fc.Arbitrary<TraceRequestJson> = fc.record({
  resourceSpans: fc.array(
    fc.record({
      resource,
      scopeSpans: fc.array(
        fc.record({
          scope,
          spans: fc.array(span, { maxLength: 5 }),
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

export function traceProtobufOf(request: TraceRequestJson): Buffer {
  const binary = (hex: string): Buffer => Buffer.from(hex, 'hex');
  const message = Request.fromObject({
    resourceSpans: request.resourceSpans.map((resourceSpans) => ({
      ...resourceSpans,
      scopeSpans: resourceSpans.scopeSpans.map((scopeSpans) => ({
        ...scopeSpans,
        spans: scopeSpans.spans.map((each) => ({
          ...each,
          traceId: binary(each.traceId),
          spanId: binary(each.spanId),
          parentSpanId: binary(each.parentSpanId),
          links: each.links.map((link) => ({
            ...link,
            traceId: binary(link.traceId),
            spanId: binary(link.spanId),
          })),
        })),
      })),
    })),
  });
  return Buffer.from(Request.encode(message).finish());
}

/** As a conforming sender writes it. */
export function traceJsonOf(request: TraceRequestJson): Buffer {
  return Buffer.from(JSON.stringify(request, namedDoubles));
}

/** What the rows of a request's spans must hold. */
export function expectedSpanRows(request: TraceRequestJson): ExpectedRow[] {
  return request.resourceSpans.flatMap((resourceSpans) =>
    resourceSpans.scopeSpans.flatMap((scopeSpans) =>
      scopeSpans.spans.map((each) => ({
        ...spanRow(each),
        ...resourceColumns(resourceSpans.resource, resourceSpans.schemaUrl),
        ...scopeColumns(scopeSpans.scope, scopeSpans.schemaUrl),
      })),
    ),
  );
}

const KINDS = ['Unspecified', 'Internal', 'Server', 'Client', 'Producer', 'Consumer'];
const STATUSES = ['Unset', 'Ok', 'Error'];
const ADJUSTED_COUNTS: ReadonlyMap<string, number> = new Map([
  ['ot=th:c', 4],
  ['ot=rv:1234;th:8,other=y', 2],
]);

function spanRow(each: SpanJson): ExpectedRow {
  const start = BigInt(each.startTimeUnixNano);
  const end = BigInt(each.endTimeUnixNano);
  const isBelieved = start >= 946_684_800_000_000_000n && start <= ORACLE_NOW_NS + DAY_NS;
  const isTimed = start !== 0n && end !== 0n;
  const flat = flatOf(each.attributes);
  const unnamed = flat.get('');
  flat.delete('');
  if (isTimed && end < start) addTo(flat, 'tendril.original_end_timestamp', String(end));
  if (!isBelieved && start !== 0n) addTo(flat, 'tendril.original_timestamp', String(start));
  return {
    Timestamp: isBelieved ? start : ORACLE_NOW_NS,
    ObservedTimestamp: ORACLE_NOW_NS,
    TraceId: each.traceId,
    SpanId: each.spanId,
    ParentSpanId: /^0*$/.test(each.parentSpanId) ? '' : each.parentSpanId,
    TraceState: each.traceState,
    SpanName: each.name,
    SpanKind: KINDS[each.kind] ?? 'Unspecified',
    Duration: isTimed && end > start ? end - start : 0n,
    StatusCode: STATUSES[each.status.code] ?? 'Unset',
    StatusMessage: each.status.message,
    AdjustedCount: ADJUSTED_COUNTS.get(each.traceState) ?? 1,
    'Events.Timestamp': each.events.map(({ timeUnixNano }) =>
      BigInt.asIntN(64, BigInt(timeUnixNano)),
    ),
    'Events.Name': each.events.map(({ name }) => name),
    'Links.TraceId': each.links.map((link) => link.traceId),
    'Links.SpanId': each.links.map((link) => link.spanId),
    'Links.TraceState': each.links.map((link) => link.traceState),
    'Events.Attributes': each.events.map((event) => allTexts(event.attributes)),
    'Links.Attributes': each.links.map((link) => allTexts(link.attributes)),
    Attributes: flat,
    AttributesOverflow: new Map(unnamed === undefined ? [] : [['', textOf(unnamed)]]),
  };
}

function addTo(flat: Map<string, Flat>, name: string, value: string): void {
  if (!flat.has(name)) flat.set(name, value);
}

function allTexts(entries: readonly KeyJson[]): Map<string, string> {
  return texts(flatOf(entries));
}
