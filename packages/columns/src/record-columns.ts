/**
 * The columns that records of every signal have: times, ids, the columns that attributes fill, the
 * attributes themselves, and what many records share. Filled through intake's writers; a batch adds
 * the columns of its own signal and says which of all are sent to its table.
 */
import type { AttributeValue } from '@tendril/model/attribute';
import type { TimeRange } from '@tendril/model/time-range';
import type { AttributeKey, AttributePaths } from './attribute-paths.ts';
import type { Batch, BatchMark } from './batch.ts';
import type { ByteSource } from './byte-store.ts';
import { SavedPositions, type Column } from './column.ts';
import { WordPairColumn } from './fixed-columns.ts';
import { JsonColumn } from './json-column.ts';
import { KIND, type Kind } from './json-path.ts';
import { putJsonValue } from './json-value.ts';
import type { LogResource, LogScope } from './log-resource.ts';
import { LowCardinalityColumn } from './low-cardinality-column.ts';
import { MapColumn } from './map-column.ts';
import { ScratchMemory } from './scratch-memory.ts';
import { SharedValues } from './shared-values.ts';
import { StringColumn } from './string-column.ts';
import { TimeSlots } from './time-slots.ts';

/** A batch of records of one signal. */
export interface RecordBatch extends Batch {
  readonly columns: RecordColumns;
  /** Columns with few values, by name, whose values are counted for facets. */
  readonly keywords: readonly KeywordColumn[];
}

export interface KeywordColumn {
  readonly name: string;
  readonly column: LowCardinalityColumn;
}

/** Bytes of a row in the columns of fixed width, and one for each value of no length. */
const FIXED_BYTES_PER_ROW = 72;
/** Of a value beside its bytes: its length and its type index. */
const VALUE_OVERHEAD_BYTES = 3;
/** Nanoseconds since 1970 as a double are exact to this many. */
const DOUBLE_SLACK = 2048n;

interface RecordMark extends BatchMark {
  readonly positions: SavedPositions;
  readonly valueBytes: number;
}

export class RecordColumns {
  rowCount = 0;
  readonly timestamp: WordPairColumn = new WordPairColumn();
  readonly observedTimestamp: WordPairColumn = new WordPairColumn();
  readonly traceId: StringColumn = new StringColumn(33);
  readonly spanId: StringColumn = new StringColumn(17);
  readonly original: StringColumn = new StringColumn(1);
  readonly operationId: StringColumn = new StringColumn(37);
  readonly userId: StringColumn = new StringColumn(12);
  readonly connectionId: StringColumn = new StringColumn(1);
  readonly conversationId: StringColumn = new StringColumn(1);
  readonly errorCode: LowCardinalityColumn = new LowCardinalityColumn();
  readonly caller: LowCardinalityColumn = new LowCardinalityColumn();
  readonly durationNs: WordPairColumn = new WordPairColumn();
  readonly attributes: JsonColumn;
  readonly overflow: MapColumn = new MapColumn();
  readonly resources: SharedValues<LogResource> = new SharedValues<LogResource>();
  readonly scopes: SharedValues<LogScope> = new SharedValues<LogScope>();
  readonly times: TimeSlots = new TimeSlots();
  /** For columns that are made when the batch is encoded. */
  readonly scratch: ScratchMemory = new ScratchMemory();
  private readonly all: readonly Column[];
  private valueBytes = 0;

  /** `own` are the signal's further columns, which live and die with these. */
  constructor(paths: AttributePaths, own: readonly Column[]) {
    this.attributes = new JsonColumn(paths);
    this.all = [
      this.timestamp,
      this.observedTimestamp,
      this.traceId,
      this.spanId,
      this.original,
      this.operationId,
      this.userId,
      this.connectionId,
      this.conversationId,
      this.errorCode,
      this.caller,
      this.durationNs,
      this.overflow,
      this.resources,
      this.scopes,
      this.times,
      ...own,
      this.attributes,
    ];
  }

  get byteLength(): number {
    const perRow = FIXED_BYTES_PER_ROW + this.attributes.active.length;
    return this.valueBytes + this.rowCount * perRow;
  }

  get timeRange(): TimeRange {
    const { least, greatest } = this.timestamp.bounds();
    return { fromNs: BigInt(least) - DOUBLE_SLACK, toNs: BigInt(greatest) + DOUBLE_SLACK };
  }

  /** Counts bytes of values that went into the row's columns beside its attributes. */
  addValueBytes(byteCount: number): void {
    this.valueBytes += byteCount + VALUE_OVERHEAD_BYTES;
  }

  /** A text of the record itself that is what it shall be. */
  putContent(column: StringColumn, text: string): void {
    column.putString(this.rowCount, text);
    const { start, end } = column.newest();
    this.addValueBytes(end - start);
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
    for (const column of this.all) column.undo(this.rowCount);
  }

  mark(): BatchMark {
    const positions = new SavedPositions();
    for (const column of this.all) column.save(positions);
    const mark: RecordMark = { rowCount: this.rowCount, positions, valueBytes: this.valueBytes };
    return mark;
  }

  rollback(mark: BatchMark): void {
    const { positions, valueBytes } = mark as RecordMark;
    positions.rewind();
    for (const column of this.all) column.restore(positions);
    this.rowCount = mark.rowCount;
    this.valueBytes = valueBytes;
  }

  reset(): void {
    for (const column of this.all) column.reset();
    this.scratch.reset();
    this.rowCount = 0;
    this.valueBytes = 0;
  }
}
