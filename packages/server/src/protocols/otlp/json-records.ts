/**
 * What OTLP's requests have in common, in JSON: records lie in scopes, scopes in resources, and only
 * the names of the lists depend on the signal. Finds what records share and gives each to a reader.
 *
 * A document that is no such request throws a `malformed` Failure; a record that cannot be read is refused
 * alone.
 */
import { emptyAttributes, type Attributes } from '@tendril/model/attribute';
import { Failure, type RejectionCode } from '@tendril/model/failure';
import { flatten, TooDeep, type AnyEntry } from './any-value.ts';
import { parseJsonDocument } from './json-document.ts';
import { entriesOf, fieldOf, integerOf, listOf } from './json-fields.ts';
import { objectOf, textOf, WrongType, type JsonObject } from './json-fields.ts';
import type { ScopedWriter } from './protobuf-records.ts';

/** A nested value takes three levels of JSON (`{"arrayValue":{"values":[`), the request a few more. */
const JSON_LEVELS_PER_VALUE = 4;
const BASE64_WARNING = 'ids came as base64; OTLP/JSON wants them in hex';

/** What a writer of any signal does beside `ScopedWriter` when records come as JSON. */
export interface JsonRecordWriter extends Omit<ScopedWriter, 'read' | 'correctScope'> {
  begin(): void;
  end(): void;
  reject(code: RejectionCode, reason: string): void;
  warn(message: string): void;
}

export interface RecordNames {
  readonly resources: string;
  readonly scopes: string;
  readonly records: string;
  /** One of them, for messages. */
  readonly record: string;
}

/** Call after the writer was opened. `putRecord` throws when the record is to be refused. */
export function walkRecords(
  document: unknown,
  writer: JsonRecordWriter,
  { names, putRecord }: WalkOptions,
): void {
  try {
    new RequestWalker(writer, { names, putRecord }).request(objectOf(document, 'the document'));
  } catch (thrown) {
    throw requestFailure(thrown);
  }
}

interface WalkOptions {
  readonly names: RecordNames;
  readonly putRecord: (record: JsonObject) => void;
}

export function parseOtlpJson(
  body: Uint8Array,
  { nestingDepthMax }: JsonRecordWriter['limits'],
): unknown {
  return parseJsonDocument(body, nestingDepthMax * JSON_LEVELS_PER_VALUE);
}

// Within a record such errors refuse the record; here they are about the request.
function requestFailure(thrown: unknown): unknown {
  if (!(thrown instanceof WrongType || thrown instanceof TooDeep)) return thrown;
  const detail = `cannot read the OTLP document: ${thrown.message}`;
  return new Failure({ code: 'malformed', detail });
}

/** Why one record is refused. */
export class Refused extends Error {
  readonly code: RejectionCode;

  constructor(code: RejectionCode, reason: string) {
    super(reason);
    this.code = code;
  }
}

class RequestWalker {
  private readonly writer: JsonRecordWriter;
  private readonly options: WalkOptions;

  constructor(writer: JsonRecordWriter, options: WalkOptions) {
    this.writer = writer;
    this.options = options;
  }

  request(document: JsonObject): void {
    const { resources } = this.options.names;
    for (const item of listOf(fieldOf(document, resources), resources)) {
      this.resource(objectOf(item, `an element of ${resources}`));
    }
  }

  private resource(object: JsonObject): void {
    const { scopes } = this.options.names;
    const resource = objectOf(fieldOf(object, 'resource'), 'resource');
    const schemaUrl = textOf(fieldOf(object, 'schemaUrl'), 'schemaUrl');
    const attributes = this.sharedAttributes(resource);
    this.writer.useResource(this.writer.context.resource(attributes, schemaUrl));
    for (const item of listOf(fieldOf(object, scopes), scopes)) {
      this.scope(objectOf(item, `an element of ${scopes}`));
    }
  }

  private scope(object: JsonObject): void {
    const { records } = this.options.names;
    const scope = objectOf(fieldOf(object, 'scope'), 'scope');
    this.writer.useScope(
      this.writer.context.scope({
        name: textOf(fieldOf(scope, 'name'), 'the name of a scope'),
        version: textOf(fieldOf(scope, 'version'), 'the version of a scope'),
        attributes: this.sharedAttributes(scope),
        schemaUrl: textOf(fieldOf(object, 'schemaUrl'), 'schemaUrl'),
      }),
    );
    for (const item of listOf(fieldOf(object, records), records)) this.record(item);
  }

  private sharedAttributes(object: JsonObject): Attributes {
    const attributes = emptyAttributes();
    for (const { key, value } of attributeEntries(object, this.writer)) {
      flatten(key, value, (name, _type, flat) => {
        attributes[name] ??= flat;
      });
    }
    return attributes;
  }

  private record(item: unknown): void {
    const { writer } = this;
    const { names, putRecord } = this.options;
    writer.begin();
    try {
      putRecord(objectOf(item, names.record));
    } catch (thrown) {
      writer.reject(rejectionCode(thrown), (thrown as Error).message);
      return;
    }
    writer.end();
  }
}

/** The attributes of a record, an event, a resource …. */
export function attributeEntries(
  object: JsonObject,
  { limits }: Pick<JsonRecordWriter, 'limits'>,
): readonly AnyEntry[] {
  return entriesOf(fieldOf(object, 'attributes'), limits.nestingDepthMax);
}

/** An id in hex of lower case, or empty. */
export function idOf(
  record: JsonObject,
  { name, digits }: { readonly name: string; readonly digits: number },
  { warn }: { readonly warn: (message: string) => void },
): string {
  const text = textOf(fieldOf(record, name), name);
  if (text === '' || (text.length === digits && /^[0-9a-f]+$/i.test(text))) {
    return text.toLowerCase();
  }
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length * 2 !== digits || bytes.toString('base64') !== text) {
    throw new Refused('bad_id', `${name} is not ${digits} hex digits`);
  }
  warn(BASE64_WARNING);
  return bytes.toString('hex');
}

/** Throws a Refused when it is no time. */
export function timeOf(record: JsonObject, name: string): bigint | undefined {
  try {
    return integerOf(fieldOf(record, name), name);
  } catch (thrown) {
    throw thrown instanceof WrongType ? new Refused('bad_timestamp', thrown.message) : thrown;
  }
}

function rejectionCode(thrown: unknown): RejectionCode {
  if (thrown instanceof Refused) return thrown.code;
  if (thrown instanceof TooDeep) return 'too_deep';
  if (thrown instanceof WrongType) return 'malformed';
  throw thrown;
}
