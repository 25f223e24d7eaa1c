/**
 * Which attribute keys have a path of their own in the JSON column. One for all writers of a
 * process, so that the table's number of paths stays bounded; keys beyond the bound go to
 * the overflow map.
 */

/** A key that was seen; one object for each name while it has a path. */
export interface AttributeKey {
  readonly name: string;
  /** Place among the paths; -1 while it has none. Set by `AttributePaths` alone. */
  path: number;
}

export class AttributePaths {
  readonly pathsMax: number;
  private readonly keys: Map<string, AttributeKey> = new Map();
  /** Goes up when paths are taken back: whoever keeps keys must ask for them again. */
  generation = 0;
  private readonly free: number[] = [];
  private used = 0;

  constructor(pathsMax: number) {
    this.pathsMax = pathsMax;
  }

  get count(): number {
    return this.keys.size;
  }

  /** The key of a name: the shared one when it has a path, else one that may still get it. */
  keyOf(name: string): AttributeKey {
    return this.keys.get(name) ?? { name, path: -1 };
  }

  /** Gives the key a path. False when all are taken, or when the name is empty, which JSON refuses. */
  admit(key: AttributeKey): boolean {
    const existing = this.keys.get(key.name);
    if (existing) {
      key.path = existing.path;
      return true;
    }
    if (this.keys.size >= this.pathsMax || key.name === '') return false;
    key.path = this.free.pop() ?? this.used++;
    this.keys.set(key.name, key);
    return true;
  }

  /** Takes back paths that only a refused request had asked for. */
  release(key: AttributeKey): void {
    const shared = this.keys.get(key.name);
    if (!shared) return;
    this.keys.delete(key.name);
    this.free.push(shared.path);
    shared.path = -1;
    key.path = -1;
    this.generation += 1;
  }
}
