/** Counts the fields of a batch's rows into the hours they fall into. */
import type { FieldCounts } from './field-counts.ts';
import type { HourFields } from './hour-fields.ts';
import { ByteSource, readVarint, varintLength } from './byte-store.ts';
import type { ByteTable } from './byte-table.ts';
import { KIND, type JsonPath, type Kind } from './json-path.ts';
import type { KeywordColumn, RecordBatch, RecordColumns } from './record-columns.ts';
import type { Run } from './run-column.ts';

type Fields = readonly (FieldCounts | undefined)[];

/** `hours` by the batch's hour index. */
export function countBatch({ columns, keywords }: RecordBatch, hours: readonly HourFields[]): void {
  const hourOfRow = columns.times.indexesOf(columns.rowCount);
  for (const path of columns.attributes.active) countPath(path, hours, hourOfRow);
  for (const keyword of keywords) countKeywords(keyword, hours, hourOfRow);
  countShared(columns, hours);
  countOverflow(columns, hours, hourOfRow);
}

function countPath(path: JsonPath, hours: readonly HourFields[], hourOfRow: Uint16Array): void {
  for (const [typeIndex, kind] of path.types.entries()) {
    const fields = hours.map((hour) => hour.attribute(path.name, kind));
    if (fields.length === 1) countWhole(path, kind, fields[0]);
    else countRows(path, { kind, typeIndex }, fields, hourOfRow);
  }
}

// All rows are of one hour, so the values are walked without looking at rows.
function countWhole(path: JsonPath, kind: Kind, field: FieldCounts | undefined): void {
  field?.addRecords(path.countOf(kind));
  if (!field?.isOpen) return;
  const store = path.storeOf(kind);
  for (let at = 0; at < store.end && field.isOpen;) at = addValue(field, store, at, kind);
}

function countRows(
  path: JsonPath,
  { kind, typeIndex }: { readonly kind: Kind; readonly typeIndex: number },
  fields: Fields,
  hourOfRow: Uint16Array,
): void {
  const typeIndexes = path.filled(hourOfRow.length);
  const source = new ByteSource(path.storeOf(kind).used());
  let at = 0;
  for (let row = 0; row < hourOfRow.length; row += 1) {
    if (typeIndexes[row] !== typeIndex) continue;
    const field = fields[hourOfRow[row] ?? 0];
    field?.addRecords(1);
    at = addValue(field, source, at, kind);
  }
}

// Returns where the next value starts.
function addValue(
  field: FieldCounts | undefined,
  source: ByteSource,
  at: number,
  kind: Kind,
): number {
  const width = widthOf(kind);
  if (width > 0) {
    field?.addValue(source, at, at + width, 1);
    return at + width;
  }
  if (kind !== KIND.text) return source.bytes.length;
  const start = at + varintLength(source.bytes, at);
  const end = start + readVarint(source.bytes, at).value;
  field?.addValue(source, start, end, 1);
  return end;
}

function widthOf(kind: Kind): number {
  if (kind === KIND.int64) return 8;
  return kind === KIND.bool ? 1 : 0;
}

function countKeywords(
  { name, column }: KeywordColumn,
  hours: readonly HourFields[],
  hourOfRow: Uint16Array,
): void {
  const { dictionary } = column;
  // The empty value is always there.
  if (dictionary.count <= 1) return;
  const indexes = column.filled(hourOfRow.length);
  const fields = hours.map((hour) => hour.column(name));
  const keywords = { dictionary, source: new ByteSource(dictionary.store.used()) };
  if (fields.length === 1) {
    countIndexes(indexes, dictionary.count).forEach((count, number) => {
      addKeyword(fields[0], keywords, number, count);
    });
    return;
  }
  for (const [row, number] of indexes.entries()) {
    addKeyword(fields[hourOfRow[row] ?? 0], keywords, number, 1);
  }
}

function addKeyword(
  field: FieldCounts | undefined,
  { dictionary, source }: { readonly dictionary: ByteTable; readonly source: ByteSource },
  number: number,
  count: number,
): void {
  if (number === 0 || count === 0) return;
  field?.addRecords(count);
  field?.addValue(source, dictionary.startOf(number), dictionary.endOf(number), count);
}

function countIndexes(indexes: Uint16Array, size: number): Uint32Array {
  const counts = new Uint32Array(size);
  for (const index of indexes) counts[index] = (counts[index] ?? 0) + 1;
  return counts;
}

// Resources and scopes are counted by run of rows; their attributes are counted out later, at once.
function countShared(
  { resources, scopes, times, rowCount }: RecordColumns,
  hours: readonly HourFields[],
): void {
  const hourRuns = [...times.runs(rowCount)];
  for (const { number, records, hour } of overlaps(resources.runs(rowCount), hourRuns)) {
    const resource = resources.values[number];
    if (resource) hours[hour]?.addResource(resource, records);
  }
  for (const { number, records, hour } of overlaps(scopes.runs(rowCount), hourRuns)) {
    const scope = scopes.values[number];
    if (scope) hours[hour]?.addScope(scope, records);
  }
}

// Both lists of runs cover all rows in order.
function* overlaps(
  runs: Iterable<Run>,
  hourRuns: readonly Run[],
): Iterable<{ readonly number: number; readonly records: number; readonly hour: number }> {
  let at = 0;
  for (const { start, end, number } of runs) {
    while ((hourRuns[at]?.end ?? end) <= start) at += 1;
    for (let next = at; next < hourRuns.length; next += 1) {
      const hourRun = hourRuns[next];
      if (!hourRun || hourRun.start >= end) break;
      const records = Math.min(end, hourRun.end) - Math.max(start, hourRun.start);
      yield { number, records, hour: hourRun.number };
    }
  }
}

function countOverflow(
  { overflow }: RecordColumns,
  hours: readonly HourFields[],
  hourOfRow: Uint16Array,
): void {
  for (const { row, key } of overflow.entries()) {
    hours[hourOfRow[row] ?? 0]?.overflow(key)?.addRecords(1);
  }
}
