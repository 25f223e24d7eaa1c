/** The most frequent values of one field among matching records. */
import { z } from 'zod';
import type { PartialReason } from '@tendril/api/answer';
import type { LogFieldValuesRequest, LogFieldValuesResponse } from '@tendril/api/log-fields';
import { Failure } from '@tendril/model/failure';
import { logFieldOf } from '@tendril/model/fields';
import type { FieldCatalogue } from '@tendril/query/catalogue';
import { nearestName } from '@tendril/query/suggest';
import { sql } from '@tendril/sql/sql';
import { rangeCondition } from './cursor.ts';
import { fieldValuesQuery, type ValueSource } from './field-value-query.ts';
import type { LogReader } from './log-reader.ts';
import { limitReached } from './read-budget.ts';
import { partialOf } from './search.ts';
import { allRows, type StatementOptions } from './statement.ts';

/** Distinct values counted; of more, those that were met first. About 100 bytes each in the engine. */
export const DISTINCT_VALUES_MAX = 2_000_000;

const rowSchema = z.object({
  value: z.string(),
  records: z.coerce.number(),
  recordsInAll: z.number(),
  valuesInAll: z.number(),
});

export async function logFieldValues(
  reader: LogReader,
  request: LogFieldValuesRequest,
  signal: AbortSignal,
): Promise<LogFieldValuesResponse> {
  const options = { budget: reader.budget(), signal };
  const { range, condition } = await reader.prepare(request, options);
  const source = await reader.catalogue.checked(
    (catalogue) => valueSourceOf(request.field, catalogue),
    options,
  );
  const where = sql`${rangeCondition(range)} AND ${condition}`;
  const { prefix, limit } = request;
  const { rows, partial } = await readValues(reader, { source, where, prefix, limit }, options);
  const valuesInAll = rows[0]?.valuesInAll ?? 0;
  const reason = partial ?? (valuesInAll >= DISTINCT_VALUES_MAX ? 'memory' : undefined);
  return {
    field: nameOf(source),
    values: rows.map(({ value, records }) => ({ value, count: records })),
    records: rows[0]?.recordsInAll ?? 0,
    more: valuesInAll > rows.length,
    partial: partialOf({ partial: reason, searchedToNs: range.toNs }),
    cost: options.budget.cost(),
  };
}

async function readValues(
  reader: LogReader,
  values: Parameters<typeof fieldValuesQuery>[0],
  options: StatementOptions,
): Promise<{ rows: z.infer<typeof rowSchema>[]; partial: PartialReason | undefined }> {
  const settings = { max_rows_to_group_by: DISTINCT_VALUES_MAX, group_by_overflow_mode: 'any' };
  try {
    const rows = await allRows(reader.engine, fieldValuesQuery(values), { ...options, settings });
    return { rows: rows.map((row) => rowSchema.parse(row)), partial: undefined };
  } catch (error) {
    const partial = limitReached(error);
    if (partial === undefined) throw error;
    return { rows: [], partial };
  }
}

const PREFIXES = [
  ['attributes.', 'attribute'],
  ['resource.', 'resource'],
] as const;

/** A field by name, alias or key; a prefix says which when an attribute hides behind an alias. */
function valueSourceOf(name: string, catalogue: FieldCatalogue): ValueSource {
  for (const [prefix, scope] of PREFIXES) {
    const key = name.startsWith(prefix) ? name.slice(prefix.length) : undefined;
    const found = catalogue.find(key ?? '').find((field) => field.scope === scope);
    if (key !== undefined && found !== undefined) return asSource(found);
  }
  const field = logFieldOf(name);
  if (field !== undefined) return { kind: 'column', field };
  const [attribute] = catalogue.find(name);
  if (attribute !== undefined) return asSource(attribute);
  const nearest = nearestName(name, catalogue.names());
  throw new Failure({
    code: 'query_unknown_field',
    detail: `no record has a field “${name}”`,
    params: { field: name, ...(nearest !== undefined && { nearest }) },
  });
}

function asSource(attribute: ReturnType<FieldCatalogue['find']>[number]): ValueSource {
  return attribute.scope === 'resource'
    ? { kind: 'resource', key: attribute.key }
    : { kind: 'attribute', attribute };
}

function nameOf(source: ValueSource): string {
  switch (source.kind) {
    case 'column':
      return source.field.name;
    case 'attribute':
      return source.attribute.key;
    case 'resource':
      return source.key;
  }
}
