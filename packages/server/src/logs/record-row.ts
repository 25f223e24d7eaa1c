/** The one place where a row of the table `logs` becomes a `LogRecord`. */
import type { Attributes } from '@tendril/model/attribute';
import type { LogRecord } from '@tendril/model/log-record';
import { formatRecordId } from '@tendril/model/record-id';
import { sql, type Sql } from '@tendril/sql/sql';
import { flatAttributes } from './json-object.ts';

/**
 * What a record is made from. Integers of 64 bits come as text, so that the numbers of attributes can
 * come as numbers (`RECORD_SETTINGS`); what attributes look like tells 12 from "12" then.
 */
export const RECORD_COLUMNS: Sql = sql`toString(toUnixTimestamp64Nano(Timestamp)) AS timestamp,
  toString(toUnixTimestamp64Nano(ObservedTimestamp)) AS observedTimestamp,
  toString(RecordId) AS recordId,
  SeverityText AS severityText,
  SeverityNumber AS severityNumber,
  ServiceName AS serviceName,
  Environment AS environment,
  Body AS body,
  Original AS original,
  EventName AS eventName,
  TraceId AS traceId,
  SpanId AS spanId,
  OperationId AS operationId,
  toString(PatternId) AS patternId,
  toString(ResourceId) AS resourceId,
  ScopeName AS scopeName,
  ScopeVersion AS scopeVersion,
  ScopeAttributes AS scopeAttributes,
  toJSONString(Attributes) AS attributes,
  AttributesOverflow AS attributesOverflow`;

/** At the end of every statement that selects `RECORD_COLUMNS`. */
export const RECORD_SETTINGS: Sql = sql`SETTINGS output_format_json_quote_64bit_integers = 0`;

/** A row of `RECORD_COLUMNS`: the engine's own answer to our own statement. */
export interface RecordRow {
  readonly timestamp: string;
  readonly observedTimestamp: string;
  readonly recordId: string;
  readonly severityText: string;
  readonly severityNumber: number;
  readonly serviceName: string;
  readonly environment: string;
  readonly body: string;
  readonly original: string;
  readonly eventName: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly operationId: string;
  readonly patternId: string;
  readonly resourceId: string;
  readonly scopeName: string;
  readonly scopeVersion: string;
  readonly scopeAttributes: Readonly<Record<string, string>>;
  readonly attributes: string;
  readonly attributesOverflow: Readonly<Record<string, string>>;
}

export function recordOfRow(row: RecordRow, resource: Attributes): LogRecord {
  return {
    id: formatRecordId(BigInt(row.recordId)),
    timestamp: row.timestamp,
    observedTimestamp: row.observedTimestamp,
    severityText: row.severityText,
    severityNumber: row.severityNumber,
    body: row.body,
    original: row.original,
    serviceName: row.serviceName,
    environment: row.environment,
    traceId: row.traceId,
    spanId: row.spanId,
    operationId: row.operationId,
    patternId: row.patternId === '0' ? '' : formatRecordId(BigInt(row.patternId)),
    resource,
    scope: {
      ...row.scopeAttributes,
      name: row.scopeName,
      ...(row.scopeVersion !== '' && { version: row.scopeVersion }),
    },
    attributes: attributesOf(row),
  };
}

// A key that has both a path and an overflow entry keeps what the path says, as the writer does.
function attributesOf({ attributes, attributesOverflow, eventName }: RecordRow): Attributes {
  const flat = flatAttributes(attributes);
  for (const [key, value] of Object.entries(attributesOverflow)) flat[key] ??= value;
  if (eventName !== '') flat['event.name'] ??= eventName;
  return flat;
}
