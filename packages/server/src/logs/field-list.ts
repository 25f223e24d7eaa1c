/** Which fields records of a range have: those of the registry, then what the writers have seen. */
import { z } from 'zod';
import {
  FIELD_STORAGES,
  type LogField,
  type LogFieldsRequest,
  type LogFieldsResponse,
} from '@tendril/api/log-fields';
import { attributeLabelOf, type Field } from '@tendril/model/fields';
import { NS_PER_SECOND, type TimeRange } from '@tendril/model/time-range';
import { identifier, int64, sql, uint32, type Sql } from '@tendril/sql/sql';
import type { LogReader } from './log-reader.ts';
import type { RecordSource } from './record-source.ts';
import { allRows } from './statement.ts';

/** More than a person can look through; names beyond are still found by asking for them. */
const FIELDS_MAX = 10_000;

const rowSchema = z.object({
  source: z.enum(FIELD_STORAGES),
  name: z.string(),
  types: z.array(z.string()),
  records: z.coerce.number(),
});
type Row = z.infer<typeof rowSchema>;

export async function logFields(
  reader: LogReader,
  request: LogFieldsRequest,
  signal: AbortSignal,
): Promise<LogFieldsResponse> {
  const options = { budget: reader.budget(), signal };
  const { range } = await reader.prepare({ ...request, query: '' }, options);
  const rows = await allRows(
    reader.engine,
    fieldListQuery(range, reader.source.fieldsTable),
    options,
  );
  const parsed = rows.map((row) => rowSchema.parse(row));
  const attributes = parsed.filter(({ source }) => source !== 'column');
  return {
    fields: [
      ...registered(parsed, reader.source.registry.fields),
      ...attributes.slice(0, FIELDS_MAX).map(unregistered),
    ],
    truncated: rows.length > FIELDS_MAX,
  };
}

/** The table counts by the hour, so a field may be listed that only the rest of the hour has. */
export function fieldListQuery(
  { fromNs, toNs }: TimeRange,
  table: RecordSource['fieldsTable'],
): Sql {
  return sql`SELECT Source AS source, Name AS name, arraySort(groupUniqArray(Type)) AS types, sum(Count) AS records
FROM ${identifier(table)}
WHERE Hour >= toStartOfHour(toDateTime(${int64(fromNs / NS_PER_SECOND)}, 'UTC'))
  AND Hour <= toDateTime(${int64(toNs / NS_PER_SECOND)}, 'UTC')
  AND Value = ''
GROUP BY Source, Name
ORDER BY records DESC, Source, Name
LIMIT ${uint32(FIELDS_MAX + 1)}`;
}

function registered(rows: readonly Row[], fields: readonly Field[]): LogField[] {
  const counted = new Map(
    rows.filter(({ source }) => source === 'column').map(({ name, records }) => [name, records]),
  );
  return fields.map(({ name, column, type, aliases, label }) => ({
    name,
    type,
    storage: 'column',
    aliases,
    label,
    records: counted.get(column) ?? null,
  }));
}

function unregistered({ source, name, types, records }: Row): LogField {
  const label = source === 'attribute' ? attributeLabelOf(name) : undefined;
  const field = { name, type: types.join(' | '), storage: source, aliases: [], records };
  return label ? { ...field, label } : field;
}
