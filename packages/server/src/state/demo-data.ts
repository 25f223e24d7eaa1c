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
  const ofEnvironments = sql`Environment IN ${strings(environments)}`;
  const ofDemo = sql`ResourceId IN ${uint64s(ids)}`;
  return [
    remove('changes', ofEnvironments),
    remove('service_edges', ofEnvironments),
    remove(
      'patterns',
      sql`PatternId IN (SELECT PatternId FROM logs WHERE ${ofDemo}) AND PatternId NOT IN (SELECT PatternId FROM logs WHERE NOT ${ofDemo})`,
    ),
    remove('logs', ofDemo),
    remove('traces', ofDemo),
    // Fields are counted by the hour, whoever sent them; an hour without records has none.
    remove('log_fields', sql`Hour NOT IN (SELECT DISTINCT toStartOfHour(Timestamp) FROM logs)`),
    remove('span_fields', sql`Hour NOT IN (SELECT DISTINCT toStartOfHour(Timestamp) FROM traces)`),
    remove('resource_sightings', ofDemo),
    remove('resources', ofDemo),
  ];
}

function remove(table: string, condition: Sql): Sql {
  return sql`ALTER TABLE ${identifier(table)} DELETE WHERE ${condition} SETTINGS mutations_sync = 1`;
}

async function count(engine: Engine, statement: Sql): Promise<number> {
  const { rows } = await engine.query(statement, { limits: LIMITS });
  for await (const row of rows) return Number(row['rows']);
  return 0;
}
