/** How the server is. Answers while the engine is away, with what is known without it. */
import { z } from 'zod';
import {
  STATUS,
  type SourceAccountStatus,
  type Status,
  type TableStatus,
} from '@tendril/api/status';
import { sql, string, type Sql } from '@tendril/sql/sql';
import { CANARY_DAY_FROM_MS } from '../canary/canary-record.ts';
import { DATABASE, type Engine } from '../engine/engine.ts';
import type { SourceAccount } from '../pipeline/pipeline.ts';
import type { HttpDependencies } from './http-dependencies.ts';
import { jsonResponse } from './json-response.ts';
import type { Mount } from './mount.ts';

const TIMEOUT_MS = 2_000;
/** What canaries leave there says nothing of how long records are kept. */
const CANARY_DAY = new Date(CANARY_DAY_FROM_MS).toISOString().slice(0, 10);

export function mountStatus(mount: Mount, dependencies: HttpDependencies): void {
  const startedAt = new Date().toISOString();
  mount(STATUS, async ({ signal }) =>
    jsonResponse(await statusOf(dependencies, startedAt, signal)),
  );
}

async function statusOf(
  { version, engine, pipeline, access, receivers, retention, canaries }: HttpDependencies,
  startedAt: string,
  signal: AbortSignal,
): Promise<Status> {
  const isReady = engine.state() === 'ready';
  const found = isReady ? await engineFacts(engine, signal) : undefined;
  const { refusing, ...pipelineStatus } = pipeline.status();
  return {
    version,
    startedAt,
    engine: { state: found === undefined ? 'away' : 'ready', version: found?.version ?? '' },
    pipeline: { ...pipelineStatus, refusing: refusing ?? null },
    accounts: pipeline.accounts().map(statusOfAccount),
    storage: found?.tables ?? [],
    retention: retention(),
    receivers: receivers(),
    canaries: canaries(),
    access: access.isOpen() ? 'open' : 'tokens',
  };
}

function statusOfAccount({ lastSeenMs, ...account }: SourceAccount): SourceAccountStatus {
  const lastSeenAt = lastSeenMs === null ? null : new Date(lastSeenMs).toISOString();
  return { ...account, lastSeenAt };
}

const rowSchema = z.object({
  version: z.string(),
  table: z.string(),
  rows: z.coerce.number(),
  bytes: z.coerce.number(),
  indexBytes: z.coerce.number(),
  oldestDay: z.string(),
});

interface EngineFacts {
  readonly version: string;
  readonly tables: readonly TableStatus[];
}

async function engineFacts(engine: Engine, signal: AbortSignal): Promise<EngineFacts | undefined> {
  try {
    const { rows } = await engine.query(storageQuery(), {
      signal,
      limits: { timeoutMs: TIMEOUT_MS },
    });
    const tables: TableStatus[] = [];
    let version = '';
    for await (const row of rows) {
      const { version: own, ...table } = rowSchema.parse(row);
      version = own;
      if (table.table !== '') tables.push(table);
    }
    return { version, tables };
  } catch {
    // It went away just now, or is too busy to say: the rest of the status is worth having.
    return undefined;
  }
}

/** One row without a table at least, for the version. */
export function storageQuery(): Sql {
  return sql`SELECT
  version() AS version,
  table,
  sum(rows) AS rows,
  sum(bytes_on_disk) AS bytes,
  sum(secondary_indices_compressed_bytes) AS indexBytes,
  minIf(partition, match(partition, '^[0-9]{4}-[0-9]{2}-[0-9]{2}$') AND partition != ${string(CANARY_DAY)}) AS oldestDay
FROM system.parts
WHERE active AND database = ${string(DATABASE)}
GROUP BY GROUPING SETS ((), (table))
ORDER BY table`;
}
