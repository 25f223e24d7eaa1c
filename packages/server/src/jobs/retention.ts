/**
 * What goes when: records older than the retention go by the tables' TTL, which counts from when
 * they were received (an import of old files must not vanish); and when the tables grow past the
 * size limit, whole days go, oldest first.
 */
import { identifier, integer, sql, string } from '@tendril/sql/sql';
import type { Engine } from '../engine/engine.ts';

export interface DroppedPartition {
  readonly table: string;
  /** ClickHouse's partition id: the day as YYYYMMDD. */
  readonly partition: string;
  readonly bytes: number;
}

/** Column that each table's TTL counts from. */
const TTL_COLUMNS = [
  { table: 'logs', column: 'ObservedTimestamp' },
  { table: 'log_fields', column: 'ObservedHour' },
  { table: 'patterns', column: 'LastSeen' },
  { table: 'traces', column: 'ObservedTimestamp' },
  { table: 'span_fields', column: 'ObservedHour' },
  { table: 'service_edges', column: 'ComputedAt' },
] as const;

const QUERY_LIMITS = { timeoutMs: 10_000 };

/** Sets the tables' TTL where it is another one. Cheap when nothing changed. */
export async function applyRetentionDays(engine: Engine, days: number): Promise<void> {
  for (const { table, column } of TTL_COLUMNS) {
    if ((await createStatementOf(engine, table)).includes(`+ toIntervalDay(${days})`)) continue;
    await engine.command(
      sql`ALTER TABLE ${identifier(table)} MODIFY TTL toDateTime(${identifier(column)}) + toIntervalDay(${integer(days)})`,
    );
  }
}

async function createStatementOf(engine: Engine, table: string): Promise<string> {
  const { rows } = await engine.query(sql`SHOW CREATE TABLE ${identifier(table)}`, {
    limits: QUERY_LIMITS,
  });
  for await (const row of rows) return String(row['statement']);
  return '';
}

/** Drops the oldest days until the tables fit `bytesMax`. The newest day always stays. */
export async function dropBeyondSize(
  engine: Engine,
  bytesMax: number,
): Promise<readonly DroppedPartition[]> {
  const partitions = await partitionsOf(engine);
  let bytes = partitions.reduce((sum, partition) => sum + partition.bytes, 0);
  const dropped: DroppedPartition[] = [];
  const newest = partitions.at(-1)?.partition;
  for (const oldest of partitions) {
    if (bytes <= bytesMax || oldest.partition === newest) break;
    await engine.command(
      sql`ALTER TABLE ${identifier(oldest.table)} DROP PARTITION ID ${string(oldest.partition)}`,
    );
    bytes -= oldest.bytes;
    dropped.push(oldest);
  }
  return dropped;
}

/** Oldest day first. */
async function partitionsOf(engine: Engine): Promise<DroppedPartition[]> {
  const { rows } = await engine.query(
    sql`SELECT table, partition_id, sum(bytes_on_disk) AS bytes
FROM system.parts
WHERE active AND database = currentDatabase() AND partition_id != 'all'
GROUP BY table, partition_id
ORDER BY partition_id, table`,
    { limits: QUERY_LIMITS },
  );
  const partitions: DroppedPartition[] = [];
  for await (const row of rows) {
    partitions.push({
      table: String(row['table']),
      partition: String(row['partition_id']),
      bytes: Number(row['bytes']),
    });
  }
  return partitions;
}
