/** Changes in the database: told by people and pipelines through the API, or inferred by a job. */
import { z } from 'zod';
import { CHANGE_KINDS, CHANGE_ORIGINS, type Change } from '@tendril/api/changes';
import type { TimeRange } from '@tendril/model/time-range';
import { int64, joinSql, sql, string, strings, uint32, uint64, type Sql } from '@tendril/sql/sql';
import type { Engine } from '../engine/engine.ts';

const LIMITS = { timeoutMs: 10_000 };

export interface ChangesFilter {
  readonly range: TimeRange;
  /** Changes that name no service concern all of them. Absent: of every service. */
  readonly services?: readonly string[];
  /** Changes that name no environment concern all of them. Absent: of every environment. */
  readonly environment?: string;
  readonly limit: number;
}

const rowSchema = z.object({
  id: z.string(),
  timestamp: z.string(),
  kind: z.enum(CHANGE_KINDS),
  origin: z.enum(CHANGE_ORIGINS),
  title: z.string(),
  service: z.string(),
  instance: z.string(),
  environment: z.string(),
  before: z.string(),
  after: z.string(),
  url: z.string(),
  by: z.string(),
});

/** Newest first. */
export async function readChanges(
  engine: Engine,
  filter: ChangesFilter,
  signal?: AbortSignal,
): Promise<readonly Change[]> {
  const { rows } = await engine.query(readChangesQuery(filter), {
    limits: LIMITS,
    ...(signal && { signal }),
  });
  const changes: Change[] = [];
  for await (const row of rows) changes.push(rowSchema.parse(row));
  return changes;
}

/** A change with an id that is there replaces it when the version is higher. */
export async function writeChanges(
  engine: Engine,
  changes: readonly Change[],
  version: bigint,
): Promise<void> {
  if (changes.length === 0) return;
  await engine.command(writeChangesStatement(changes, version), LIMITS);
}

export function readChangesQuery({ range, services, environment, limit }: ChangesFilter): Sql {
  const conditions = [
    sql`Timestamp >= fromUnixTimestamp64Nano(${int64(range.fromNs)})`,
    sql`Timestamp < fromUnixTimestamp64Nano(${int64(range.toNs)})`,
    ...(services === undefined ? [] : [sql`ServiceName IN ${strings([...services, ''])}`]),
    ...(environment === undefined ? [] : [sql`Environment IN ${strings([environment, ''])}`]),
  ];
  return sql`SELECT
  Id AS id,
  toString(toUnixTimestamp64Nano(Timestamp)) AS timestamp,
  Kind AS kind,
  Origin AS origin,
  Title AS title,
  ServiceName AS service,
  Instance AS instance,
  Environment AS environment,
  Before AS before,
  After AS after,
  Url AS url,
  ReportedBy AS by
FROM changes FINAL
WHERE ${joinSql(conditions, ' AND ')}
ORDER BY Timestamp DESC, Id DESC
LIMIT ${uint32(limit)}`;
}

export function writeChangesStatement(changes: readonly Change[], version: bigint): Sql {
  const rows = changes.map((change) => {
    const at = sql`fromUnixTimestamp64Nano(${int64(BigInt(change.timestamp))})`;
    const what = sql`${string(change.kind)}, ${string(change.origin)}, ${string(change.title)}`;
    const where = sql`${string(change.service)}, ${string(change.instance)}, ${string(change.environment)}`;
    const more = sql`${string(change.before)}, ${string(change.after)}, ${string(change.url)}, ${string(change.by)}`;
    return sql`(${string(change.id)}, ${uint64(version)}, ${at}, ${what}, ${where}, ${more})`;
  });
  return sql`INSERT INTO changes (Id, Version, Timestamp, Kind, Origin, Title, ServiceName, Instance, Environment, Before, After, Url, ReportedBy) VALUES ${joinSql(rows, ', ')}`;
}
