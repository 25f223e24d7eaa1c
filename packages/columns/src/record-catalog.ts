/**
 * What a process has written about the records of one signal so far, for all its batches: which attribute
 * keys have a path, which resources were sent, which field names and values are known. Thanks to it
 * the blocks for `resources` and for the table of fields stay small.
 */
import { AttributePaths } from './attribute-paths.ts';
import type { TableBlock } from './batch.ts';
import { ByteStore } from './byte-store.ts';
import { RecordFields, type FieldsTable } from './record-fields.ts';
import { attributeText, attributeTypeLetter, type LogResource } from './log-resource.ts';
import { encodeBlock, readyColumn } from './native-block.ts';
import type { PatternBatch, PatternCatalog } from './pattern-catalog.ts';
import type { RecordBatch } from './record-columns.ts';

/** A resource is sent again after this long, in case what was sent first got lost. */
const RESOURCE_RESEND_MS = 10 * 60 * 1000;
/** Past this the memory of what was sent starts anew: it only saves work. */
const RESOURCES_REMEMBERED_MAX = 100_000;

export interface RecordCatalogOptions {
  /** JSON paths of the table; attributes beyond go to the overflow map. */
  readonly attributePathsMax: number;
  /** Where the names and values of fields are written; that of logs when absent. */
  readonly fieldsTable?: FieldsTable;
  /** What the table `patterns` is told; it is told nothing when absent. */
  readonly patterns?: PatternCatalog;
  readonly nowMs: () => number;
}

export class RecordCatalog {
  readonly paths: AttributePaths;
  private readonly patterns: PatternCatalog | undefined;
  private readonly fields: RecordFields;
  private readonly nowMs: () => number;
  private readonly sentAtMs: Map<bigint, number> = new Map();

  constructor(options: RecordCatalogOptions) {
    const { attributePathsMax, fieldsTable = 'log_fields', patterns, nowMs } = options;
    this.patterns = patterns;
    this.paths = new AttributePaths(attributePathsMax);
    this.nowMs = nowMs;
    this.fields = new RecordFields(fieldsTable, nowMs);
  }

  /** For when a frame with what was taken from here could not be written: all is sent again. */
  forgetSent(): void {
    this.sentAtMs.clear();
    this.fields.forget();
    this.patterns?.forget();
  }

  /** The block for `resources` with those that were not sent lately. */
  resourceBlocks(resources: readonly LogResource[]): readonly TableBlock[] {
    const nowMs = this.nowMs();
    const fresh = resources.filter(({ id }) => this.isDue(id, nowMs));
    if (fresh.length === 0) return [];
    return [{ table: 'resources', rowCount: fresh.length, bytes: resourceBlock(fresh) }];
  }

  /** The block for the table of fields with what is new, and with counts from time to time. */
  fieldBlocks(batch: RecordBatch): readonly TableBlock[] {
    return this.fields.blocks(batch);
  }

  /** The block for `patterns` with those that were not told lately. */
  patternBlocks(batch: PatternBatch): readonly TableBlock[] {
    return this.patterns?.blocks(batch) ?? [];
  }

  private isDue(id: bigint, nowMs: number): boolean {
    const sentAtMs = this.sentAtMs.get(id);
    if (sentAtMs !== undefined && nowMs - sentAtMs < RESOURCE_RESEND_MS) return false;
    if (this.sentAtMs.size >= RESOURCES_REMEMBERED_MAX) this.sentAtMs.clear();
    this.sentAtMs.set(id, nowMs);
    return true;
  }
}

function resourceBlock(resources: readonly LogResource[]): Uint8Array[] {
  const ids = new ByteStore(resources.length * 8);
  const ends = new ByteStore(resources.length * 8);
  const keys = new ByteStore(1024);
  const values = new ByteStore(1024);
  const types = new ByteStore(1024);
  let entryCount = 0;
  for (const { id, attributes } of resources) {
    let letters = '';
    for (const [key, value] of Object.entries(attributes)) {
      keys.putString(key);
      values.putString(attributeText(value));
      letters += attributeTypeLetter(value);
      entryCount += 1;
    }
    types.putString(letters);
    ids.putUint64(Number(BigInt.asIntN(32, id)), Number(BigInt.asIntN(32, id >> 32n)));
    ends.putUint64(entryCount, 0);
  }
  const columns = [
    readyColumn('ResourceId', 'UInt64', ids.used()),
    readyColumn('Attributes', 'Map(String, String)', ends.used(), keys.used(), values.used()),
    readyColumn('AttributeTypes', 'String', types.used()),
  ];
  return encodeBlock(columns, resources.length);
}
