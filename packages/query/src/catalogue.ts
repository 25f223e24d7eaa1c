/**
 * Which attributes the stored records have. Checking a query needs it, so that a field that no record
 * has is an error with a suggestion. The server answers it from the field table, tests from a list.
 */
export type AttributeType = 'string' | 'int' | 'float' | 'bool' | 'array';

export interface AttributeField {
  readonly key: string;
  readonly scope: 'attribute' | 'resource';
  /** Types that were seen; one key may have several. */
  readonly types: readonly AttributeType[];
  /** Where values lie: a path of the JSON column, the overflow map, or both. */
  readonly storage: 'path' | 'overflow' | 'both';
}

export interface FieldCatalogue {
  /** The attributes and resource attributes with exactly this key. */
  find(name: string): readonly AttributeField[];
  /** All keys, for patterns, suggestions and completion. */
  names(): Iterable<string>;
}

/** A catalogue of a given list. */
export function fieldCatalogue(fields: Iterable<AttributeField>): FieldCatalogue {
  const byName = new Map<string, AttributeField[]>();
  for (const field of fields) {
    const sameName = byName.get(field.key);
    if (sameName) sameName.push(field);
    else byName.set(field.key, [field]);
  }
  return { find: (name) => byName.get(name) ?? [], names: () => byName.keys() };
}
