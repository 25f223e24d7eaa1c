/**
 * A batch of log records as columns of the table `logs`, with the rows for `resources` and
 * `log_fields` that go with them. Filled through intake's LogWriter, which enforces limits, redaction
 * and time rules; here is only the layout. Not shared: one writer fills a batch, one frame takes it.
 */
import { formatRecordId, recordId, type RecordIdParts } from '@tendril/model/record-id';
import type { AttributeValue } from '@tendril/model/attribute';
import type { LogRecord } from '@tendril/model/log-record';
import type { TimeRange } from '@tendril/model/time-range';
import type { AttributeKey } from './attribute-paths.ts';
import type { Batch, BatchMark, TableBlock } from './batch.ts';
import type { ByteSource } from './byte-store.ts';
import { SavedPositions, type Column } from './column.ts';
import { ByteColumn, WordPairColumn, bytesOf } from './fixed-columns.ts';
import { JsonColumn } from './json-column.ts';
import { KIND, type Kind } from './json-path.ts';
import { putJsonValue } from './json-value.ts';
import type { LogCatalog } from './log-catalog.ts';
import type { LogResource, LogScope } from './log-resource.ts';
import { LogRows } from './log-rows.ts';
import { LowCardinalityColumn } from './low-cardinality-column.ts';
import { MapColumn } from './map-column.ts';
import { encodeBlock, nativeColumn, readyColumn, type NativeColumn } from './native-block.ts';
import { SharedValues } from './shared-values.ts';
import { StringColumn } from './string-column.ts';
import { TimeSlots } from './time-slots.ts';

/** Bytes of a row in the columns of fixed width, and one for each value of no length. */
const FIXED_BYTES_PER_ROW = 72;
/** Of a value beside its bytes: its length and its type index. */
const VALUE_OVERHEAD_BYTES = 3;

interface LogBatchMark extends BatchMark {
  readonly positions: SavedPositions;
  readonly valueBytes: number;
}

/** Nanoseconds since 1970 as a double are exact to this many. */
const DOUBLE_SLACK = 2048n;

export class LogBatch implements Batch {
  rowCount = 0;
  readonly timestamp: WordPairColumn = new WordPairColumn();
  readonly observedTimestamp: WordPairColumn = new WordPairColumn();
  readonly traceId: StringColumn = new StringColumn(33);
  readonly spanId: StringColumn = new StringColumn(17);
  readonly traceFlags: ByteColumn = new ByteColumn();
  readonly severityText: LowCardinalityColumn = new LowCardinalityColumn();
  readonly severityNumber: ByteColumn = new ByteColumn();
  readonly body: StringColumn = new StringColumn(96);
  readonly original: StringColumn = new StringColumn(1);
  readonly eventName: LowCardinalityColumn = new LowCardinalityColumn();
  readonly operationId: StringColumn = new StringColumn(37);
  readonly userId: StringColumn = new StringColumn(12);
  readonly connectionId: StringColumn = new StringColumn(1);
  readonly conversationId: StringColumn = new StringColumn(1);
  readonly errorCode: LowCardinalityColumn = new LowCardinalityColumn();
  readonly caller: LowCardinalityColumn = new LowCardinalityColumn();
  readonly durationNs: WordPairColumn = new WordPairColumn();
  readonly patternId: WordPairColumn = new WordPairColumn();
  readonly skeletonId: WordPairColumn = new WordPairColumn();
  readonly attributes: JsonColumn;
  readonly overflow: MapColumn = new MapColumn();
  readonly resources: SharedValues<LogResource> = new SharedValues<LogResource>();
  readonly scopes: SharedValues<LogScope> = new SharedValues<LogScope>();
  readonly times: TimeSlots = new TimeSlots();
  private readonly catalog: LogCatalog;
  private readonly columns: readonly Column[];
  private valueBytes = 0;
  private ids: RecordIdParts | undefined;
  private rows: LogRows | undefined;

  constructor(catalog: LogCatalog) {
    this.catalog = catalog;
    this.attributes = new JsonColumn(catalog.paths);
    this.columns = [
      this.timestamp,
      this.observedTimestamp,
      this.traceId,
      this.spanId,
      this.traceFlags,
      this.severityText,
      this.severityNumber,
      this.body,
      this.original,
      this.eventName,
      this.operationId,
      this.userId,
      this.connectionId,
      this.conversationId,
      this.errorCode,
      this.caller,
      this.durationNs,
      this.patternId,
      this.skeletonId,
      this.overflow,
      this.resources,
      this.scopes,
      this.times,
      this.attributes,
    ];
  }

  get byteLength(): number {
    const perRow = FIXED_BYTES_PER_ROW + this.attributes.active.length;
    return this.valueBytes + this.rowCount * perRow;
  }

  get partitions(): ReadonlySet<number> {
    return this.times.days;
  }

  get timeRange(): TimeRange {
    const { least, greatest } = this.timestamp.bounds();
    return { fromNs: BigInt(least) - DOUBLE_SLACK, toNs: BigInt(greatest) + DOUBLE_SLACK };
  }

  /** Counts bytes of values that went into the row's columns beside its attributes. */
  addValueBytes(byteCount: number): void {
    this.valueBytes += byteCount + VALUE_OVERHEAD_BYTES;
  }

  // Of several values that a row has for one key the first stays. The three below return false when
  // the key has no path and gets none: then the value belongs in the overflow map.

  putAttributeText(key: AttributeKey, source: ByteSource, start: number, end: number): boolean {
    const path = this.attributes.pathOf(key);
    if (!path) return false;
    const row = this.rowCount;
    if (path.has(row)) return true;
    path.putText(row, source, start, end);
    this.valueBytes += end - start + VALUE_OVERHEAD_BYTES;
    return true;
  }

