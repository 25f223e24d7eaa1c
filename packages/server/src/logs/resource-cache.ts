/**
 * Resource attributes by ResourceId. Rows carry the id alone; the id is a hash of the attributes, so
 * what was read once never changes.
 */
import { z } from 'zod';
import { emptyAttributes, type Attributes } from '@tendril/model/attribute';
import { sql, uint64s, type Sql } from '@tendril/sql/sql';
import type { Engine } from '../engine/engine.ts';
import { allRows, type StatementOptions } from './statement.ts';
import { typedAttributes } from './typed-attributes.ts';

/** About 2 KiB each. */
const RESOURCES_MAX = 10_000;

const rowSchema = z.object({
  id: z.string(),
  keys: z.array(z.string()),
  values: z.array(z.string()),
  types: z.string(),
});

export class ResourceCache {
  private readonly engine: Engine;
  private readonly known: Map<string, Attributes> = new Map();

  constructor(engine: Engine) {
    this.engine = engine;
  }

  /** Reads those not known yet. Afterwards `get` answers for all of `ids` that are stored. */
  async load(ids: Iterable<string>, options: StatementOptions): Promise<void> {
    const missing = [...new Set(ids)].filter((id) => !this.known.has(id));
    if (missing.length === 0) return;
    if (this.known.size + missing.length > RESOURCES_MAX) this.known.clear();
    for (const row of await allRows(this.engine, resourcesQuery(missing.map(BigInt)), options)) {
      const { id, ...texts } = rowSchema.parse(row);
      this.known.set(id, typedAttributes(texts));
    }
  }

  get(id: string): Attributes {
    return this.known.get(id) ?? emptyAttributes();
  }
}

export function resourcesQuery(ids: readonly bigint[]): Sql {
  return sql`SELECT toString(ResourceId) AS id, mapKeys(Attributes) AS keys, mapValues(Attributes) AS values, AttributeTypes AS types
FROM resources
WHERE ResourceId IN ${uint64s(ids)}
ORDER BY AttributeTypes DESC
LIMIT 1 BY ResourceId`;
}
