/**
 * A batch as an OTLP `ExportLogsServiceRequest` (opentelemetry-proto 1.11, logs/v1 and common/v1), from its columns
 * straight to the wire: records as objects cost a third of the agent's time (`bench agent`).
 */
import { ByteSource } from '@tendril/columns/byte-store';
import type { WordPairColumn } from '@tendril/columns/fixed-columns';
import { KIND } from '@tendril/columns/json-path';
import type { LogBatch } from '@tendril/columns/log-batch';
import type { LogResource, LogScope } from '@tendril/columns/log-resource';
import type { LowCardinalityColumn } from '@tendril/columns/low-cardinality-column';
import { PathCursor } from '@tendril/columns/path-cursor';
import type { TextCursor } from '@tendril/columns/text-cursor';
import { ORIGINAL_KEY, PARSED_MARK } from '@tendril/intake/shipped-lines';
import { putAttribute, putAttributes, putValue } from './put-attributes.ts';
import type { ProtobufWriter } from './protobuf-writer.ts';

const OPERATION_KEY = 'operationID';
const OPERATION: ByteSource = new ByteSource(Buffer.from(OPERATION_KEY));
const ORIGINAL: ByteSource = new ByteSource(Buffer.from(ORIGINAL_KEY));
const EVENT_KEY = 'event.name';

/** Likely lengths of lengths: a record has some hundred bytes, all records of a resource some hundred thousand. */
const RECORD_LENGTH_BYTES = 2;
const SHARED_LENGTH_BYTES = 3;

/** The rows of a batch, which is complete, written one after the other. */
export class LogsEncoder {
  private row = 0;
  private rowEnd = 0;
  private readonly writer: ProtobufWriter;
  private readonly batch: LogBatch;
  private readonly body: TextCursor;
  private readonly original: TextCursor;
  private readonly operationId: TextCursor;
  private readonly traceId: TextCursor;
  private readonly spanId: TextCursor;
  private readonly paths: readonly KeyedPath[];
  private readonly overflow: ReadonlyMap<number, readonly [string, string][]>;

  constructor(writer: ProtobufWriter, batch: LogBatch) {
    this.writer = writer;
    this.batch = batch;
    const { columns, rowCount } = batch;
    this.body = batch.body.cursor();
    this.original = columns.original.cursor();
    this.operationId = columns.operationId.cursor();
    this.traceId = columns.traceId.cursor();
    this.spanId = columns.spanId.cursor();
    this.paths = columns.attributes.active.map((path) => ({
      cursor: new PathCursor(path, rowCount),
      key: new ByteSource(Buffer.from(path.name)),
    }));
    this.overflow = overflowOf(batch);
  }

  /** Writes rows up to this one. Those of one resource and scope that follow each other share them on the wire. */
  putTo(rowEnd: number): void {
    this.rowEnd = rowEnd;
    const { batch, writer } = this;
    while (this.row < rowEnd) {
      const resource = batch.columns.resources.at(this.row);
      const begun = writer.begin(1, SHARED_LENGTH_BYTES);
      const message = writer.begin(1);
      putAttributes(writer, 1, resource?.attributes ?? {});
      writer.end(message);
      this.putScopesOf(resource);
      writer.end(begun);
    }
  }

  private putScopesOf(resource: LogResource | undefined): void {
    const { batch, writer } = this;
    const { resources, scopes } = batch.columns;
    while (this.row < this.rowEnd && resources.at(this.row) === resource) {
      const scope = scopes.at(this.row);
      const begun = writer.begin(2, SHARED_LENGTH_BYTES);
      putScope(writer, scope);
      while (
        this.row < this.rowEnd &&
        resources.at(this.row) === resource &&
        scopes.at(this.row) === scope
      ) {
        this.putRecord();
        this.row += 1;
      }
      writer.end(begun);
    }
  }