  putAttributeInt64(key: AttributeKey, low: number, high: number): boolean {
    const path = this.attributes.pathOf(key);
    if (!path) return false;
    if (path.has(this.rowCount)) return true;
    path.claim(this.rowCount, KIND.int64).putUint64(low, high);
    this.valueBytes += 8;
    return true;
  }

  /** `value` must fit `kind`. */
  putAttribute(key: AttributeKey, kind: Kind, value: AttributeValue): boolean {
    const path = this.attributes.pathOf(key);
    if (!path) return false;
    if (path.has(this.rowCount)) return true;
    this.valueBytes += putJsonValue(path, this.rowCount, { kind, value });
    return true;
  }

  addOverflow(name: string, value: string): void {
    this.overflow.add(this.rowCount, name, value);
    this.valueBytes += name.length + value.length + VALUE_OVERHEAD_BYTES;
  }

  /** Makes the values put since the last row a row. */
  endRow(): void {
    this.times.add(this.rowCount, this.timestamp);
    this.rowCount += 1;
  }

  /** Takes back the values put since the last row. */
  abandonRow(): void {
    for (const column of this.columns) column.undo(this.rowCount);
  }

  mark(): BatchMark {
    const positions = new SavedPositions();
    for (const column of this.columns) column.save(positions);
    const mark: LogBatchMark = { rowCount: this.rowCount, positions, valueBytes: this.valueBytes };
    return mark;
  }

  rollback(mark: BatchMark): void {
    const { positions, valueBytes } = mark as LogBatchMark;
    positions.rewind();
    for (const column of this.columns) column.restore(positions);
    this.rowCount = mark.rowCount;
    this.valueBytes = valueBytes;
    this.rows = undefined;
  }

  encode(ids: RecordIdParts): readonly TableBlock[] {
    if (this.rowCount === 0) return [];
    this.ids = ids;
    const logs = encodeBlock(this.nativeColumns(ids), this.rowCount);
    return [
      ...this.catalog.resourceBlocks(this.resources.values),
      { table: 'logs', rowCount: this.rowCount, bytes: logs },
      ...this.catalog.fieldBlocks(this),
    ];
  }

  /** One row as an object; its id is empty before `encode`. */
  record(row: number): LogRecord {
    this.rows ??= new LogRows(this);
    const { ids } = this;
    return this.rows.record(row, ids ? formatRecordId(recordId({ ...ids, row })) : '');
  }

  reset(): void {
    for (const column of this.columns) column.reset();
    this.rowCount = 0;
    this.valueBytes = 0;
    this.ids = undefined;
    this.rows = undefined;
  }

  private nativeColumns(ids: RecordIdParts): readonly NativeColumn[] {
    const { resources, scopes, rowCount } = this;
    const text = 'LowCardinality(String)';
    return [
      nativeColumn('Timestamp', "DateTime64(9, 'UTC')", this.timestamp),
      nativeColumn('ObservedTimestamp', "DateTime64(9, 'UTC')", this.observedTimestamp),
      readyColumn('RecordId', 'UInt64', recordIds(ids, rowCount)),
      nativeColumn('TraceId', 'String', this.traceId),
      nativeColumn('SpanId', 'String', this.spanId),
      nativeColumn('TraceFlags', 'UInt8', this.traceFlags),
      nativeColumn('SeverityText', text, this.severityText),
      nativeColumn('SeverityNumber', 'UInt8', this.severityNumber),
      resources.textColumn('ServiceName', ({ serviceName }) => serviceName),
      resources.textColumn('Environment', ({ environment }) => environment),
      nativeColumn('Body', 'String', this.body),
      nativeColumn('Original', 'String', this.original),
      nativeColumn('EventName', text, this.eventName),
      resources.wordPairColumn('ResourceId', 'UInt64', ({ id }) => id),
      resources.textColumn('ResourceSchemaUrl', ({ schemaUrl }) => schemaUrl),
      scopes.textColumn('ScopeName', ({ name }) => name),
      scopes.textColumn('ScopeVersion', ({ version }) => version),
      scopes.mapColumn('ScopeAttributes', ({ attributes }) => attributes),
      scopes.textColumn('ScopeSchemaUrl', ({ schemaUrl }) => schemaUrl),
      nativeColumn('OperationId', 'String', this.operationId),
      nativeColumn('UserId', 'String', this.userId),
      nativeColumn('ConnectionId', 'String', this.connectionId),
      nativeColumn('ConversationId', 'String', this.conversationId),
      nativeColumn('ErrorCode', text, this.errorCode),
      nativeColumn('Caller', text, this.caller),
      nativeColumn('DurationNs', 'Int64', this.durationNs),
      nativeColumn('PatternId', 'UInt64', this.patternId),
      nativeColumn('SkeletonId', 'UInt64', this.skeletonId),
      nativeColumn('Attributes', 'JSON(max_dynamic_paths=1024)', this.attributes),
      nativeColumn('AttributesOverflow', 'Map(String, String)', this.overflow),
    ];
  }
}

function recordIds(ids: RecordIdParts, rowCount: number): Uint8Array {
  const words = new Int32Array(rowCount * 2);
  const first = recordId({ ...ids, row: 0 });
  const low = Number(BigInt.asIntN(32, first));
  const high = Number(BigInt.asIntN(32, first >> 32n));
  for (let row = 0; row < rowCount; row += 1) {
    words[row * 2] = low | row;
    words[row * 2 + 1] = high;
  }
  return bytesOf(words);
}
