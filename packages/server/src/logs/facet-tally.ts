/** Counts the values of fields in a sample of records. */
import type { FieldStorage, LogFieldValue } from '@tendril/api/log-fields';
import type { AttributeValue } from '@tendril/model/attribute';

export interface TalliedFacet {
  readonly storage: FieldStorage;
  readonly name: string;
  readonly type: string;
  readonly records: number;
  readonly values: readonly LogFieldValue[];
}

interface Tally {
  readonly storage: FieldStorage;
  readonly name: string;
  readonly types: Set<string>;
  records: number;
  readonly counts: Map<string, number>;
}

/** Longer values are no facets; they would only fill memory. */
const VALUE_CHARACTERS_MAX = 256;

export class FacetTally {
  private readonly tallies: Map<string, Tally> = new Map();

  add(storage: FieldStorage, name: string, value: AttributeValue): void {
    const key = `${storage} ${name}`;
    const tally = this.tallies.get(key) ?? newTally(storage, name);
    this.tallies.set(key, tally);
    tally.records += 1;
    tally.types.add(typeOf(value));
    if (typeof value === 'object') return;
    const text = String(value);
    if (text === '' || text.length > VALUE_CHARACTERS_MAX) return;
    tally.counts.set(text, (tally.counts.get(text) ?? 0) + 1);
  }

  /** Fields that most records have first, each with its most frequent values. */
  facets(values: number): readonly TalliedFacet[] {
    return [...this.tallies.values()]
      .sort((a, b) => b.records - a.records || compareText(a.name, b.name))
      .map(({ storage, name, types, records, counts }) => ({
        storage,
        name,
        type: [...types].sort().join(' | '),
        records,
        values: mostFrequent(counts, values),
      }));
  }
}

function newTally(storage: FieldStorage, name: string): Tally {
  return { storage, name, types: new Set(), records: 0, counts: new Map() };
}

function mostFrequent(counts: ReadonlyMap<string, number>, limit: number): LogFieldValue[] {
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || compareText(a.value, b.value))
    .slice(0, limit);
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function typeOf(value: AttributeValue): string {
  if (typeof value === 'object') return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'float';
  return typeof value === 'bigint' ? 'integer' : typeof value;
}
