/** The one place where a row of the table `traces` becomes a `Span`. */
import type { Attributes } from '@tendril/model/attribute';
import { formatRecordId } from '@tendril/model/record-id';
import {
  SPAN_KINDS,
  SPAN_STATUSES,
  type Span,
  type SpanEvent,
  type SpanKind,
  type SpanLink,
  type SpanStatus,
} from '@tendril/model/span';
import { EMPTY_SQL, sql, type Sql } from '@tendril/sql/sql';
import { flatAttributes } from '../logs/json-object.ts';
import { typedAttributes } from '../logs/typed-attributes.ts';
import type { LogReader } from '../logs/log-reader.ts';
import { RECORD_SETTINGS } from '../logs/record-row.ts';
import type { EngineRow, RowShape } from '../logs/row-shape.ts';

/** As `RECORD_COLUMNS`; keys and values of maps come apart, since an object reorders keys like "1". */
const SPAN_COLUMNS: Sql = sql`toString(toUnixTimestamp64Nano(Timestamp)) AS timestamp,
  toString(RecordId) AS recordId,
  toString(Duration) AS durationNs,
  TraceId AS traceId,
  SpanId AS spanId,
  ParentSpanId AS parentSpanId,
  TraceState AS traceState,
  SpanName AS name,
  SpanKind AS kind,
  StatusCode AS status,
  StatusMessage AS statusMessage,
  ServiceName AS serviceName,
  Environment AS environment,
  OperationId AS operationId,
  toString(ResourceId) AS resourceId,
  ScopeName AS scopeName,
  ScopeVersion AS scopeVersion,
  ScopeAttributes AS scopeAttributes,
  toJSONString(Attributes) AS attributes,
  AttributesOverflow AS attributesOverflow,
  arrayMap(t -> toString(toUnixTimestamp64Nano(t)), Events.Timestamp) AS eventTimestamps,
  Events.Name AS eventNames,
  arrayMap(m -> mapKeys(m), Events.Attributes) AS eventKeys,
  arrayMap(m -> mapValues(m), Events.Attributes) AS eventValues,
  Events.AttributeTypes AS eventTypes,
  Links.TraceId AS linkTraceIds,
  Links.SpanId AS linkSpanIds,
  Links.TraceState AS linkTraceStates,
  arrayMap(m -> mapKeys(m), Links.Attributes) AS linkKeys,
  arrayMap(m -> mapValues(m), Links.Attributes) AS linkValues,
  Links.AttributeTypes AS linkTypes`;

/** A row of `SPAN_COLUMNS`: the engine's own answer to our own statement. */
interface SpanRow {
  readonly timestamp: string;
  readonly recordId: string;
  readonly durationNs: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly name: string;
  readonly kind: string;
  readonly status: string;
  readonly statusMessage: string;
  readonly serviceName: string;
  readonly environment: string;
  readonly operationId: string;
  readonly resourceId: string;
  readonly scopeName: string;
  readonly scopeVersion: string;
  readonly scopeAttributes: Readonly<Record<string, string>>;
  readonly attributes: string;
  readonly attributesOverflow: Readonly<Record<string, string>>;
  readonly eventTimestamps: readonly string[];
  readonly eventNames: readonly string[];
  readonly eventKeys: readonly (readonly string[])[];
  readonly eventValues: readonly (readonly string[])[];
  readonly eventTypes: readonly string[];
  readonly linkTraceIds: readonly string[];
  readonly linkSpanIds: readonly string[];
  readonly linkTraceStates: readonly string[];
  readonly linkKeys: readonly (readonly string[])[];
  readonly linkValues: readonly (readonly string[])[];
  readonly linkTypes: readonly string[];
}

/** What a statement about spans selects. */
export const SPAN_SELECTION: Pick<
  RowShape<Span>,
  'table' | 'isConditionFirst' | 'definitions' | 'columns' | 'settings'
> = {
  table: sql`traces`,
  isConditionFirst: true,
  definitions: EMPTY_SQL,
  columns: SPAN_COLUMNS,
  settings: sql`\n${RECORD_SETTINGS}`,
};

export function spanRows(reader: LogReader): RowShape<Span> {
  return {
    ...SPAN_SELECTION,
    characters: (row) => {
      const { attributes, eventNames, linkSpanIds } = asSpanRow(row);
      return attributes.length + 256 * (1 + eventNames.length + linkSpanIds.length);
    },
    read: async (rows, options) => {
      const spanRowsRead = rows.map(asSpanRow);
      const ids = spanRowsRead.map(({ resourceId }) => resourceId);
      await reader.resources.load(ids, options);
      return spanRowsRead.map((row) => spanOfRow(row, reader.resources.get(row.resourceId)));
    },
  };
}

function asSpanRow(row: EngineRow): SpanRow {
  return row as unknown as SpanRow;
}

function spanOfRow(row: SpanRow, resource: Attributes): Span {
  return {
    id: formatRecordId(BigInt(row.recordId)),
    timestamp: row.timestamp,
    durationNs: row.durationNs,
    traceId: row.traceId,
    spanId: row.spanId,
    parentSpanId: row.parentSpanId,
    traceState: row.traceState,
    name: row.name,
    kind: spanKind(row.kind),
    status: spanStatus(row.status),
    statusMessage: row.statusMessage,
    serviceName: row.serviceName,
    environment: row.environment,
    operationId: row.operationId,
    resource,
    scope: {
      ...row.scopeAttributes,
      name: row.scopeName,
      ...(row.scopeVersion !== '' && { version: row.scopeVersion }),
    },
    attributes: attributesOf(row),
    events: row.eventNames.map((name, index) => eventOf(row, name, index)),
    links: row.linkSpanIds.map((spanId, index) => linkOf(row, spanId, index)),
  };
}

export function spanKind(stored: string): SpanKind {
  return named(SPAN_KINDS, stored);
}

export function spanStatus(stored: string): SpanStatus {
  return named(SPAN_STATUSES, stored);
}

/** The first name stands for what is unknown. */
function named<T extends string>(names: readonly [T, ...T[]], stored: string): T {
  const lower = stored.toLowerCase();
  return names.find((name) => name === lower) ?? names[0];
}

function attributesOf({ attributes, attributesOverflow }: SpanRow): Attributes {
  const flat = flatAttributes(attributes);
  for (const [key, value] of Object.entries(attributesOverflow)) flat[key] ??= value;
  return flat;
}

function eventOf(row: SpanRow, name: string, index: number): SpanEvent {
  return {
    timestamp: row.eventTimestamps[index] ?? '0',
    name,
    attributes: typedAttributes({
      keys: row.eventKeys[index] ?? [],
      values: row.eventValues[index] ?? [],
      types: row.eventTypes[index] ?? '',
    }),
  };
}

function linkOf(row: SpanRow, spanId: string, index: number): SpanLink {
  return {
    traceId: row.linkTraceIds[index] ?? '',
    spanId,
    traceState: row.linkTraceStates[index] ?? '',
    attributes: typedAttributes({
      keys: row.linkKeys[index] ?? [],
      values: row.linkValues[index] ?? [],
      types: row.linkTypes[index] ?? '',
    }),
  };
}
