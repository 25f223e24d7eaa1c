/**
 * JSON column in Native's flattened form (ClickHouse, SerializationObject, version 3): names of the
 * paths, their types, then for each path a type index per row and the values of each type.
 */
import { ByteStore } from './byte-store.ts';
import type { AttributeKey, AttributePaths } from './attribute-paths.ts';
import type { Column, SavedPositions } from './column.ts';
import { JsonPath, KIND_TYPES } from './json-path.ts';

const FLATTENED = 3;

export class JsonColumn implements Column {
  /** Paths of the block, in the order they were first used. */
  readonly active: JsonPath[] = [];
  private readonly keys: AttributeKey[] = [];
  private readonly registry: AttributePaths;
  private readonly slots: (JsonPath | undefined)[] = [];
  private readonly spare: JsonPath[] = [];
  private readonly admittedHere: Set<AttributeKey> = new Set();

  constructor(registry: AttributePaths) {
    this.registry = registry;
  }

  /** The path of a key; undefined when the key has none and all are taken. */
  pathOf(key: AttributeKey): JsonPath | undefined {
    return (key.path < 0 ? undefined : this.slots[key.path]) ?? this.activate(key);
  }

  save(to: SavedPositions): void {
    to.push(this.active.length);
    for (const path of this.active) path.save(to);
  }

  restore(from: SavedPositions): void {
    this.deactivateFrom(from.take());
    for (const path of this.active) path.restore(from);
  }

  undo(row: number): void {
    for (const path of this.active) path.undo(row);
    let kept = this.active.length;
    while (kept > 0 && this.active[kept - 1]?.types.length === 0) kept -= 1;
    this.deactivateFrom(kept);
  }

  encode(rowCount: number, parts: Uint8Array[]): void {
    this.admittedHere.clear();
    if (rowCount === 0) return;
    parts.push(this.header());
    for (const path of this.active) path.encode(rowCount, parts);
  }

  /** Also takes back the paths that only this batch asked for, when it was never encoded. */
  reset(): void {
    this.deactivateFrom(0);
  }

  private header(): Uint8Array {
    const header = new ByteStore(64 + this.active.length * 48);
    header.putUint64(FLATTENED, 0);
    header.putVarint(this.active.length);
    for (const path of this.active) header.putString(path.name);
    for (const path of this.active) {
      header.putUint64(FLATTENED, 0);
      header.putVarint(path.types.length);
      for (const kind of path.types) header.putString(KIND_TYPES[kind]);
    }
    return header.used();
  }

  private activate(key: AttributeKey): JsonPath | undefined {
    if (key.path < 0) {
      const before = this.registry.count;
      if (!this.registry.admit(key)) return undefined;
      if (this.registry.count > before) this.admittedHere.add(key);
      const existing = this.slots[key.path];
      if (existing) return existing;
    }
    const path = this.spare.pop() ?? new JsonPath(key.name);
    path.reset(key.name);
    this.slots[key.path] = path;
    this.active.push(path);
    this.keys.push(key);
    return path;
  }

  private deactivateFrom(count: number): void {
    for (let i = this.active.length - 1; i >= count; i -= 1) {
      const path = this.active.pop();
      const key = this.keys.pop();
      if (!path || !key) return;
      this.slots[key.path] = undefined;
      this.spare.push(path);
      path.reset('');
      if (this.admittedHere.delete(key)) this.registry.release(key);
    }
  }
}
