/** Records as an OTLP `ExportLogsServiceRequest` (opentelemetry-proto 1.11, logs/v1 and common/v1). */
import type { AttributeScalar, AttributeValue, Attributes } from '@tendril/model/attribute';
import type { LogRecord } from '@tendril/model/log-record';
import type { ProtobufWriter } from './protobuf-writer.ts';

/** Tells the server that the lines were joined and parsed. */
const PARSED_MARK = 'tendril.parsed';
const OPERATION_KEY = 'operationID';
const ORIGINAL_KEY = 'log.record.original';
const EVENT_KEY = 'event.name';

/** Records of one resource and scope that follow each other share them on the wire. */
export function encodeLogs(writer: ProtobufWriter, records: readonly LogRecord[]): void {
  for (const resourceRun of runsOf(records, ({ resource }) => resource)) {
    writer.message(1, () => {
      writer.message(1, () => putAttributes(writer, 1, resourceRun[0]?.resource ?? {}));
      for (const scopeRun of runsOf(resourceRun, ({ scope }) => scope['name'])) {
        writer.message(2, () => putScope(writer, scopeRun));
      }
    });
  }
}

function putScope(writer: ProtobufWriter, records: readonly LogRecord[]): void {
  const { name, version, ...attributes } = records[0]?.scope ?? { name: '' };
  writer.message(1, () => {
    writer.text(1, name ?? '');
    if (version !== undefined) writer.text(2, String(version));
    putAttributes(writer, 3, { ...attributes, [PARSED_MARK]: true });
  });
  for (const record of records) writer.message(2, () => putRecord(writer, record));
}

function putRecord(writer: ProtobufWriter, record: LogRecord): void {
  writer.fixed64(1, BigInt(record.timestamp));
  if (record.severityNumber > 0) writer.int64(2, record.severityNumber);
  if (record.severityText !== '') writer.text(3, record.severityText);
  writer.message(5, () => writer.text(1, record.body));
  const { attributes, operationId, original } = record;
  const { [EVENT_KEY]: eventName, ...others } = attributes;
  putAttributes(writer, 6, others);
  if (operationId !== '' && !(OPERATION_KEY in attributes)) {
    putAttribute(writer, 6, OPERATION_KEY, operationId);
  }
  if (original !== '') putAttribute(writer, 6, ORIGINAL_KEY, original);
  if (record.traceId !== '') writer.hex(9, record.traceId);
  if (record.spanId !== '') writer.hex(10, record.spanId);
  writer.fixed64(11, BigInt(record.observedTimestamp));
  if (eventName !== undefined) writer.text(12, String(eventName));
}

function putAttributes(writer: ProtobufWriter, field: number, attributes: Attributes): void {
  for (const key of Object.keys(attributes)) {
    const value = attributes[key];
    if (value !== undefined) putAttribute(writer, field, key, value);
  }
}

function putAttribute(
  writer: ProtobufWriter,
  field: number,
  key: string,
  value: AttributeValue,
): void {
  writer.message(field, () => {
    writer.text(1, key);
    writer.message(2, () => putValue(writer, value));
  });
}

function putValue(writer: ProtobufWriter, value: AttributeValue): void {
  if (typeof value !== 'object') {
    putScalar(writer, value);
    return;
  }
  writer.message(5, () => {
    for (const element of value) writer.message(1, () => putScalar(writer, element));
  });
}

function putScalar(writer: ProtobufWriter, value: AttributeScalar): void {
  if (typeof value === 'string') writer.text(1, value);
  else if (typeof value === 'boolean') writer.bool(2, value);
  else if (typeof value === 'bigint' || Number.isSafeInteger(value)) writer.int64(3, value);
  else writer.double(4, value);
}

/** Neighbours that are alike, in order. */
function runsOf<T>(items: readonly T[], keyOf: (item: T) => unknown): T[][] {
  const runs: T[][] = [];
  let key: unknown;
  for (const item of items) {
    const own = keyOf(item);
    const run = runs.at(-1);
    if (run && own === key) run.push(item);
    else runs.push([item]);
    key = own;
  }
  return runs;
}
