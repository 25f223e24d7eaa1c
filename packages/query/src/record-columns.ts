/** What the columns of `logs` hold for a record in memory. */
import type { AttributeScalar, AttributeValue } from '@tendril/model/attribute';
import { durationUnitOfKey, parseDurationNs } from '@tendril/model/duration';
import { LOG_FIELDS } from '@tendril/model/fields';
import type { LogRecord } from '@tendril/model/log-record';

import type { HexColumn, TimeColumn } from './resolved.ts';

/**
 * Columns that the writer fills from attributes, of the first one that the record had. A record does
 * not tell that order, so who has the columns should hand them in; without them the order of the
 * field registry decides, which differs only where a record states two users, two callers and so on.
 */
export interface DomainColumns {
  readonly UserId: string;
  readonly ConnectionId: string;
  readonly ConversationId: string;
  readonly ErrorCode: string;
  readonly Caller: string;
  /** 0 where the record states none. */
  readonly DurationNs: bigint;
}

export interface RecordView {
  readonly record: LogRecord;
  readonly domain: DomainColumns | undefined;
  readonly skeletonIdOf?: ((record: LogRecord) => bigint) | undefined;
}

export function columnText({ record, domain }: RecordView, column: string): string {
  switch (column) {
    case 'ServiceName':
      return record.serviceName;
    case 'Environment':
      return record.environment;
    case 'SeverityText':
      return record.severityText;
    case 'TraceId':
      return record.traceId;
    case 'SpanId':
      return record.spanId;
    case 'OperationId':
      return record.operationId;
    case 'ScopeName':
      return record.scope.name;
    case 'EventName':
      return storedText(record.attributes['event.name']);
    case 'UserId':
    case 'ConnectionId':
    case 'ConversationId':
    case 'ErrorCode':
    case 'Caller':
      return domain ? domain[column] : storedText(sourceOf(record, column)?.value);
    default:
      return '';
  }
}

export function hexText({ record }: RecordView, column: HexColumn): string {
  return column === 'RecordId' ? record.id : record.patternId;
}

export function timeOf({ record }: RecordView, column: TimeColumn): bigint {
  return BigInt(column === 'Timestamp' ? record.timestamp : record.observedTimestamp);
}

export function durationOf({ record, domain }: RecordView): bigint {
  if (domain) return domain.DurationNs;
  const source = sourceOf(record, 'DurationNs');
  if (!source) return 0n;
  const ns = parseDurationNs(storedText(source.value), durationUnitOfKey(source.key));
  return ns === undefined ? 0n : BigInt(Math.round(ns));
}

/** As maps of text and the domain columns store a value; arrays become JSON. */
export function storedText(value: AttributeValue | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'object' ? `[${value.map(elementText).join(',')}]` : String(value);
}

function elementText(element: AttributeScalar): string {
  return typeof element === 'string' ? JSON.stringify(element) : String(element);
}

const SOURCE_KEYS: ReadonlyMap<string, readonly string[]> = new Map(
  LOG_FIELDS.map((field) => [field.column, field.sourceKeys]),
);

function sourceOf(
  { attributes }: LogRecord,
  column: string,
): { readonly key: string; readonly value: AttributeValue } | undefined {
  for (const key of SOURCE_KEYS.get(column) ?? []) {
    const value = Object.hasOwn(attributes, key) ? attributes[key] : undefined;
    if (value !== undefined) return { key, value };
  }
  return undefined;
}
