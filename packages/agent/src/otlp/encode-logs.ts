/** Records as an OTLP `ExportLogsServiceRequest` (opentelemetry-proto 1.11, logs/v1 and common/v1). */
import type { AttributeScalar, AttributeValue, Attributes } from '@tendril/model/attribute';
import type { LogRecord } from '@tendril/model/log-record';
import type { ProtobufWriter } from './protobuf-writer.ts';

/** Tells the server that the lines were joined and parsed. */
const PARSED_MARK = 'tendril.parsed';
const OPERATION_KEY = 'operationID';
const ORIGINAL_KEY = 'log.record.original';
const EVENT_KEY = 'event.name';

/**
 * Records of one resource and scope that follow each other share them on the wire. Each is asked for once, in
 * order, and let go of at once: thousands of them would outlive a collection of young memory (`bench agent`).
 */
export function encodeLogs(
  writer: ProtobufWriter,
  count: number,
  recordAt: (row: number) => LogRecord,
): void {
  const records = new RecordRows(count, recordAt);
  for (let { current } = records; current; { current } = records) {
    const { resource } = current;
    writer.message(1, () => {
      writer.message(1, () => putAttributes(writer, 1, resource));
      while (records.current?.resource === resource) putScope(writer, records, resource);
    });
  }
}

class RecordRows {
  current: LogRecord | undefined;
  private row = 0;
  private readonly count: number;
  private readonly recordAt: (row: number) => LogRecord;

  constructor(count: number, recordAt: (row: number) => LogRecord) {
    this.count = count;
    this.recordAt = recordAt;
    this.current = count > 0 ? recordAt(0) : undefined;
  }

  next(): void {
    this.row += 1;
    this.current = this.row < this.count ? this.recordAt(this.row) : undefined;
  }
}

function putScope(writer: ProtobufWriter, records: RecordRows, resource: Attributes): void {
  const { name, version, ...attributes } = records.current?.scope ?? { name: '' };
  const isSame = (record: LogRecord | undefined): record is LogRecord =>
    record?.resource === resource && record.scope['name'] === name;
  writer.message(2, () => {
    writer.message(1, () => {
      writer.text(1, name ?? '');
      if (version !== undefined) writer.text(2, String(version));
      putAttributes(writer, 3, { ...attributes, [PARSED_MARK]: true });
    });
    for (let { current } = records; isSame(current); { current } = records) {
      const record = current;
      writer.message(2, () => putRecord(writer, record));
      records.next();
    }
  });
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
