/**
 * What the table `patterns` is told: each pattern once with its first batch, and again every hour that
 * it still comes, so that the blocks stay tiny. A source that makes up patterns is cut short: so many
 * of one skeleton, so many a minute. The rest is counted, and readers make its text from a record.
 */
import type { TableBlock } from './batch.ts';
import { ByteStore } from './byte-store.ts';
import type { WordPairColumn } from './fixed-columns.ts';
import { IdTable } from './id-table.ts';
import { encodeBlock, readyColumn } from './native-block.ts';
import type { RecordColumns } from './record-columns.ts';
import type { StringColumn } from './string-column.ts';

/** What is said about a pattern beside its ids. */
export interface PatternText {
  readonly template: string;
  readonly skeleton: string;
  readonly slots: readonly string[];
}

/** The columns of a batch that patterns are told from. */
export interface PatternBatch {
  readonly rowCount: number;
  readonly body: StringColumn;
  readonly patternId: WordPairColumn;
  readonly skeletonId: WordPairColumn;
  readonly severityNumber: { at(row: number): number };
  readonly columns: RecordColumns;
}

export interface PatternCatalogOptions {
  readonly nowMs: () => number;
  /** The text of a message's pattern. */
  readonly describe: (body: string) => PatternText;
}

/** Patterns remembered as told: 32,768. Past it the memory starts anew; it only saves work. */
const TOLD_BITS = 16;
/** Skeletons whose patterns are counted, likewise. */
const SKELETON_BITS = 15;
/** Enough words to learn that they change; a skeleton with more is one pattern. */
export const PATTERNS_OF_SKELETON_MAX = 64;
/** Told at once, for a start with many services; then as many as new releases bring. */
export const PATTERNS_AT_ONCE_MAX = 5_000;
export const PATTERNS_PER_MINUTE_MAX = 100;
const EXAMPLE_LENGTH_MAX = 1024;
const MS_PER_MINUTE = 60_000;
const MS_PER_HOUR = 3_600_000;
const SECONDS_PER_HOUR = 3600;

export class PatternCatalog {
  /** Records whose pattern was not told because there were too many. */
  untold = 0;
  private readonly nowMs: () => number;
  private readonly describe: (body: string) => PatternText;
  /** To the hour it was told in. */
  private readonly told: IdTable = new IdTable(TOLD_BITS);
  /** To the number of its patterns that were told. */
  private readonly skeletons: IdTable = new IdTable(SKELETON_BITS);
  private allowance = PATTERNS_AT_ONCE_MAX;
  private refilledAtMs: number;

  constructor({ nowMs, describe }: PatternCatalogOptions) {
    this.nowMs = nowMs;
    this.describe = describe;
    this.refilledAtMs = nowMs();
  }

  /** Starts anew: all patterns are told again. */
  forget(): void {
    this.told.clear();
    this.skeletons.clear();
  }

  blocks(batch: PatternBatch): readonly TableBlock[] {
    this.refill();
    const hour = Math.floor(this.nowMs() / MS_PER_HOUR);
    const { patternId, rowCount } = batch;
    let rows: PatternRows | undefined;
    for (let row = 0; row < rowCount; row += 1) {
      const low = patternId.lowAt(row);
      const high = patternId.highAt(row);
      if ((low | high) === 0 || this.told.get(low, high) === hour) continue;
      if (!this.mayTell(batch, row, hour)) continue;
      rows ??= new PatternRows(hour);
      rows.add(batch, row, this.describe(batch.body.textAt(row)));
    }
    return rows?.blocks() ?? [];
  }

