/**
 * Removes what the demo has sent, from all tables. Its resources are known by an attribute; edges and changes
 * by their environments, where nobody else sends from those.
 */
import { z } from 'zod';
import { DEMO_ATTRIBUTE, type RemovedDemo } from '@tendril/api/demo';
import { identifier, sql, string, strings, uint64s, type Sql } from '@tendril/sql/sql';
import type { Engine } from '../engine/engine.ts';

const LIMITS = { timeoutMs: 60_000 };
/** Parts are written anew without the rows. */
const REMOVE_LIMITS = { timeoutMs: 600_000 };
/** Tables by resource. */
const OF_RESOURCES = ['logs', 'traces', 'resource_sightings', 'resources'] as const;

interface DemoResources {
  readonly ids: readonly bigint[];
  /** Of the demo alone. */
  readonly environments: readonly string[];
}

export async function removeDemoData(engine: Engine): Promise<RemovedDemo> {
  const resources = await demoResources(engine);
  const { ids, environments } = resources;
  if (ids.length === 0) return { records: 0, spans: 0, changes: 0 };
  const removed = {
    records: await count(engine, countByResourceQuery('logs', ids)),
    spans: await count(engine, countByResourceQuery('traces', ids)),
    changes: await count(engine, countChangesQuery(environments)),
  };
  for (const statement of removalStatements(resources))
    await engine.command(statement, REMOVE_LIMITS);
  return removed;
}

const resourceSchema = z.object({ id: z.coerce.bigint(), environment: z.string() });

async function demoResources(engine: Engine): Promise<DemoResources> {
  const { rows } = await engine.query(demoResourcesQuery(), { limits: LIMITS });
  const ids = new Set<bigint>();
  const environments = new Set<string>();
  for await (const row of rows) {
    const { id, environment } = resourceSchema.parse(row);
    ids.add(id);
    if (environment !== '') environments.add(environment);
  }
  return { ids: [...ids], environments: [...environments] };
}

/** An environment that others send from too is left out. */
export function demoResourcesQuery(): Sql {
  const environment = sql`Attributes['deployment.environment.name']`;
  const isDemo = sql`mapContains(Attributes, ${string(DEMO_ATTRIBUTE)})`;
  return sql`SELECT toString(ResourceId) AS id,
  if(${environment} IN (SELECT ${environment} FROM resources WHERE NOT ${isDemo}), '', ${environment}) AS environment
FROM resources
WHERE ${isDemo}`;
}

export function countByResourceQuery(table: 'logs' | 'traces', ids: readonly bigint[]): Sql {
  return sql`SELECT count() AS rows FROM ${identifier(table)} WHERE ResourceId IN ${uint64s(ids)}`;
}

export function countChangesQuery(environments: readonly string[]): Sql {
  return sql`SELECT count() AS rows FROM changes FINAL WHERE Environment IN ${strings(environments)}`;
}

/** Resources last: by them an interrupted removal is known to have to be done again. */
export function removalStatements({ ids, environments }: DemoResources): readonly Sql[] {
  const remove = (table: string, condition: Sql): Sql =>
    sql`ALTER TABLE ${identifier(table)} DELETE WHERE ${condition} SETTINGS mutations_sync = 1`;
  const ofEnvironments = sql`Environment IN ${strings(environments)}`;
  return [
    remove('changes', ofEnvironments),
    remove('service_edges', ofEnvironments),
    ...OF_RESOURCES.map((table) => remove(table, sql`ResourceId IN ${uint64s(ids)}`)),
  ];
}

async function count(engine: Engine, statement: Sql): Promise<number> {
  const { rows } = await engine.query(statement, { limits: LIMITS });
  for await (const row of rows) return Number(row['rows']);
  return 0;
}
