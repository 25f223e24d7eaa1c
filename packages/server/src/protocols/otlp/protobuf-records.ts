/**
 * What OTLP's requests have in common, in protobuf: records lie in scopes, scopes in resources, with
 * the same field numbers for every signal. Finds what records share and gives each to a reader.
 *
 * A request that is not protobuf throws a `malformed` Failure.
 */
import type { LogResource, LogScope } from '@tendril/columns/log-resource';
import type { LogContext } from '@tendril/intake/log-context';
import { emptyAttributes, type AttributeValue } from '@tendril/model/attribute';
import type { Limits } from '@tendril/model/limits';
import { flatten, TooDeep } from './any-value.ts';
import { KeyValueReader } from './key-value-reader.ts';
import { readText } from './protobuf-any-value.ts';
import { ProtobufCursor } from './protobuf-cursor.ts';

// Tags: field number times 8 plus wire type.
const FIELD_1_BYTES = 10;
const FIELD_2_BYTES = 18;
const FIELD_3_BYTES = 26;

/** What a writer of any signal does for the records of a scope. */
export interface ScopedWriter {
  readonly context: LogContext;
  readonly limits: Limits;
  read(bytes: Uint8Array): unknown;
  useResource(resource: LogResource): void;
  useScope(scope: LogScope): void;
  correctScope(scope: LogScope): void;
}

/** Reads one record, from the cursor's position to `end`. */
export interface RecordReader {
  /** Of the records that follow. */
  useScope(scope: LogScope): void;
  read(end: number): void;
}

export function readRecords(
  body: Uint8Array,
  writer: ScopedWriter,
  readerOf: (cursor: ProtobufCursor) => RecordReader,
): void {
  new RequestReader(body, writer, readerOf).request();
}

class RequestReader {
  private readonly cursor: ProtobufCursor;
  private readonly writer: ScopedWriter;
  private readonly keyValues: KeyValueReader;
  private readonly records: RecordReader;
  private readonly text: Buffer;

  constructor(
    body: Uint8Array,
    writer: ScopedWriter,
    readerOf: (cursor: ProtobufCursor) => RecordReader,
  ) {
    this.cursor = new ProtobufCursor(body);
    this.writer = writer;
    this.keyValues = new KeyValueReader(this.cursor, writer.limits.nestingDepthMax);
    this.records = readerOf(this.cursor);
    this.text = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    writer.read(body);
  }

  request(): void {
    const { cursor } = this;
    const end = cursor.bytes.length;
    while (cursor.position < end) {
      const tag = cursor.tag();
      if (tag === FIELD_1_BYTES) this.resourceRecords(cursor.fieldEnd(end));
      else cursor.skipUnknown(tag, end, 1);
    }
    cursor.expectEnd(end);
  }

  // Fields may come in any order, so what the records share is found first.
  private resourceRecords(end: number): void {
    const { cursor } = this;
    const start = cursor.position;
    this.writer.useResource(this.resource(this.findShared(end)));
    cursor.position = start;
    while (cursor.position < end) {
      const tag = cursor.tag();
      if (tag === FIELD_2_BYTES) this.scopeRecords(cursor.fieldEnd(end));
      else cursor.skip(tag, end);
    }
  }

  // The scope nearly always comes first; what comes after the records is put right at the end, since
  // looking for it first would read all records twice.
  private scopeRecords(end: number): void {
    const { cursor, records, writer } = this;
    const shared = { start: 0, end: 0, schemaUrl: '' };
    let isLate = false;
    let hasRecords = false;
    while (cursor.position < end) {
      const tag = cursor.tag();
      if (tag === FIELD_2_BYTES) {
        if (!hasRecords) records.useScope(this.scopeAt(shared));
        hasRecords = true;
        records.read(cursor.fieldEnd(end));
        continue;
      }
      isLate = hasRecords;
      this.sharedField(tag, end, shared);
    }
    cursor.expectEnd(end);
    if (isLate) writer.correctScope(this.scopeAt(shared));
  }

  private findShared(end: number): Shared {
    const { cursor } = this;
    const shared = { start: 0, end: 0, schemaUrl: '' };
    while (cursor.position < end) {
      const tag = cursor.tag();
      if (tag === FIELD_2_BYTES) cursor.position = cursor.fieldEnd(end);
      else this.sharedField(tag, end, shared);
    }
    cursor.expectEnd(end);
    return shared;
  }

  // Messages of resources and of scopes are alike: 1 is what is shared, 2 the items, 3 the schema URL.
  private sharedField(tag: number, end: number, shared: Shared): void {
    const { cursor } = this;
    if (tag === FIELD_1_BYTES) {
      shared.end = cursor.fieldEnd(end);
      shared.start = cursor.position;
      cursor.position = shared.end;
    } else if (tag === FIELD_3_BYTES) shared.schemaUrl = readText(cursor, end);
    else cursor.skipUnknown(tag, end, 3);
  }

  private resource(shared: Shared): LogResource {
    const { context } = this.writer;
    return context.resourceOfBytes(this.rawKey(shared), () => {
      const { cursor } = this;
      const attributes = emptyAttributes();
      cursor.position = shared.start;
      while (cursor.position < shared.end) {
        const tag = cursor.tag();
        if (tag === FIELD_1_BYTES) this.sharedAttribute(cursor.fieldEnd(shared.end), attributes);
        else cursor.skip(tag, shared.end);
      }
      cursor.expectEnd(shared.end);
      return context.resource(attributes, shared.schemaUrl);
    });
  }

  // Leaves the cursor where it is.
  private scopeAt(shared: Shared): LogScope {
    const { position } = this.cursor;
    const scope = this.scope(shared);
    this.cursor.position = position;
    return scope;
  }

  private scope(shared: Shared): LogScope {
    const { context } = this.writer;
    return context.scopeOfBytes(this.rawKey(shared), () => {
      const { cursor } = this;
      const attributes = emptyAttributes();
      let name = '';
      let version = '';
      cursor.position = shared.start;
      while (cursor.position < shared.end) {
        const tag = cursor.tag();
        if (tag === FIELD_1_BYTES) name = readText(cursor, shared.end);
        else if (tag === FIELD_2_BYTES) version = readText(cursor, shared.end);
        else if (tag === FIELD_3_BYTES) {
          this.sharedAttribute(cursor.fieldEnd(shared.end), attributes);
        } else cursor.skip(tag, shared.end);
      }
      cursor.expectEnd(shared.end);
      return context.scope({ name, version, attributes, schemaUrl: shared.schemaUrl });
    });
  }

  private rawKey({ start, end, schemaUrl }: Shared): string {
    return `${schemaUrl}\n${this.text.toString('latin1', start, end)}`;
  }

  private sharedAttribute(end: number, attributes: Record<string, AttributeValue>): void {
    this.keyValues.read(end);
    try {
      flatten(this.keyValues.key(), this.keyValues.value(), (name, _type, value) => {
        attributes[name] ??= value;
      });
    } catch (thrown) {
      throw thrown instanceof TooDeep ? this.cursor.malformed(thrown.message) : thrown;
    }
    this.cursor.position = end;
  }
}

/** Extent of a Resource or InstrumentationScope, with the schema URL beside it. */
interface Shared {
  start: number;
  end: number;
  schemaUrl: string;
}
