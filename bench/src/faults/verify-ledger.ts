/** Opens what a stopped server left behind and counts each record of the ledger. */
import { join } from 'node:path';
import { startEmbeddedEngine } from '@tendril/server/engine/embedded/embedded-engine';
import type { Engine } from '@tendril/server/engine/engine';
import { identifier, sql, uint64 } from '@tendril/sql/sql';
import type { ServerProcess } from '../server-process.ts';
import { countRecords, readStatus } from '../tendril-api.ts';

export interface LedgerVerdict {
  readonly lost: number;
  readonly doubled: number;
  readonly identityGap: number;
}

/** How many were made and acknowledged, by their table; each kind is numbered from 0. */
export interface IssuedLedger {
  readonly logs: number;
  readonly traces: number;
}

export async function verifyLedger(
  server: ServerProcess,
  issued: IssuedLedger,
): Promise<LedgerVerdict> {
  // A search sees all that was acknowledged, so counting makes the server store what is pending.
  await countRecords(server.url);
  const { accounts } = await readStatus(server.url);
  const identityGap = accounts.reduce((sum, account) => {
    const rejected = Object.values(account.rejected).reduce((total, count) => total + count, 0);
    const { received, stored, pending, shed, quarantined, dropped, duplicate } = account;
    const placed = stored + pending + rejected + shed + quarantined + dropped + duplicate;
    return sum + Math.abs(received - placed);
  }, 0);
  await server.kill('SIGTERM');
  return { ...(await countLedger(server.dataDir, issued)), identityGap };
}

async function countLedger(
  dataDir: string,
  issued: IssuedLedger,
): Promise<{ lost: number; doubled: number }> {
  const { engine } = await startEmbeddedEngine({
    dataPath: join(dataDir, 'engine'),
    runPath: join(dataDir, 'run'),
    logFile: join(dataDir, 'log', 'verify.log'),
  });
  try {
    const logs = await countTable(engine, 'logs', issued.logs);
    const traces = await countTable(engine, 'traces', issued.traces);
    return { lost: logs.lost + traces.lost, doubled: logs.doubled + traces.doubled };
  } finally {
    await engine.close();
  }
}

async function countTable(
  engine: Engine,
  table: keyof IssuedLedger,
  issued: number,
): Promise<{ lost: number; doubled: number }> {
  // Records of others have no number: canaries, and what the server says of itself.
  const { rows } = await engine.query(
    sql`WITH Attributes.\`load.record\`::String AS number
SELECT count() AS stored, uniqExact(toUInt64OrZero(number)) AS distinct
FROM ${identifier(table)}
WHERE number != '' AND toUInt64OrZero(number) < ${uint64(BigInt(issued))}`,
    { limits: { timeoutMs: 120_000 } },
  );
  for await (const row of rows) {
    const distinct = Number(row['distinct']);
    return { lost: issued - distinct, doubled: Number(row['stored']) - distinct };
  }
  throw new Error('counting gave no row');
}
