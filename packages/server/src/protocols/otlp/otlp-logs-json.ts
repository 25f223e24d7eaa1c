/**
 * OTLP logs in JSON, with all that real senders do to it (json-fields.ts): the bytes of one
 * ExportLogsServiceRequest in, rows through the LogWriter out, equal to those of its protobuf form.
 *
 * A document that is no such request throws a `malformed` Failure; a record that cannot be read is refused
 * alone.
 */
import type { BatchSink } from '@tendril/columns/batch';
import type { LogBatch } from '@tendril/columns/log-batch';
import type { LogWriter } from '@tendril/intake/log-writer';
import type { WriteOutcome } from '@tendril/intake/request-state';
import { emptyAttributes, type Attributes } from '@tendril/model/attribute';
import { Failure, type RejectionCode } from '@tendril/model/failure';
import { anyValueText, flatten, TooDeep, type AnyEntry, type ValueSink } from './any-value.ts';
import { parseJsonDocument } from './json-document.ts';
import { anyValueOf, entriesOf, fieldOf, integerOf, listOf } from './json-fields.ts';
import { objectOf, textOf, WrongType, type JsonObject } from './json-fields.ts';

/** A nested value takes three levels of JSON (`{"arrayValue":{"values":[`), the request a few more. */
const JSON_LEVELS_PER_VALUE = 4;
const TRACE_ID_DIGITS = 32;
const SPAN_ID_DIGITS = 16;
const SEVERITY_NAMES = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
const SEVERITY_NAME = /^SEVERITY_NUMBER_([A-Z]+)([234]?)$/;
const BASE64_WARNING = 'ids came as base64; OTLP/JSON wants them in hex';

export function decodeOtlpLogsJson(
  body: Uint8Array,
  writer: LogWriter,
  sink: BatchSink<LogBatch>,
): WriteOutcome {
  const { nestingDepthMax } = writer.limits;
  const document = parseJsonDocument(body, nestingDepthMax * JSON_LEVELS_PER_VALUE);
  writer.open(sink);
  try {
    new LogsWalker(writer, nestingDepthMax).request(objectOf(document, 'the document'));
  } catch (thrown) {
    throw requestFailure(thrown);
  }
  return writer.outcome();
}

// Within a record such errors refuse the record; here they are about the request.
function requestFailure(thrown: unknown): unknown {
  if (!(thrown instanceof WrongType || thrown instanceof TooDeep)) return thrown;
  const detail = `cannot read the OTLP document: ${thrown.message}`;
  return new Failure({ code: 'malformed', detail });
}

/** Why one record is refused. */
class Refused extends Error {
  readonly code: RejectionCode;

  constructor(code: RejectionCode, reason: string) {
    super(reason);
    this.code = code;
  }
}

class LogsWalker {
  private readonly writer: LogWriter;
  private readonly depthMax: number;

  constructor(writer: LogWriter, depthMax: number) {
    this.writer = writer;
    this.depthMax = depthMax;
  }

  request(document: JsonObject): void {
    for (const item of listOf(fieldOf(document, 'resourceLogs'), 'resourceLogs')) {
      this.resourceLogs(objectOf(item, 'an element of resourceLogs'));
    }
  }

  private resourceLogs(object: JsonObject): void {
    const resource = objectOf(fieldOf(object, 'resource'), 'resource');
    const schemaUrl = textOf(fieldOf(object, 'schemaUrl'), 'schemaUrl');
    const attributes = this.sharedAttributes(resource);
    this.writer.useResource(this.writer.context.resource(attributes, schemaUrl));
    for (const item of listOf(fieldOf(object, 'scopeLogs'), 'scopeLogs')) {
      this.scopeLogs(objectOf(item, 'an element of scopeLogs'));
    }
  }

