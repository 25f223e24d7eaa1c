/** The most frequent values of a field. A value is the text that the query language takes for it. */
import type { AttributeField } from '@tendril/query/catalogue';
import { pathText } from '@tendril/query/pipes/cell';
import type { Field } from '@tendril/model/fields';
import { EMPTY_SQL, identifier, sql, string, uint32, type Sql } from '@tendril/sql/sql';

/** What values are taken from. */
export type ValueSource =
  | { readonly kind: 'column'; readonly field: Field }
  | { readonly kind: 'attribute'; readonly attribute: AttributeField }
  | { readonly kind: 'resource'; readonly key: string };

export interface FieldValues {
  readonly source: ValueSource;
  /** Of range and query. */
  readonly where: Sql;
  readonly prefix: string;
  readonly limit: number;
}

/** Each row also says how many values and records there are in all. */
export function fieldValuesQuery({ source, where, prefix, limit }: FieldValues): Sql {
  return sql`SELECT
  value,
  records,
  toFloat64(sum(records) OVER ()) AS recordsInAll,
  toFloat64(count() OVER ()) AS valuesInAll
FROM
(
${countsBy(source, where, prefixCondition(prefix))}
)
ORDER BY records DESC, value
LIMIT ${uint32(limit)}`;
}

/** Only how many there are. Groups are counted: an exact set of all values takes twice as long. */
export function distinctValuesQuery({ source, where, prefix }: FieldValues): Sql {
  return sql`SELECT toFloat64(count()) AS valuesInAll, toFloat64(sum(records)) AS recordsInAll
FROM
(
${countsBy(source, where, prefixCondition(prefix))}
)`;
}

function prefixCondition(prefix: string): Sql {
  if (prefix === '') return EMPTY_SQL;
  return sql` AND startsWith(lowerUTF8(value), lowerUTF8(${string(prefix)}))`;
}

function countsBy(source: ValueSource, where: Sql, wanted: Sql): Sql {
  if (source.kind === 'resource') return resourceCounts(source.key, where, wanted);
  const { value, condition } = valueSql(source);
  return sql`SELECT ${value} AS value, count() AS records
FROM logs
WHERE ${where} AND ${condition}${wanted}
GROUP BY value`;
}

// Counted by the id first: there are few resources, and their attributes lie in another table.
function resourceCounts(key: string, where: Sql, wanted: Sql): Sql {
  const value = sql`Attributes[${string(key)}]`;
  return sql`SELECT value, sum(rows) AS records
FROM
(
SELECT ResourceId, count() AS rows
FROM logs
WHERE ${where}
GROUP BY ResourceId
) AS counted
INNER JOIN
(
SELECT ResourceId, any(${value}) AS value
FROM resources
WHERE mapContains(Attributes, ${string(key)})
GROUP BY ResourceId
) AS named USING (ResourceId)
WHERE true${wanted}
GROUP BY value`;
}

interface ValueSql {
  readonly value: Sql;
  /** That the record has the field. */
  readonly condition: Sql;
}

function valueSql(source: Exclude<ValueSource, { readonly kind: 'resource' }>): ValueSql {
  if (source.kind === 'attribute') return attributeValue(source.attribute);
  const { column, type } = source.field;
  const name = identifier(column);
  switch (type) {
    case 'severity':
      return {
        value: sql`['trace', 'debug', 'info', 'warn', 'error', 'fatal'][intDiv(${name} + 3, 4)]`,
        condition: sql`${name} BETWEEN 1 AND 24`,
      };
    case 'number':
    case 'duration':
      return { value: sql`toString(${name})`, condition: sql`${name} != 0` };
    case 'time':
      return { value: sql`toString(${name})`, condition: sql`true` };
    case 'id':
    case 'keyword':
    case 'text':
      return HEX_COLUMNS.has(column)
        ? { value: sql`lower(leftPad(hex(${name}), 16, '0'))`, condition: sql`${name} != 0` }
        : { value: sql`${name}`, condition: sql`${name} != ''` };
  }
}

const HEX_COLUMNS: ReadonlySet<string> = new Set(['RecordId', 'PatternId']);

function attributeValue({ key, types, storage }: AttributeField): ValueSql {
  const overflow = sql`AttributesOverflow[${string(key)}]`;
  const inOverflow = sql`mapContains(AttributesOverflow, ${string(key)})`;
  if (storage === 'overflow') return { value: overflow, condition: inOverflow };
  const path = pathText(key, types);
  if (storage === 'path')
    return { value: sql`assumeNotNull(${path})`, condition: sql`isNotNull(${path})` };
  return {
    value: sql`ifNull(${path}, ${overflow})`,
    condition: sql`(isNotNull(${path}) OR ${inOverflow})`,
  };
}
