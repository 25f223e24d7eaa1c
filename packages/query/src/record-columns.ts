/** What the columns of `logs` hold for a record: the domain columns come from its attributes. */
import type { AttributeValue } from '@tendril/model/attribute';
import { LOG_FIELDS } from '@tendril/model/fields';
import type { LogRecord } from '@tendril/model/log-record';

import { durationNs, unitNsOfKey } from './quantity.ts';
import type { HexColumn, TimeColumn } from './resolved.ts';

export function columnText(record: LogRecord, column: string): string {
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
      return textOf(record.attributes['event.name']);
    default:
      return textOf(sourceOf(record, column)?.value);
  }
}

export function hexText(record: LogRecord, column: HexColumn): string {
  return column === 'RecordId' ? record.id : record.patternId;
}

export function timeOf(record: LogRecord, column: TimeColumn): bigint {
  return BigInt(column === 'Timestamp' ? record.timestamp : record.observedTimestamp);
}

/** 0 where the record states none. */
export function durationOf(record: LogRecord): bigint {
  const source = sourceOf(record, 'DurationNs');
  if (!source) return 0n;
  const { key, value } = source;
  const ns =
    typeof value === 'string' ? durationNs(value) : Number(value) * (unitNsOfKey(key) ?? 1e6);
  return ns !== undefined && Number.isFinite(ns) ? BigInt(Math.round(ns)) : 0n;
}

/** Resource attributes are stored as text. */
export function resourceText(value: AttributeValue): string {
  return textOf(value);
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

function textOf(value: AttributeValue | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
