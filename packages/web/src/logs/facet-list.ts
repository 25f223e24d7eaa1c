/** Which facets are shown, in which order. */
import type { LogFacet } from '@tendril/api/log-facets';
import { logFieldOf } from '@tendril/model/fields';
import type { LogFieldValue } from '@tendril/api/log-fields';

export interface FacetListOptions {
  readonly facets: readonly LogFacet[];
  /** Part of a name, of a label or of a value. */
  readonly wanted: string;
  readonly pinned: readonly string[];
  /** Exact, from the histogram. */
  readonly levels: readonly LogFieldValue[];
}

/** What people filter by first comes first. */
const FIRST = [
  'level',
  'service.name',
  'environment',
  'host.name',
  'operationId',
  'errorCode',
  'duration',
];
/** Every record has its own: as a list of values they say nothing. */
const HIDDEN: ReadonlySet<string> = new Set([
  'timestamp',
  'observedTimestamp',
  'body',
  'original',
  'id',
  'severityNumber',
]);

export function facetList({
  facets,
  wanted,
  pinned,
  levels,
}: FacetListOptions): readonly LogFacet[] {
  const text = wanted.trim().toLowerCase();
  const withLevels = levels.length === 0 ? facets : replaceLevels(facets, levels);
  const all = [...withLevels, ...missingDuration(facets)];
  const columns = new Set(
    all.filter(({ storage }) => storage === 'column').map(({ name }) => name),
  );
  return all
    .filter(({ name }) => !HIDDEN.has(name))
    .filter((facet) => !isShownAsColumn(facet, columns))
    .filter((facet) => text === '' || fits(facet, text))
    .map((facet) => ({ facet, rank: rankOf(facet, pinned) }))
    .sort((a, b) => a.rank - b.rank || b.facet.records - a.facet.records)
    .map(({ facet }) => facet);
}

/** Nobody counts its values: each is its own. It is filtered by ranges. */
function missingDuration(facets: readonly LogFacet[]): readonly LogFacet[] {
  const label = logFieldOf('duration')?.label;
  if (!label || facets.length === 0) return [];
  return [{ name: 'duration', type: 'duration', storage: 'column', label, records: 0, values: [] }];
}

/** A resource attribute or attribute that fills a column is one field with it. */
function isShownAsColumn({ name, storage }: LogFacet, columns: ReadonlySet<string>): boolean {
  const field = storage === 'column' ? undefined : logFieldOf(name);
  return field !== undefined && columns.has(field.name);
}

function replaceLevels(
  facets: readonly LogFacet[],
  levels: readonly LogFieldValue[],
): readonly LogFacet[] {
  const records = levels.reduce((sum, { count }) => sum + count, 0);
  const level: LogFacet = {
    name: 'level',
    type: 'severity',
    storage: 'column',
    label: { en: 'Level', zh: '级别' },
    records,
    values: levels,
    exact: true,
  };
  return [level, ...facets.filter(({ name }) => name !== 'level')];
}

function fits({ name, label, values }: LogFacet, text: string): boolean {
  return (
    name.toLowerCase().includes(text) ||
    label?.en.toLowerCase().includes(text) === true ||
    label?.zh.includes(text) === true ||
    values.some(({ value }) => value.toLowerCase().includes(text))
  );
}

function rankOf({ name }: LogFacet, pinned: readonly string[]): number {
  const pin = pinned.indexOf(name);
  if (pin >= 0) return pin - pinned.length;
  const first = FIRST.indexOf(name);
  return first >= 0 ? first : FIRST.length;
}
