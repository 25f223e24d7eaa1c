/**
 * All fields at once, each with its most frequent values. Without a query from what the writers
 * counted by the hour; with one from the records that match, or some of them.
 */
import { z } from 'zod';
import {
  FACETS_MAX,
  type FacetBasis,
  type LogFacet,
  type LogFacetsRequest,
  type LogFacetsResponse,
} from '@tendril/api/log-facets';
import { FIELD_STORAGES, type FieldStorage } from '@tendril/api/log-fields';
import { LOG_FIELDS, logFieldOf, type Field } from '@tendril/model/fields';
import { severityOfNumber } from '@tendril/model/severity';
import type { TimeRange } from '@tendril/model/time-range';
import { asksOnlyRollUp } from '@tendril/query/roll-up';
import { FacetTally } from './facet-tally.ts';
import { facetSample, type SampledRecord } from './facet-sample.ts';
import { facetsQuery, rolledFacetsQuery, type FacetsShape } from './facet-query.ts';
import type { LogReader, PreparedQuery } from './log-reader.ts';
import { allRows, type StatementOptions } from './statement.ts';

export async function logFacets(
  reader: LogReader,
  request: LogFacetsRequest,
  signal: AbortSignal,
): Promise<LogFacetsResponse> {
  const options = { budget: reader.budget(), signal };
  const prepared = await reader.prepare(request, options);
  return await facetsOf(reader, prepared, request, options);
}

export type FacetsWanted = Pick<LogFacetsRequest, 'values' | 'search' | 'parts' | 'exact'>;

export async function facetsOf(
  reader: LogReader,
  prepared: PreparedQuery,
  request: FacetsWanted,
  options: StatementOptions,
): Promise<LogFacetsResponse> {
  const [found, exact] = await Promise.all([
    prepared.query.kind === 'all'
      ? countedFacets(reader, prepared.range, request, options)
      : sampledFacets(reader, prepared, request, options),
    rolledFacets(reader, prepared, request, options),
  ]);
  return { ...withExact(found, exact), cost: options.budget.cost() };
}

type FoundFacets = Omit<LogFacetsResponse, 'cost'>;

const rowSchema = z.object({
  source: z.enum(FIELD_STORAGES),
  name: z.string(),
  value: z.string(),
  types: z.array(z.string()),
  records: z.coerce.number(),
  fields: z.coerce.number(),
});

const rolledSchema = z.object({
  'service.name': z.string(),
  environment: z.string(),
  records: z.coerce.number(),
});

async function countedFacets(
  reader: LogReader,
  range: TimeRange,
  shape: FacetsShape,
  options: StatementOptions,
): Promise<FoundFacets> {
  const facets: (LogFacet & { values: { value: string; count: number }[] })[] = [];
  let count = 0;
  for (const row of await allRows(reader.engine, facetsQuery(range, shape), options)) {
    const { source, name, value, types, records, fields } = rowSchema.parse(row);
    count = fields;
    if (value === '')
      facets.push({ ...facetOf(source, name, types.join(' | ')), records, values: [] });
    else facets.at(-1)?.values.push({ value, count: records });
  }
  return { facets, fields: count, basis: { kind: 'hours' } };
}

// The writers count severities as they were written, which the query language takes for the level.
const FIELD_OF_COLUMN: ReadonlyMap<string, Field | undefined> = new Map([
  ...LOG_FIELDS.map((field) => [field.column, field] as const),
  ['SeverityText', logFieldOf('level')],
]);

/** A column, under its own name or already that of its field, goes by the name of its field. */
function facetOf(
  storage: FieldStorage,
  name: string,
  type: string,
): Omit<LogFacet, 'records' | 'values'> {
  const field = storage === 'column' ? (FIELD_OF_COLUMN.get(name) ?? logFieldOf(name)) : undefined;
  if (field === undefined) return { name, type, storage };
  return { name: field.name, type: field.type, storage, label: field.label };
}

async function sampledFacets(
  reader: LogReader,
  prepared: PreparedQuery,
  { values, search, parts, exact }: FacetsWanted,
  options: StatementOptions,
): Promise<FoundFacets> {
  const { records, matching } = await facetSample(reader, prepared, { parts, exact }, options);
  const tally = new FacetTally();
  for (const record of records) addRecord(tally, record);
  const basis: FacetBasis =
    records.length >= matching
      ? { kind: 'records', records: records.length }
      : { kind: 'sample', records: records.length, matching };
  return { ...facetsOfTally(tally, { values, search }), basis };
}

export function facetsOfTally(
  tally: FacetTally,
  { values, search }: FacetsShape,
): Pick<LogFacetsResponse, 'facets' | 'fields'> {
  const wanted = search.toLowerCase();
  const named = tally.facets(values).filter(({ name }) => name.toLowerCase().includes(wanted));
  const facets = named.slice(0, FACETS_MAX).map((found): LogFacet =>
    Object.assign(facetOf(found.storage, found.name, found.type), {
      records: found.records,
      values: found.values,
    }),
  );
  return { facets, fields: named.length };
}

export function addRecord(tally: FacetTally, record: SampledRecord): void {
  const { weight } = record;
  const columns = {
    'service.name': record.serviceName,
    environment: record.environment,
    level: severityOfNumber(record.severityNumber) ?? '',
    operationId: record.operationId,
    traceId: record.traceId,
  };
  for (const [name, value] of Object.entries(columns)) {
    if (value !== '') tally.add('column', name, value, weight);
  }
  for (const [key, value] of Object.entries(record.attributes)) {
    tally.add('attribute', key, value, weight);
  }
  for (const [key, value] of Object.entries(record.resource)) {
    tally.add('resource', key, value, weight);
  }
}

/** Services and environments are in the roll-up: what asks for nothing else is counted to the record. */
async function rolledFacets(
  reader: LogReader,
  { range, query, condition }: PreparedQuery,
  { values, search }: FacetsShape,
  options: StatementOptions,
): Promise<readonly LogFacet[]> {
  if (!asksOnlyRollUp(query)) return [];
  const statement = rolledFacetsQuery(range, condition);
  const found = await allRows(reader.engine, statement, options);
  const rows = found.map((row) => rolledSchema.parse(row));
  return (['service.name', 'environment'] as const)
    .filter((name) => name.includes(search.toLowerCase()))
    .map((name) => rolledFacet(name, rows, values));
}

function rolledFacet(
  name: 'service.name' | 'environment',
  rows: readonly z.infer<typeof rolledSchema>[],
  limit: number,
): LogFacet {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(row[name], (counts.get(row[name]) ?? 0) + row.records);
  counts.delete('');
  const values = [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count);
  return {
    ...facetOf('column', name, 'string'),
    records: values.reduce((sum, { count }) => sum + count, 0),
    values: values.slice(0, limit),
    exact: true,
  };
}

/** The exact ones in the place of the others. */
function withExact(found: FoundFacets, exact: readonly LogFacet[]): FoundFacets {
  const names = new Map(exact.map((facet) => [facet.name, facet]));
  const facets = found.facets.map((facet) =>
    facet.storage === 'column' ? (names.get(facet.name) ?? facet) : facet,
  );
  return { ...found, facets };
}
