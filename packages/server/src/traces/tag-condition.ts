/**
 * Traces as other systems' APIs ask for them: by service, operation, tags and duration. A tag is looked
 * for wherever a span may hold it: its attributes, its resource, its scope, its events and links.
 */
import type { QueryNode } from '@tendril/query/ast';
import { checkQuery } from '@tendril/query/check';
import { lowerQuery } from '@tendril/query/lower';
import { QueryFailure } from '@tendril/query/query-failure';
import { int64, joinSql, sql, string, type Sql } from '@tendril/sql/sql';
import type { LogReader } from '../logs/log-reader.ts';
import type { StatementOptions } from '../logs/statement.ts';
import { storedKind } from './service-calls.ts';
import { SPAN_KINDS } from '@tendril/model/span';

export interface TagSearch {
  readonly service?: string | undefined;
  readonly operation?: string | undefined;
  readonly tags: ReadonlyMap<string, string>;
  readonly durationMinNs?: bigint | undefined;
  readonly durationMaxNs?: bigint | undefined;
}

/** What mappings from OpenTelemetry make tags of, though it is none. */
const FIELD_OF_TAG: ReadonlyMap<string, string> = new Map([
  ['otel.status_code', 'status'],
  ['otel.status_description', 'statusMessage'],
  ['w3c.tracestate', 'traceState'],
  ['otel.scope.name', 'scope.name'],
  ['otel.library.name', 'scope.name'],
]);

/** All hold for the same span. */
export async function tagSearchCondition(
  reader: LogReader,
  search: TagSearch,
  options: StatementOptions,
): Promise<Sql> {
  const { service, operation, tags, durationMinNs, durationMaxNs } = search;
  const ofTags: Sql[] = [];
  for (const [key, value] of tags) ofTags.push(await tagCondition(reader, { key, value }, options));
  const conditions = [
    ...(service === undefined ? [] : [sql`ServiceName = ${string(service)}`]),
    ...(operation === undefined ? [] : [sql`SpanName = ${string(operation)}`]),
    ...(durationMinNs === undefined ? [] : [sql`Duration >= ${int64(durationMinNs)}`]),
    ...(durationMaxNs === undefined ? [] : [sql`Duration <= ${int64(durationMaxNs)}`]),
    ...ofTags,
  ];
  return conditions.length === 0 ? sql`true` : sql`(${joinSql(conditions, ' AND ')})`;
}

interface Tag {
  readonly key: string;
  readonly value: string;
}

async function tagCondition(
  reader: LogReader,
  { key, value }: Tag,
  options: StatementOptions,
): Promise<Sql> {
  const own = reader.source.registry.ofSourceKey(key)?.name;
  const names = [`attributes.${key}`, `resource.${key}`, FIELD_OF_TAG.get(key) ?? own ?? ''];
  const anywhere: Sql[] = [];
  for (const name of names) {
    const condition = name === '' ? undefined : await fieldCondition(reader, name, value, options);
    if (condition) anywhere.push(condition);
  }
  return sql`(${joinSql([...anywhere, ...otherPlaces({ key, value })], ' OR ')})`;
}

/** Maps hold text, as which numbers and truth values compare. */
function otherPlaces({ key, value }: Tag): readonly Sql[] {
  const name = string(key);
  const text = string(value);
  const kind = SPAN_KINDS.find((each) => each === value.toLowerCase());
  return [
    sql`ScopeAttributes[${name}] = ${text} AND mapContains(ScopeAttributes, ${name})`,
    sql`arrayExists(m -> mapContains(m, ${name}) AND m[${name}] = ${text}, Events.Attributes)`,
    sql`arrayExists(m -> mapContains(m, ${name}) AND m[${name}] = ${text}, Links.Attributes)`,
    ...(key === 'error' && value === 'true' ? [sql`StatusCode = 'Error'`] : []),
    ...(key === 'error' && value === 'false' ? [sql`StatusCode != 'Error'`] : []),
    ...(key === 'span.kind' && kind ? [sql`SpanKind = ${string(storedKind(kind))}`] : []),
    ...(key === 'otel.scope.version' ? [sql`ScopeVersion = ${text}`] : []),
    ...(key === 'event' ? [sql`has(Events.Name, ${text})`] : []),
  ];
}

/** Undefined when no span has the field, or it cannot have the value. */
async function fieldCondition(
  reader: LogReader,
  name: string,
  value: string,
  options: StatementOptions,
): Promise<Sql | undefined> {
  const at = { start: 0, end: 0 };
  const field = { ...at, pieces: [name] };
  const values = { ...at, kind: 'text', pieces: [value], quoted: true } as const;
  const node: QueryNode = { ...at, kind: 'is', field, values };
  const { registry } = reader.source;
  try {
    const query = await reader.catalogue.checked(
      (catalogue) => checkQuery(node, { catalogue, registry, nowNs: 0n }),
      options,
    );
    return lowerQuery(query);
  } catch (error) {
    if (error instanceof QueryFailure) return undefined;
    throw error;
  }
}
