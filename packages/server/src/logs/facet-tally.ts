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

interface TalliedValue {
  records: number;
  times: number;
}

interface Tally {
  readonly storage: FieldStorage;
  readonly name: string;
  readonly types: Set<string>;
  records: number;
  readonly values: Map<string, TalliedValue>;
}

/** Longer values are no facets; they would only fill memory. */
const VALUE_CHARACTERS_MAX = 256;

export class FacetTally {
  private readonly tallies: Map<string, Tally> = new Map();

  /**
   * `weight`: how many records the one stands for. A value that is met once is only known to be there: it counts as
   * one, however many records its own stands for.
   */
  add(storage: FieldStorage, name: string, value: AttributeValue, weight: number): void {
    const key = `${storage} ${name}`;
    const tally = this.tallies.get(key) ?? newTally(storage, name);
    this.tallies.set(key, tally);
    tally.records += weight;
    tally.types.add(typeOf(value));
    if (typeof value === 'object') return;
    const text = String(value);
    if (text === '' || text.length > VALUE_CHARACTERS_MAX) return;
    const { records = 0, times = 0 } = tally.values.get(text) ?? {};
    tally.values.set(text, { records: records + weight, times: times + 1 });
  }

  /** Fields that most records have first, each with its most frequent values. */
  facets(limit: number): readonly TalliedFacet[] {
    return [...this.tallies.values()]
      .sort((a, b) => b.records - a.records || compareText(a.name, b.name))
      .map(({ storage, name, types, records, values }) => ({
        storage,
        name,
        type: [...types].sort().join(' | '),
        records: Math.round(records),
        values: mostFrequent(values, limit),
      }));
  }
}

function newTally(storage: FieldStorage, name: string): Tally {
  return { storage, name, types: new Set(), records: 0, values: new Map() };
}

function mostFrequent(values: ReadonlyMap<string, TalliedValue>, limit: number): LogFieldValue[] {
  return [...values]
    .map(([value, { records, times }]) => ({ value, records, times }))
    .sort((a, b) => b.records - a.records || compareText(a.value, b.value))
    .slice(0, limit)
    .map(({ value, records, times }) => ({ value, count: times > 1 ? Math.round(records) : 1 }));
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
