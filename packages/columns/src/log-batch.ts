/**
 * A batch of log records as columns of the table `logs`, with the rows for `resources` and
 * `log_fields` that go with them. Filled through intake's LogWriter, which enforces limits, redaction
 * and time rules; here is only the layout. Not shared: one writer fills a batch, one frame takes it.
 */
import { formatRecordId, recordId, type RecordIdParts } from '@tendril/model/record-id';
import type { LogRecord } from '@tendril/model/log-record';
import type { TimeRange } from '@tendril/model/time-range';
import type { BatchMark, TableBlock } from './batch.ts';
import { ByteColumn, WordPairColumn } from './fixed-columns.ts';
import type { RecordCatalog } from './record-catalog.ts';
import { LogRows } from './log-rows.ts';
import { LowCardinalityColumn } from './low-cardinality-column.ts';
import { encodeBlock, nativeColumn, readyColumn, type NativeColumn } from './native-block.ts';
import { RecordColumns, type KeywordColumn, type RecordBatch } from './record-columns.ts';
import { recordIds } from './record-ids.ts';
import { StringColumn } from './string-column.ts';

export class LogBatch implements RecordBatch {
  readonly traceFlags: ByteColumn = new ByteColumn();
  readonly severityText: LowCardinalityColumn = new LowCardinalityColumn();
  readonly severityNumber: ByteColumn = new ByteColumn();
  readonly body: StringColumn = new StringColumn(96);
  readonly eventName: LowCardinalityColumn = new LowCardinalityColumn();
  readonly patternId: WordPairColumn = new WordPairColumn();
  readonly skeletonId: WordPairColumn = new WordPairColumn();
  readonly columns: RecordColumns;
  readonly keywords: readonly KeywordColumn[];
  private readonly catalog: RecordCatalog;
  private ids: RecordIdParts | undefined;
  private rows: LogRows | undefined;

  constructor(catalog: RecordCatalog) {
    this.catalog = catalog;
    this.columns = new RecordColumns(catalog.paths, [
      this.traceFlags,
      this.severityText,
      this.severityNumber,
      this.body,
      this.eventName,
      this.patternId,
      this.skeletonId,
    ]);
    this.keywords = [
      { name: 'SeverityText', column: this.severityText },
      { name: 'EventName', column: this.eventName },
      { name: 'ErrorCode', column: this.columns.errorCode },
      { name: 'Caller', column: this.columns.caller },
    ];
  }

  get rowCount(): number {
    return this.columns.rowCount;
  }

  get byteLength(): number {
    return this.columns.byteLength;
  }

  get partitions(): ReadonlySet<number> {
    return this.columns.times.days;
  }

  get timeRange(): TimeRange {
    return this.columns.timeRange;
  }

  mark(): BatchMark {
    return this.columns.mark();
  }

  rollback(mark: BatchMark): void {
    this.columns.rollback(mark);
    this.rows = undefined;
  }

  encode(ids: RecordIdParts): readonly TableBlock[] {
    if (this.rowCount === 0) return [];
    this.ids = ids;
    const logs = encodeBlock(this.nativeColumns(ids), this.rowCount);
    return [
      ...this.catalog.resourceBlocks(this.columns.resources.values),
      { table: 'logs', rowCount: this.rowCount, bytes: logs },
      ...this.catalog.fieldBlocks(this),
      ...this.catalog.patternBlocks(this),
    ];
  }

  /** One row as an object; its id is empty before `encode`. */
  record(row: number): LogRecord {
    this.rows ??= new LogRows(this);
    const { ids } = this;
    return this.rows.record(row, ids ? formatRecordId(recordId({ ...ids, row })) : '');
  }

  reset(): void {
    this.columns.reset();
    this.ids = undefined;
    this.rows = undefined;
  }

  private nativeColumns(ids: RecordIdParts): readonly NativeColumn[] {
    const { columns, rowCount } = this;
    const { resources, scopes } = columns;
    const text = 'LowCardinality(String)';
    return [
      nativeColumn('Timestamp', "DateTime64(9, 'UTC')", columns.timestamp),
      nativeColumn('ObservedTimestamp', "DateTime64(9, 'UTC')", columns.observedTimestamp),
      readyColumn('RecordId', 'UInt64', recordIds(ids, rowCount, columns.scratch)),
      nativeColumn('TraceId', 'String', columns.traceId),
      nativeColumn('SpanId', 'String', columns.spanId),
      nativeColumn('TraceFlags', 'UInt8', this.traceFlags),
      nativeColumn('SeverityText', text, this.severityText),
      nativeColumn('SeverityNumber', 'UInt8', this.severityNumber),
      resources.textColumn('ServiceName', ({ serviceName }) => serviceName),
      resources.textColumn('Environment', ({ environment }) => environment),
      nativeColumn('Body', 'String', this.body),
      nativeColumn('Original', 'String', columns.original),
      nativeColumn('EventName', text, this.eventName),
      resources.wordPairColumn('ResourceId', 'UInt64', ({ id }) => id),
      resources.textColumn('ResourceSchemaUrl', ({ schemaUrl }) => schemaUrl),
      scopes.textColumn('ScopeName', ({ name }) => name),
      scopes.textColumn('ScopeVersion', ({ version }) => version),
      scopes.mapColumn('ScopeAttributes', ({ attributes }) => attributes),
      scopes.textColumn('ScopeSchemaUrl', ({ schemaUrl }) => schemaUrl),
      nativeColumn('OperationId', 'String', columns.operationId),
      nativeColumn('UserId', 'String', columns.userId),
      nativeColumn('ConnectionId', 'String', columns.connectionId),
      nativeColumn('ConversationId', 'String', columns.conversationId),
      nativeColumn('ErrorCode', text, columns.errorCode),
      nativeColumn('Caller', text, columns.caller),
      nativeColumn('DurationNs', 'Int64', columns.durationNs),
      nativeColumn('PatternId', 'UInt64', this.patternId),
      nativeColumn('SkeletonId', 'UInt64', this.skeletonId),
      nativeColumn('Attributes', 'JSON(max_dynamic_paths=1024)', columns.attributes),
      nativeColumn('AttributesOverflow', 'Map(String, String)', columns.overflow),
    ];
  }
}