  // Takes note of it as told.
  private mayTell({ patternId, skeletonId }: PatternBatch, row: number, hour: number): boolean {
    const { told, skeletons } = this;
    const low = patternId.lowAt(row);
    const high = patternId.highAt(row);
    const skeletonLow = skeletonId.lowAt(row);
    const skeletonHigh = skeletonId.highAt(row);
    const known = Math.max(0, skeletons.get(skeletonLow, skeletonHigh));
    const isNew = told.get(low, high) < 0;
    if (this.allowance < 1 || (isNew && known >= PATTERNS_OF_SKELETON_MAX)) {
      this.untold += 1;
      return false;
    }
    if (told.isFull || skeletons.isFull) this.forget();
    told.set(low, high, hour);
    if (isNew) skeletons.set(skeletonLow, skeletonHigh, known + 1);
    this.allowance -= 1;
    return true;
  }

  private refill(): void {
    const nowMs = this.nowMs();
    const passed = Math.max(0, nowMs - this.refilledAtMs) / MS_PER_MINUTE;
    this.allowance = Math.min(
      PATTERNS_AT_ONCE_MAX,
      this.allowance + passed * PATTERNS_PER_MINUTE_MAX,
    );
    this.refilledAtMs = nowMs;
  }
}

/** Rows of `patterns`, ready to be sent. */
class PatternRows {
  private rowCount = 0;
  private slotCount = 0;
  private readonly hour: number;
  private readonly patternIds: ByteStore = new ByteStore(256);
  private readonly skeletonIds: ByteStore = new ByteStore(256);
  private readonly templates: ByteStore = new ByteStore(1024);
  private readonly skeletons: ByteStore = new ByteStore(1024);
  private readonly slotEnds: ByteStore = new ByteStore(256);
  private readonly slots: ByteStore = new ByteStore(256);
  private readonly examples: ByteStore = new ByteStore(1024);
  private readonly services: ByteStore = new ByteStore(256);
  private readonly severities: ByteStore = new ByteStore(256);
  private readonly firstSeen: ByteStore = new ByteStore(256);
  private readonly lastSeen: ByteStore = new ByteStore(256);

  constructor(hour: number) {
    this.hour = hour;
  }

  add(batch: PatternBatch, row: number, { template, skeleton, slots }: PatternText): void {
    const { columns, patternId, skeletonId } = batch;
    const { timestamp } = columns;
    this.patternIds.putUint64(patternId.lowAt(row), patternId.highAt(row));
    this.skeletonIds.putUint64(skeletonId.lowAt(row), skeletonId.highAt(row));
    this.templates.putString(template);
    this.skeletons.putString(skeleton);
    for (const slot of slots) this.slots.putString(slot);
    this.slotCount += slots.length;
    this.slotEnds.putUint64(this.slotCount, 0);
    this.examples.putString(batch.body.textAt(row).slice(0, EXAMPLE_LENGTH_MAX));
    this.services.putString(columns.resources.at(row)?.serviceName ?? '');
    this.severities.putByte(batch.severityNumber.at(row));
    this.firstSeen.putUint64(timestamp.lowAt(row), timestamp.highAt(row));
    this.lastSeen.putUint32(this.hour * SECONDS_PER_HOUR);
    this.rowCount += 1;
  }

  blocks(): readonly TableBlock[] {
    const { rowCount } = this;
    const columns = [
      readyColumn('PatternId', 'UInt64', this.patternIds.used()),
      readyColumn('SkeletonId', 'UInt64', this.skeletonIds.used()),
      readyColumn('Template', 'String', this.templates.used()),
      readyColumn('Skeleton', 'String', this.skeletons.used()),
      readyColumn('Slots', 'Array(String)', this.slotEnds.used(), this.slots.used()),
      readyColumn('Example', 'String', this.examples.used()),
      readyColumn('ServiceName', 'String', this.services.used()),
      readyColumn('SeverityNumber', 'UInt8', this.severities.used()),
      readyColumn('FirstSeen', "DateTime64(9, 'UTC')", this.firstSeen.used()),
      readyColumn('LastSeen', "DateTime('UTC')", this.lastSeen.used()),
    ];
    return [{ table: 'patterns', rowCount, bytes: encodeBlock(columns, rowCount) }];
  }
}