  private scopeLogs(object: JsonObject): void {
    const scope = objectOf(fieldOf(object, 'scope'), 'scope');
    this.writer.useScope(
      this.writer.context.scope({
        name: textOf(fieldOf(scope, 'name'), 'the name of a scope'),
        version: textOf(fieldOf(scope, 'version'), 'the version of a scope'),
        attributes: this.sharedAttributes(scope),
        schemaUrl: textOf(fieldOf(object, 'schemaUrl'), 'schemaUrl'),
      }),
    );
    for (const item of listOf(fieldOf(object, 'logRecords'), 'logRecords')) this.record(item);
  }

  private sharedAttributes(object: JsonObject): Attributes {
    const attributes = emptyAttributes();
    for (const { key, value } of this.entries(object)) {
      flatten(key, value, (name, _type, flat) => {
        attributes[name] ??= flat;
      });
    }
    return attributes;
  }

  private entries(object: JsonObject): readonly AnyEntry[] {
    return entriesOf(fieldOf(object, 'attributes'), this.depthMax);
  }

  private record(item: unknown): void {
    const { writer } = this;
    writer.begin();
    try {
      this.recordParts(objectOf(item, 'a log record'));
    } catch (thrown) {
      writer.reject(rejectionCode(thrown), (thrown as Error).message);
      return;
    }
    writer.end();
  }

  private recordParts(record: JsonObject): void {
    const { writer } = this;
    const timeNs = timeOf(record, 'timeUnixNano');
    const observedNs = timeOf(record, 'observedTimeUnixNano');
    if (timeNs !== undefined) writer.timeNs(timeNs);
    if (observedNs !== undefined) writer.observedTimeNs(observedNs);
    writer.severity(
      severityOf(fieldOf(record, 'severityNumber')),
      textOf(fieldOf(record, 'severityText'), 'severityText'),
    );
    writer.body(anyValueText(anyValueOf(objectOf(fieldOf(record, 'body'), 'body'), this.depthMax)));
    for (const { key, value } of this.entries(record)) flatten(key, value, this.putAttribute);
    writer.traceFlags(Number(integerOf(fieldOf(record, 'flags'), 'flags') ?? 0n));
    writer.eventName(textOf(fieldOf(record, 'eventName'), 'eventName'));
    writer.traceId(this.idOf(record, 'traceId', TRACE_ID_DIGITS));
    writer.spanId(this.idOf(record, 'spanId', SPAN_ID_DIGITS));
  }

  private readonly putAttribute: ValueSink = (name, type, value) => {
    this.writer.attributeOfKind(name, type, value);
  };

  // Hex in lower case, or empty.
  private idOf(record: JsonObject, name: string, digits: number): string {
    const text = textOf(fieldOf(record, name), name);
    if (text === '' || (text.length === digits && /^[0-9a-f]+$/i.test(text))) {
      return text.toLowerCase();
    }
    const bytes = Buffer.from(text, 'base64');
    if (bytes.length * 2 !== digits || bytes.toString('base64') !== text) {
      throw new Refused('bad_id', `${name} is not ${digits} hex digits`);
    }
    this.writer.warn(BASE64_WARNING);
    return bytes.toString('hex');
  }
}

function rejectionCode(thrown: unknown): RejectionCode {
  if (thrown instanceof Refused) return thrown.code;
  if (thrown instanceof TooDeep) return 'too_deep';
  if (thrown instanceof WrongType) return 'malformed';
  throw thrown;
}

function timeOf(record: JsonObject, name: string): bigint | undefined {
  try {
    return integerOf(fieldOf(record, name), name);
  } catch (thrown) {
    throw thrown instanceof WrongType ? new Refused('bad_timestamp', thrown.message) : thrown;
  }
}

/** By number, by number in text or by name, as in `SEVERITY_NUMBER_INFO2`. */
function severityOf(value: unknown): number {
  const [, name = '', step = '1'] = SEVERITY_NAME.exec(String(value)) ?? [];
  const range = SEVERITY_NAMES.indexOf(name);
  if (range >= 0) return range * 4 + Number(step === '' ? '1' : step);
  if (value === 'SEVERITY_NUMBER_UNSPECIFIED') return 0;
  return Number(integerOf(value, 'severityNumber') ?? 0n);
}
