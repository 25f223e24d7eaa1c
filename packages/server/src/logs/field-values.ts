/** The most frequent values of one field among matching records. */
import { z } from 'zod';
import type { PartialReason } from '@tendril/api/answer';
import type {
  LogFieldValue,
  LogFieldValuesRequest,
  LogFieldValuesResponse,
} from '@tendril/api/log-fields';
import { Failure } from '@tendril/model/failure';
import { logFieldOf } from '@tendril/model/fields';
import type { FieldCatalogue } from '@tendril/query/catalogue';
import { nearestName } from '@tendril/query/suggest';
import { sql } from '@tendril/sql/sql';
import { rangeCondition } from './cursor.ts';
import {
  distinctValuesQuery,
  fieldValuesQuery,
  type FieldValues,
  type ValueSource,
} from './field-value-query.ts';
import type { LogReader } from './log-reader.ts';
import { limitReached } from './read-budget.ts';
import { partialOf } from './summary.ts';
import { allRows, type StatementOptions } from './statement.ts';

/** Values grouped; of more, those that were met first. About 100 bytes each in the engine. */
export const GROUPS_MAX = 2_000_000;

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
  const found = await readValues(reader, { source, where, prefix, limit }, options);
  const { values, valuesInAll, records, partial } = found;
  return {
    field: nameOf(source),
    values,
    records,
    more: valuesInAll > values.length,
    distinct: request.distinct && partial === undefined ? valuesInAll : null,
    partial: partialOf({ partial, searchedToNs: range.toNs }),
    cost: options.budget.cost(),
  };
}

interface FoundValues {
  readonly values: readonly LogFieldValue[];
  readonly records: number;
  readonly valuesInAll: number;
  readonly partial: PartialReason | undefined;
}

const NOTHING = { values: [], records: 0, valuesInAll: 0 } as const;

async function readValues(
  reader: LogReader,
  wanted: FieldValues,
  options: StatementOptions,
): Promise<FoundValues> {
  try {
    return wanted.limit === 0
      ? await readDistinct(reader, wanted, options)
      : await readMostFrequent(reader, wanted, options);
  } catch (error) {
    const partial = limitReached(error);
    if (partial === undefined) throw error;
    return { ...NOTHING, partial };
  }
}

async function readMostFrequent(
  reader: LogReader,
  wanted: FieldValues,
  options: StatementOptions,
): Promise<FoundValues> {
  const settings = { max_rows_to_group_by: GROUPS_MAX, group_by_overflow_mode: 'any' };
  const found = await allRows(reader.engine, fieldValuesQuery(wanted), { ...options, settings });
  const rows = found.map((row) => rowSchema.parse(row));
  const [{ valuesInAll, recordsInAll } = { valuesInAll: 0, recordsInAll: 0 }] = rows;
  return {
    values: rows.map(({ value, records }) => ({ value, count: records })),
    records: recordsInAll,
    valuesInAll,
    // The values beyond were left out, with their records.
    partial: valuesInAll >= GROUPS_MAX ? 'memory' : undefined,
  };
}

async function readDistinct(
  reader: LogReader,
  wanted: FieldValues,
  options: StatementOptions,
): Promise<FoundValues> {
  const [row] = await allRows(reader.engine, distinctValuesQuery(wanted), options);
  const { valuesInAll, recordsInAll } = rowSchema
    .pick({ valuesInAll: true, recordsInAll: true })
    .parse(row);
  return { values: [], records: recordsInAll, valuesInAll, partial: undefined };
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
