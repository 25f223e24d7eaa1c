/**
 * One server at a time, on any ClickHouse: each that wants to change the schema writes a row with its
 * name and looks who else did. Whoever is alone goes on; whoever is not takes its row back and
 * tries again after a while. A row that was not renewed for long is of a server that is gone.
 *
 * Writing first and looking then is what makes it safe: of two that write, the later one sees the earlier.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '@tendril/model/failure';
import { sql, string, uint32 } from '@tendril/sql/sql';
import type { Engine } from '../engine.ts';

export interface LeaseOptions {
  /** A lease not renewed for so long is void. Default 60. */
  readonly leaseSeconds?: number;
  /** How long to wait for another server. Default 600,000. */
  readonly waitMs?: number;
}

const LIMITS = { timeoutMs: 10_000 };
const RETRY_MS = 500;

/** Runs `work` while no other server does. It is given a check that throws once the lease was lost. */
export async function withSchemaLease<T>(
  engine: Engine,
  { leaseSeconds = 60, waitMs = 600_000 }: LeaseOptions,
  work: (checkLease: () => void) => Promise<T>,
): Promise<T> {
  await engine.command(CREATE_TABLE);
  const owner = await acquire(engine, { leaseSeconds, waitMs });
  let renewedAtMs = performance.now();
  const renewing = setInterval(
    () => {
      void write(engine, owner, 'held').then(
        () => (renewedAtMs = performance.now()),
        // The check below ends the work when this goes on for too long.
        () => undefined,
      );
    },
    (leaseSeconds * 1_000) / 4,
  );
  try {
    return await work(() => {
      if (performance.now() - renewedAtMs > (leaseSeconds * 1_000) / 2) throw lost();
    });
  } finally {
    clearInterval(renewing);
    await write(engine, owner, 'released');
  }
}

const CREATE_TABLE = sql`CREATE TABLE IF NOT EXISTS schema_lease
(
    Owner String,
    State Enum8('held' = 1, 'released' = 2),
    At DateTime64(3) DEFAULT now64(3)
)
ENGINE = MergeTree
ORDER BY At
TTL toDateTime(At) + INTERVAL 1 DAY`;

/** Returns the name it is held under: a new one for each try, so that `released` is final. */
async function acquire(
  engine: Engine,
  { leaseSeconds, waitMs }: Required<LeaseOptions>,
): Promise<string> {
  const startedAtMs = performance.now();
  for (;;) {
    const owner = randomUUID();
    await write(engine, owner, 'held');
    if ((await othersHolding(engine, owner, leaseSeconds)) === 0) return owner;
    await write(engine, owner, 'released');
    if (performance.now() - startedAtMs > waitMs) throw stillHeld(waitMs);
    // Two that keep finding each other part because they wait for different times.
    await sleep(RETRY_MS * (0.5 + Math.random()));
  }
}

async function write(engine: Engine, owner: string, state: 'held' | 'released'): Promise<void> {
  await engine.command(
    sql`INSERT INTO schema_lease (Owner, State) VALUES (${string(owner)}, ${string(state)})`,
  );
}

async function othersHolding(engine: Engine, owner: string, leaseSeconds: number): Promise<number> {
  const held = await engine.query(
    sql`SELECT Owner
FROM schema_lease
WHERE Owner != ${string(owner)}
GROUP BY Owner
HAVING max(State) = 'held' AND max(At) > now64(3) - toIntervalSecond(${uint32(leaseSeconds)})`,
    { limits: LIMITS },
  );
  let count = 0;
  for await (const _ of held.rows) count += 1;
  return count;
}

function lost(): Failure {
  const detail = 'the schema change stopped: its lease could not be renewed in time';
  return new Failure({ code: 'schema_lease_lost', detail });
}

function stillHeld(waitMs: number): Failure {
  return new Failure({
    code: 'schema_lease_held',
    detail: `another server has been changing the schema for more than ${Math.round(waitMs / 1_000)} s`,
    params: { waitMs },
  });
}
