/**
 * OTLP logs in JSON, with all that real senders do to it (json-fields.ts): the bytes of one
 * ExportLogsServiceRequest in, rows through the LogWriter out, equal to those of its protobuf form.
 */
import type { BatchSink } from '@tendril/columns/batch';
import type { LogBatch } from '@tendril/columns/log-batch';
import type { LogWriter } from '@tendril/intake/log-writer';
import type { WriteOutcome } from '@tendril/intake/request-state';
import { anyValueText, flatten, type AnyValue, type ValueSink } from './any-value.ts';
import { anyValueOf, fieldOf, integerOf, objectOf, textOf } from './json-fields.ts';
import type { JsonObject } from './json-fields.ts';
import { RecordBody } from './record-body.ts';
import { attributeEntries, idOf, parseOtlpJson, timeOf, walkRecords } from './json-records.ts';

const NAMES = {
  resources: 'resourceLogs',
  scopes: 'scopeLogs',
  records: 'logRecords',
  record: 'a log record',
} as const;
const TRACE_ID = { name: 'traceId', digits: 32 } as const;
const SPAN_ID = { name: 'spanId', digits: 16 } as const;
const SEVERITY_NAMES = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
const SEVERITY_NAME = /^SEVERITY_NUMBER_([A-Z]+)([234]?)$/;

export function decodeOtlpLogsJson(
  body: Uint8Array,
  writer: LogWriter,
  sink: BatchSink<LogBatch>,
): WriteOutcome {
  const document = parseOtlpJson(body, writer.limits);
  writer.open(sink);
  const lines = new RecordBody(writer);
  const putOne = (record: JsonObject): void => putRecord(record, writer, lines);
  walkRecords(document, writer, { names: NAMES, putRecord: putOne });
  return writer.outcome();
}

function putRecord(record: JsonObject, writer: LogWriter, lines: RecordBody): void {
  const timeNs = timeOf(record, 'timeUnixNano');
  const observedNs = timeOf(record, 'observedTimeUnixNano');
  if (timeNs !== undefined) writer.timeNs(timeNs);
  if (observedNs !== undefined) writer.observedTimeNs(observedNs);
  const severityNumber = severityOf(fieldOf(record, 'severityNumber'));
  const severityText = textOf(fieldOf(record, 'severityText'), 'severityText');
  writer.severity(severityNumber, severityText);
  const body = anyValueOf(objectOf(fieldOf(record, 'body'), 'body'), writer.limits.nestingDepthMax);
  const putAttribute: ValueSink = (name, type, value) => writer.attributeOfKind(name, type, value);
  for (const { key, value } of attributeEntries(record, writer)) flatten(key, value, putAttribute);
  const bodyText = anyValueText(body);
  const isLine = severityNumber === 0 && severityText === '' && isText(body);
  if (!isLine || !lines.put(bodyText)) writer.body(bodyText);
  writer.traceFlags(Number(integerOf(fieldOf(record, 'flags'), 'flags') ?? 0n));
  writer.eventName(textOf(fieldOf(record, 'eventName'), 'eventName'));
  const warn = (message: string): void => writer.warn(message);
  writer.traceId(idOf(record, TRACE_ID, { warn }));
  writer.spanId(idOf(record, SPAN_ID, { warn }));
}

function isText(body: AnyValue): boolean {
  return body.kind === 'scalar' && typeof body.value === 'string';
}

/** By number, by number in text or by name, as in `SEVERITY_NUMBER_INFO2`. */
function severityOf(value: unknown): number {
  const [, name = '', step = '1'] = SEVERITY_NAME.exec(String(value)) ?? [];
  const range = SEVERITY_NAMES.indexOf(name);
  if (range >= 0) return range * 4 + Number(step === '' ? '1' : step);
  if (value === 'SEVERITY_NUMBER_UNSPECIFIED') return 0;
  return Number(integerOf(value, 'severityNumber') ?? 0n);
}
