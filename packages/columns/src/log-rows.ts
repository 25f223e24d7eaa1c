/**
 * Rows of a LogBatch as objects, for the live tail. Columns are read in place; where values have
 * no fixed width, the first row asked for pays one walk over the column.
 */
import { emptyAttributes, type AttributeValue, type Attributes } from '@tendril/model/attribute';
import type { LogRecord } from '@tendril/model/log-record';
import type { WordPairColumn } from './fixed-columns.ts';
import { KIND, textOffsets, type JsonPath, type Kind } from './json-path.ts';
import type { LogBatch } from './log-batch.ts';

export class LogRows {
  private readonly batch: LogBatch;
  private readonly paths: readonly PathRows[];
  private readonly overflow: Map<number, [string, string][]> = new Map();

  constructor(batch: LogBatch) {
    this.batch = batch;
    this.paths = batch.columns.attributes.active.map((path) => new PathRows(path, batch.rowCount));
    for (const { row, key, value } of batch.columns.overflow.entries()) {
      const entries = this.overflow.get(row);
      if (entries) entries.push([key, value]);
      else this.overflow.set(row, [[key, value]]);
    }
  }

  record(row: number, id: string): LogRecord {
    const { batch } = this;
    const resource = batch.columns.resources.at(row);
    const scope = batch.columns.scopes.at(row);
    return {
      id,
      timestamp: String(int64At(batch.columns.timestamp, row)),
      observedTimestamp: String(int64At(batch.columns.observedTimestamp, row)),
      severityText: batch.severityText.textAt(row),
      severityNumber: batch.severityNumber.at(row),
      body: batch.body.textAt(row),
      original: batch.columns.original.textAt(row),
      serviceName: resource?.serviceName ?? '',
      environment: resource?.environment ?? '',
      traceId: batch.columns.traceId.textAt(row),
      spanId: batch.columns.spanId.textAt(row),
      operationId: batch.columns.operationId.textAt(row),
      patternId: hexOrEmpty(batch.patternId, row),
      resource: resource?.attributes ?? emptyAttributes(),
      scope: { ...scope?.attributes, name: scope?.name ?? '', ...versionOf(scope?.version) },
      attributes: this.attributesOf(row),
    };
  }

  private attributesOf(row: number): Attributes {
    const attributes = emptyAttributes();
    for (const path of this.paths) {
      const value = path.valueAt(row);
      if (value !== undefined) attributes[path.name] = value;
    }
    for (const [key, value] of this.overflow.get(row) ?? []) attributes[key] ??= value;
    const { eventName } = this.batch;
    const name = eventName.textAt(row);
    if (name !== '') attributes['event.name'] ??= name;
    return attributes;
  }
}

/** One path with, for each row, which of its type's values it has. */
class PathRows {
  readonly name: string;
  private readonly path: JsonPath;
  private readonly typeIndexes: Uint8Array;
  private readonly valueIndexes: Uint32Array;
  private readonly offsets: (Uint32Array | undefined)[] = [];

  constructor(path: JsonPath, rowCount: number) {
    this.name = path.name;
    this.path = path;
    this.typeIndexes = path.filled(rowCount);
    this.valueIndexes = new Uint32Array(rowCount);
    const counts = new Uint32Array(path.types.length + 1);
    this.typeIndexes.forEach((typeIndex, row) => {
      this.valueIndexes[row] = counts[typeIndex] ?? 0;
      counts[typeIndex] = (counts[typeIndex] ?? 0) + 1;
    });
  }

  valueAt(row: number): AttributeValue | undefined {
    const kind = this.path.types[this.typeIndexes[row] ?? 0];
    if (kind === undefined) return undefined;
    const index = this.valueIndexes[row] ?? 0;
    return kind >= KIND.texts ? this.arrayAt(kind, index) : this.scalarAt(kind, index);
  }

  private arrayAt(kind: Kind, index: number): AttributeValue {
    const { view } = this.path.endsOf(kind);
    const start = index === 0 ? 0 : view.getUint32((index - 1) * 8, true);
    const end = view.getUint32(index * 8, true);
    const elements: (string | number | bigint | boolean)[] = [];
    for (let i = start; i < end; i += 1) elements.push(this.scalarAt(kind, i));
    return elements;
  }

  private scalarAt(kind: Kind, index: number): string | number | bigint | boolean {
    const store = this.path.storeOf(kind);
    switch (kind) {
      case KIND.text:
      case KIND.texts:
        return store.textAt(this.offsetsOf(kind)[index] ?? 0);
      case KIND.int64:
      case KIND.int64s:
        return narrow(store.view.getBigInt64(index * 8, true));
      case KIND.float64:
      case KIND.float64s:
        return store.view.getFloat64(index * 8, true);
      case KIND.bool:
      case KIND.bools:
      default:
        return store.bytes[index] === 1;
    }
  }

  private offsetsOf(kind: Kind): Uint32Array {
    const offsets = this.offsets[kind] ?? textOffsets(this.path.storeOf(kind));
    this.offsets[kind] = offsets;
    return offsets;
  }
}

function int64At(column: WordPairColumn, row: number): bigint {
  return (BigInt(column.highAt(row)) << 32n) | BigInt(column.lowAt(row) >>> 0);
}

function hexOrEmpty(column: WordPairColumn, row: number): string {
  const value = BigInt.asUintN(64, int64At(column, row));
  return value === 0n ? '' : value.toString(16).padStart(16, '0');
}

function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function versionOf(version: string | undefined): { version?: string } {
  return version ? { version } : {};
}
