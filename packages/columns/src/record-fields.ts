/**
 * What the table of a signal's fields is told: every field's name at once, its first values too, and how often
 * they occur about once a second, so that the blocks stay tiny. Counted from rows that are about to be
 * committed; what was counted in the last second is lost with the process.
 */
import type { TableBlock } from './batch.ts';
import { ByteStore } from './byte-store.ts';
import { countBatch } from './count-batch.ts';
import { HourFields, type HourField } from './hour-fields.ts';
import { encodeBlock, readyColumn } from './native-block.ts';
import type { RecordBatch } from './record-columns.ts';

export type FieldsTable = 'log_fields' | 'span_fields';

const COUNTS_EVERY_MS = 1000;
/** Hours counted at the same time: now, the one before, and what an import is at. */
const HOURS_MAX = 8;
const SECONDS_PER_HOUR = 3600;
const MS_PER_HOUR = 3_600_000;

export class RecordFields {
  private readonly table: FieldsTable;
  private readonly nowMs: () => number;
  /** By hour since 1970, the one used last at the end. */
  private readonly hours: Map<number, HourFields> = new Map();
  private toldAtMs = 0;

  constructor(table: FieldsTable, nowMs: () => number) {
    this.table = table;
    this.nowMs = nowMs;
  }

  /** Starts anew: all names and values are told again. */
  forget(): void {
    this.hours.clear();
  }

  /** Counts the batch and gives what there is to tell. */
  blocks(batch: RecordBatch): readonly TableBlock[] {
    const nowMs = this.nowMs();
    const rows = new FieldRows(nowMs);
    countBatch(
      batch,
      batch.columns.times.hours.map((hour) => this.hour(hour)),
    );
    const isDue = nowMs - this.toldAtMs >= COUNTS_EVERY_MS;
    if (isDue) this.toldAtMs = nowMs;
    for (const [hour, fields] of this.hours) tell(rows, hour, fields, isDue);
    this.dropOldest(rows);
    return rows.blocks(this.table);
  }

  private hour(hour: number): HourFields {
    const fields = this.hours.get(hour) ?? new HourFields();
    this.hours.delete(hour);
    this.hours.set(hour, fields);
    return fields;
  }

  private dropOldest(rows: FieldRows): void {
    for (const [hour, fields] of this.hours) {
      if (this.hours.size <= HOURS_MAX) return;
      tell(rows, hour, fields, true);
      this.hours.delete(hour);
    }
  }
}

function tell(rows: FieldRows, hour: number, fields: HourFields, all: boolean): void {
  if (all) fields.settle();
  for (const field of fields.fields.values()) {
    const { counts } = field;
    if (all) counts.takeAll((value, count) => rows.add(hour, field, value, count));
    else if (counts.hasNews) counts.takeNews((value, count) => rows.add(hour, field, value, count));
  }
}

/** Rows of the table, ready to be sent. */
class FieldRows {
  private rowCount = 0;
  private readonly observedHour: number;
  private readonly hours: ByteStore = new ByteStore(256);
  private readonly sources: ByteStore = new ByteStore(256);
  private readonly names: ByteStore = new ByteStore(256);
  private readonly types: ByteStore = new ByteStore(256);
  private readonly values: ByteStore = new ByteStore(256);
  private readonly counts: ByteStore = new ByteStore(256);
  private readonly observedHours: ByteStore = new ByteStore(256);

  constructor(nowMs: number) {
    this.observedHour = Math.floor(nowMs / MS_PER_HOUR);
  }

  add(hour: number, { source, name, type }: HourField, value: string, count: number): void {
    this.hours.putUint32(hour * SECONDS_PER_HOUR);
    this.sources.putString(source);
    this.names.putString(name);
    this.types.putString(type);
    this.values.putString(value);
    this.counts.putUint64(count, 0);
    this.observedHours.putUint32(this.observedHour * SECONDS_PER_HOUR);
    this.rowCount += 1;
  }

  blocks(table: FieldsTable): readonly TableBlock[] {
    const { rowCount } = this;
    if (rowCount === 0) return [];
    const columns = [
      readyColumn('Hour', "DateTime('UTC')", this.hours.used()),
      readyColumn('Source', 'String', this.sources.used()),
      readyColumn('Name', 'String', this.names.used()),
      readyColumn('Type', 'String', this.types.used()),
      readyColumn('Value', 'String', this.values.used()),
      readyColumn('Count', 'UInt64', this.counts.used()),
      readyColumn('ObservedHour', "DateTime('UTC')", this.observedHours.used()),
    ];
    return [{ table, rowCount, bytes: encodeBlock(columns, rowCount) }];
  }
}