  private putRecord(): void {
    const { batch, body, row, writer } = this;
    const begun = writer.begin(2, RECORD_LENGTH_BYTES);
    putTime(writer, 1, batch.columns.timestamp, row);
    const severityNumber = batch.severityNumber.at(row);
    if (severityNumber > 0) writer.int64(2, severityNumber);
    putName(writer, 3, batch.severityText, row);
    body.next();
    const value = writer.begin(5, RECORD_LENGTH_BYTES);
    writer.textRange(1, body.source, body.start, body.end);
    writer.end(value);
    const { hasEventName, hasOperationId } = this.putRowAttributes();
    this.putOwnFields(hasOperationId);
    putTime(writer, 11, batch.columns.observedTimestamp, row);
    if (!hasEventName) putName(writer, 12, batch.eventName, row);
    writer.end(begun);
  }

  private putOwnFields(hasOperationId: boolean): void {
    const { operationId, original, spanId, traceId, writer } = this;
    operationId.next();
    if (operationId.end > operationId.start && !hasOperationId) {
      writer.textAttribute(6, OPERATION, operationId);
    }
    original.next();
    if (original.end > original.start) writer.textAttribute(6, ORIGINAL, original);
    traceId.next();
    if (traceId.end > traceId.start) {
      writer.hexRange(9, traceId.source, traceId.start, traceId.end);
    }
    spanId.next();
    if (spanId.end > spanId.start) writer.hexRange(10, spanId.source, spanId.start, spanId.end);
  }

  /** Which of those were there that a record has a field for as well. */
  private putRowAttributes(): OwnNames {
    const { overflow, row, writer } = this;
    let found = NO_NAMES;
    for (const { cursor, key } of this.paths) {
      if (!cursor.moveTo(row)) continue;
      if (cursor.name === EVENT_KEY) writer.text(12, String(cursor.take()));
      else putPath(writer, key, cursor);
      if (cursor.name === EVENT_KEY || cursor.name === OPERATION_KEY) {
        found = withName(found, cursor.name);
      }
    }
    for (const [key, value] of overflow.get(row) ?? []) {
      if (key === EVENT_KEY && !found.hasEventName) writer.text(12, value);
      else if (key !== EVENT_KEY) putAttribute(writer, 6, key, value);
      found = withName(found, key);
    }
    return found;
  }
}

interface KeyedPath {
  readonly cursor: PathCursor;
  readonly key: ByteSource;
}

interface OwnNames {
  readonly hasEventName: boolean;
  readonly hasOperationId: boolean;
}

const NO_NAMES: OwnNames = { hasEventName: false, hasOperationId: false };

function withName({ hasEventName, hasOperationId }: OwnNames, name: string): OwnNames {
  return {
    hasEventName: hasEventName || name === EVENT_KEY,
    hasOperationId: hasOperationId || name === OPERATION_KEY,
  };
}

function overflowOf({ columns }: LogBatch): ReadonlyMap<number, readonly [string, string][]> {
  const overflow = new Map<number, [string, string][]>();
  for (const { key, row, value } of columns.overflow.entries()) {
    const entries = overflow.get(row);
    if (entries) entries.push([key, value]);
    else overflow.set(row, [[key, value]]);
  }
  return overflow;
}

function putScope(writer: ProtobufWriter, scope: LogScope | undefined): void {
  const message = writer.begin(1);
  writer.text(1, scope?.name ?? '');
  if (scope && scope.version !== '') writer.text(2, scope.version);
  putAttributes(writer, 3, { ...scope?.attributes, [PARSED_MARK]: true });
  writer.end(message);
}

function putTime(writer: ProtobufWriter, field: number, column: WordPairColumn, row: number): void {
  writer.fixed64(field, column.lowAt(row), column.highAt(row));
}

function putName(
  writer: ProtobufWriter,
  field: number,
  column: LowCardinalityColumn,
  row: number,
): void {
  const index = column.indexAt(row);
  if (index === 0) return;
  const { dictionary } = column;
  const start = dictionary.startOf(index);
  writer.textRange(field, dictionary.store, start, dictionary.endOf(index));
}

function putPath(writer: ProtobufWriter, key: ByteSource, cursor: PathCursor): void {
  if (cursor.kind === KIND.text) {
    writer.textAttribute(6, key, cursor.text);
    return;
  }
  const attribute = writer.begin(6);
  writer.textRange(1, key, 0, key.bytes.length);
  const value = writer.begin(2);
  if (cursor.kind === KIND.int64) writer.int64Words(3, cursor.int64Low, cursor.int64High);
  else putValue(writer, cursor.take());
  writer.end(value);
  writer.end(attribute);
}
