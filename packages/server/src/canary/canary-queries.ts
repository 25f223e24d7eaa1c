/** The statements about canaries. */
import { int64, sql, string, type Sql } from '@tendril/sql/sql';
import { NS_PER_MS } from '@tendril/model/time-range';
import { CANARY_DAY_FROM_MS, CANARY_DAY_TO_MS, CANARY_SERVICE } from './canary-record.ts';

/** How often each canary of the last minutes is stored. */
export function canaryCountsQuery(): Sql {
  return sql`SELECT Body, count() AS copies
FROM logs
WHERE ${ofCanaries()} AND ObservedTimestamp > now64() - INTERVAL 5 MINUTE
GROUP BY Body`;
}

/** Canaries older than those that are still looked for. Only the parts of their day are written anew. */
export function retireCanaries(): Sql {
  return sql`ALTER TABLE logs DELETE IN PARTITION ID ${string(PARTITION)}
WHERE ${ofCanaries()} AND ObservedTimestamp < now64() - INTERVAL 10 MINUTE`;
}

/** As ClickHouse calls the partition of a day. */
const PARTITION = new Date(CANARY_DAY_FROM_MS).toISOString().slice(0, 10).replaceAll('-', '');

function ofCanaries(): Sql {
  const from = int64(BigInt(CANARY_DAY_FROM_MS) * NS_PER_MS);
  const to = int64(BigInt(CANARY_DAY_TO_MS) * NS_PER_MS);
  return sql`Timestamp >= fromUnixTimestamp64Nano(${from}) AND Timestamp < fromUnixTimestamp64Nano(${to})
  AND ServiceName = ${string(CANARY_SERVICE)}`;
}
