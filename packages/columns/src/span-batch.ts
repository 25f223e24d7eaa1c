/**
 * A batch of spans as columns of the table `traces`, with the rows for `resources` and `span_fields`
 * that go with them. Filled through intake's SpanWriter, which enforces limits, redaction and time
 * rules; here is only the layout. Not shared: one writer fills a batch, one frame takes it.
 */
import type { RecordIdParts } from '@tendril/model/record-id';
import type { TimeRange } from '@tendril/model/time-range';
import type { BatchMark, TableBlock } from './batch.ts';
import { WordPairColumn } from './fixed-columns.ts';
import { LowCardinalityColumn } from './low-cardinality-column.ts';
import { encodeBlock, nativeColumn, readyColumn, type NativeColumn } from './native-block.ts';
import { NestedColumn } from './nested-column.ts';
import type { RecordCatalog } from './record-catalog.ts';
import { RecordColumns, type KeywordColumn, type RecordBatch } from './record-columns.ts';
import { recordIds } from './record-ids.ts';
import { StringColumn } from './string-column.ts';

export class SpanBatch implements RecordBatch {
  readonly parentSpanId: StringColumn = new StringColumn(17);
  readonly traceState: StringColumn = new StringColumn(1);
  readonly name: LowCardinalityColumn = new LowCardinalityColumn();
  readonly kind: LowCardinalityColumn = new LowCardinalityColumn();
  readonly duration: WordPairColumn = new WordPairColumn();
  readonly statusCode: LowCardinalityColumn = new LowCardinalityColumn();
  readonly statusMessage: StringColumn = new StringColumn(1);
  /** How many calls the span stands for, as a double. */
  readonly adjustedCount: WordPairColumn = new WordPairColumn();
  readonly events: NestedColumn = new NestedColumn({
    name: 'Events',
    hasTime: true,
    texts: ['Name'],
  });
  readonly links: NestedColumn = new NestedColumn({
    name: 'Links',
    hasTime: false,
    texts: ['TraceId', 'SpanId', 'TraceState'],
  });
  readonly columns: RecordColumns;
  readonly keywords: readonly KeywordColumn[];
  private readonly catalog: RecordCatalog;

  constructor(catalog: RecordCatalog) {
    this.catalog = catalog;
    this.columns = new RecordColumns(catalog.paths, [
      this.parentSpanId,
      this.traceState,
      this.name,
      this.kind,
      this.duration,
      this.statusCode,
      this.statusMessage,
      this.adjustedCount,
      this.events,
      this.links,
    ]);
    this.keywords = [
      { name: 'SpanName', column: this.name },
      { name: 'SpanKind', column: this.kind },
      { name: 'StatusCode', column: this.statusCode },
      { name: 'ErrorCode', column: this.columns.errorCode },
      { name: 'Caller', column: this.columns.caller },
    ];
  }

  get rowCount(): number {
    return this.columns.rowCount;
  }

  get byteLength(): number {
    return this.columns.byteLength + this.events.byteLength + this.links.byteLength;
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
  }

  encode(ids: RecordIdParts): readonly TableBlock[] {
    if (this.rowCount === 0) return [];
    const spans = encodeBlock(this.nativeColumns(ids), this.rowCount);
    return [
      ...this.catalog.resourceBlocks(this.columns.resources.values),
      { table: 'traces', rowCount: this.rowCount, bytes: spans },
      ...this.catalog.fieldBlocks(this),
    ];
  }

  reset(): void {
    this.columns.reset();
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
      nativeColumn('ParentSpanId', 'String', this.parentSpanId),
      nativeColumn('TraceState', 'String', this.traceState),
      nativeColumn('SpanName', text, this.name),
      nativeColumn('SpanKind', text, this.kind),
      resources.textColumn('ServiceName', ({ serviceName }) => serviceName),
      resources.textColumn('Environment', ({ environment }) => environment),
      resources.wordPairColumn('ResourceId', 'UInt64', ({ id }) => id),
      resources.textColumn('ResourceSchemaUrl', ({ schemaUrl }) => schemaUrl),
      scopes.textColumn('ScopeName', ({ name }) => name),
      scopes.textColumn('ScopeVersion', ({ version }) => version),
      scopes.mapColumn('ScopeAttributes', ({ attributes }) => attributes),
      scopes.textColumn('ScopeSchemaUrl', ({ schemaUrl }) => schemaUrl),
      nativeColumn('Duration', 'UInt64', this.duration),
      nativeColumn('StatusCode', text, this.statusCode),
      nativeColumn('StatusMessage', 'String', this.statusMessage),
      nativeColumn('AdjustedCount', 'Float64', this.adjustedCount),
      ...this.events.native(),
      ...this.links.native(),
      nativeColumn('OperationId', 'String', columns.operationId),
      nativeColumn('UserId', 'String', columns.userId),
      nativeColumn('ConnectionId', 'String', columns.connectionId),
      nativeColumn('ConversationId', 'String', columns.conversationId),
      nativeColumn('ErrorCode', text, columns.errorCode),
      nativeColumn('Caller', text, columns.caller),
      nativeColumn('Attributes', 'JSON(max_dynamic_paths=1024)', columns.attributes),
      nativeColumn('AttributesOverflow', 'Map(String, String)', columns.overflow),
    ];
  }
}
