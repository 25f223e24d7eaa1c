/**
 * The baseline: the engine alone, fed Native blocks that were encoded in advance, 200,000 rows an insert, into the same table
 * with indexes built on insert. The blocks are inserted once, and then again and again for as long as the server
 * is measured: the first inserts are over before merges begin.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LogBatch } from '@tendril/columns/log-batch';
import { RecordCatalog } from '@tendril/columns/record-catalog';
import { LogWriter } from '@tendril/intake/log-writer';
import { createRedactor } from '@tendril/intake/redact/redactor';
import { DEFAULT_LIMITS } from '@tendril/model/limits';
import { startEmbeddedEngine } from '@tendril/server/engine/embedded/embedded-engine';
import type { Engine } from '@tendril/server/engine/engine';
import { migrate } from '@tendril/server/engine/migrations/migrate';
import { decodeOtlpLogsProtobuf } from '@tendril/server/protocols/otlp/otlp-logs-protobuf';
import { OtlpLoad } from '@tendril/testkit/load/otlp-load';
import { usageOf } from '../process-usage.ts';

const INSERT_ROWS = 200_000;
const BLOCK_ROWS = 50_000;
/** As the feeder does. */
const INSERTS_AT_ONCE = 2;

export interface NativeInsertRate {
  /** Of the first inserts, each block once. */
  readonly firstRowsPerSecond: number;
  /** Over the whole time. */
  readonly rowsPerSecond: number;
  /** Of the engine, merges that ran meanwhile included. */
  readonly cpuMicrosecondsPerRow: number;
}

export async function nativeInsertRate({
  rows,
  seconds,
  heavy,
}: {
  /** Encoded in advance. */
  rows: number;
  seconds: number;
  heavy: boolean;
}): Promise<NativeInsertRate> {
  const directory = mkdtempSync(join(tmpdir(), 'tendril-native-'));
  const embedded = await startEmbeddedEngine({
    dataPath: join(directory, 'engine'),
    runPath: join(directory, 'run'),
    logFile: join(directory, 'engine.log'),
  });
  const { engine } = embedded;
  try {
    await migrate(engine);
    const inserts = encodeInserts(rows, heavy);
    const pid = embedded.run()?.pid ?? 0;
    const cpuBefore = usageOf(pid).cpuSeconds;
    const startedMs = performance.now();
    const elapsedSeconds = (): number => (performance.now() - startedMs) / 1_000;
    await insertAll(engine, inserts, 0);
    const firstRowsPerSecond = rows / elapsedSeconds();
    let inserted = rows;
    for (let round = 1; elapsedSeconds() < seconds; round += 1) {
      await insertAll(engine, inserts, round);
      inserted += rows;
    }
    const rowsPerSecond = inserted / elapsedSeconds();
    const cpuSeconds = usageOf(pid).cpuSeconds - cpuBefore;
    return {
      firstRowsPerSecond,
      rowsPerSecond,
      cpuMicrosecondsPerRow: (cpuSeconds * 1e6) / inserted,
    };
  } finally {
    await engine.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

type Insert = readonly Uint8Array[];

async function insertAll(engine: Engine, inserts: readonly Insert[], round: number): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < inserts.length) {
      const number = next;
      next += 1;
      const blocks = inserts[number] ?? [];
      await engine.insertNative({ table: 'logs', blocks, token: `native-${round}-${number}` });
    }
  };
  await Promise.all(Array.from({ length: INSERTS_AT_ONCE }, worker));
}

function encodeInserts(rows: number, heavy: boolean): Insert[] {
  const catalog = new RecordCatalog({ attributePathsMax: 1024, nowMs: Date.now });
  const redactor = createRedactor({ key: new Uint8Array(32) });
  const nowNs = BigInt(Date.now()) * 1_000_000n;
  const writer = new LogWriter({ catalog, redactor, limits: DEFAULT_LIMITS, nowNs: () => nowNs });
  const batch = new LogBatch(catalog);
  const load = new OtlpLoad({
    seed: 5,
    recordsPerRequest: 1_000,
    startNs: nowNs,
    stepNs: 1_000,
    heavy,
  });
  let frame = 0;
  const block = (): Uint8Array => {
    batch.reset();
    while (batch.rowCount < BLOCK_ROWS) {
      decodeOtlpLogsProtobuf(load.next(), writer, { batchForNextRecord: () => batch });
    }
    frame += 1;
    const logs = batch.encode({ server: 0, frame, row: 0 }).find(({ table }) => table === 'logs');
    return Buffer.concat(logs?.bytes ?? []);
  };
  return Array.from({ length: Math.ceil(rows / INSERT_ROWS) }, () =>
    Array.from({ length: INSERT_ROWS / BLOCK_ROWS }, block),
  );
}
