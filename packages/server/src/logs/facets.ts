/**
 * All fields at once, each with its most frequent values. Without a query from what the writers
 * counted by the hour; with one from a sample of the newest records that match.
 */
import { z } from 'zod';
import {
  FACETS_MAX,
  type LogFacet,
  type LogFacetsRequest,
  type LogFacetsResponse,
} from '@tendril/api/log-facets';
import { FIELD_STORAGES, type FieldStorage } from '@tendril/api/log-fields';
import type { LogRecord } from '@tendril/model/log-record';
import { LOG_FIELDS, logFieldOf, type Field } from '@tendril/model/fields';
import { severityOfNumber } from '@tendril/model/severity';
import type { TimeRange } from '@tendril/model/time-range';
import { FacetTally } from './facet-tally.ts';
import { facetsQuery, type FacetsShape } from './facet-query.ts';
import type { LogReader, PreparedQuery } from './log-reader.ts';
import { records as wholeRecords } from './row-shape.ts';
import { scanLogs } from './scan.ts';
import { allRows, type StatementOptions } from './statement.ts';

/** Enough for shares that are right to a few percent, and read in a few hundredths of a second. */
const SAMPLE_RECORDS = 1_000;

export async function logFacets(
  reader: LogReader,
  request: LogFacetsRequest,
  signal: AbortSignal,
): Promise<LogFacetsResponse> {
  const options = { budget: reader.budget(), signal };
  const prepared = await reader.prepare(request, options);
  const found =
    prepared.query.kind === 'all'
      ? await countedFacets(reader, prepared.range, request, options)
      : await sampledFacets(reader, prepared, request, options);
  return { ...found, cost: options.budget.cost() };
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

/** A column goes by the name of its field. */
function facetOf(
  storage: FieldStorage,
  name: string,
  type: string,
): Omit<LogFacet, 'records' | 'values'> {
  const field = storage === 'column' ? FIELD_OF_COLUMN.get(name) : undefined;
  if (field === undefined) return { name, type, storage };
  return { name: field.name, type: field.type, storage, label: field.label };
}

async function sampledFacets(
  reader: LogReader,
  { range, condition }: PreparedQuery,
  { values, search }: FacetsShape,
  options: StatementOptions,
): Promise<FoundFacets> {
  const tally = new FacetTally();
  let records = 0;
  const scan = { range, condition, order: 'desc', limit: SAMPLE_RECORDS } as const;
  for await (const event of scanLogs(reader, scan, wholeRecords(reader), options)) {
    if (event.kind !== 'row') continue;
    records += 1;
    addRecord(tally, event.row);
  }
  const wanted = search.toLowerCase();
  const named = tally.facets(values).filter(({ name }) => name.toLowerCase().includes(wanted));
  const facets = named.slice(0, FACETS_MAX).map((found): LogFacet =>
    Object.assign(facetOf(found.storage, found.name, found.type), {
      records: found.records,
      values: found.values,
    }),
  );
  return { facets, fields: named.length, basis: { kind: 'sample', records } };
}

function addRecord(tally: FacetTally, record: LogRecord): void {
  const columns = {
    'service.name': record.serviceName,
    environment: record.environment,
    level: severityOfNumber(record.severityNumber) ?? '',
    operationId: record.operationId,
    traceId: record.traceId,
  };
  for (const [name, value] of Object.entries(columns)) {
    if (value !== '') tally.add('column', name, value);
  }
  for (const [key, value] of Object.entries(record.attributes)) tally.add('attribute', key, value);
  for (const [key, value] of Object.entries(record.resource)) tally.add('resource', key, value);
}
