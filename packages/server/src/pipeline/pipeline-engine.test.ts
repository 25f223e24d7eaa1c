/** The pipeline for logs on a real engine: what the in-memory one of the other tests only promises. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LogBatch } from '@tendril/columns/log-batch';
import { SpanBatch } from '@tendril/columns/span-batch';
import { RecordCatalog } from '@tendril/columns/record-catalog';
import { LogWriter } from '@tendril/intake/log-writer';
import { createRedactor } from '@tendril/intake/redact/redactor';
import { DEFAULT_LIMITS } from '@tendril/model/limits';
import { sql } from '@tendril/sql/sql';
import type { EngineFixture } from '@tendril/testkit/engine-fixture';
import { OtlpLoad } from '@tendril/testkit/load/otlp-load';
import { startLogsFixture } from '@tendril/testkit/logs-fixture';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { decodeOtlpLogsProtobuf } from '../protocols/otlp/otlp-logs-protobuf.ts';
import type { InsertTarget } from './feed/inserter.ts';
import { openPipeline, type OpenedPipeline } from './open-pipeline.ts';
import { TEST_LIMITS } from './testing/pipeline-fixture.ts';

vi.setConfig({ testTimeout: 120_000 });

const REQUESTS = 12;
const RECORDS_PER_REQUEST = 500;

let fixture: EngineFixture;
let dataDir: string;

beforeAll(async () => {
  fixture = await startLogsFixture();
  dataDir = await mkdtemp(join(tmpdir(), 'tendril-pipeline-'));
});
afterAll(async () => {
  await fixture.close();
  await rm(dataDir, { recursive: true, force: true });
});

describe('on a real engine', () => {
  test('an insert whose answer is lost, a restart and a block that is refused', async () => {
    const load = new OtlpLoad({
      seed: 7,
      recordsPerRequest: RECORDS_PER_REQUEST,
      startNs: BigInt(Date.now()) * 1_000_000n,
      stepNs: 1000,
    });

    const { promise: isLost, resolve: noteLost } = Promise.withResolvers<void>();
    const first = await open({
      insertNative: async (insert) => {
        await fixture.engine.insertNative(insert);
        if (insert.table !== 'logs') return;
        noteLost();
        throw new Error('connection reset');
      },
    });
    for (let index = 0; index < REQUESTS; index += 1) await send(first, load.next());
    await isLost;
    await first.close(0);
    expect(await count(sql`SELECT count() AS n FROM logs`)).toBeGreaterThan(0);

    // What comes after the recovery reaches the engine cut short.
    let isCutting = false;
    const second = await open({
      insertNative: async (insert) => {
        const blocks =
          isCutting && insert.table === 'logs' ? insert.blocks.map(cutShort) : insert.blocks;
        await fixture.engine.insertNative({ ...insert, blocks });
      },
    });
    await second.flush();
    const stored = REQUESTS * RECORDS_PER_REQUEST;
    expect(await count(sql`SELECT count() AS n FROM logs`)).toBe(stored);
    expect(await count(sql`SELECT uniqExact(RecordId) AS n FROM logs`)).toBe(stored);

    isCutting = true;
    await send(second, load.next());
    await second.flush();
    expect(await count(sql`SELECT count() AS n FROM logs`)).toBe(stored);
    expect(second.accounts()).toMatchObject([
      {
        received: stored + RECORDS_PER_REQUEST,
        stored,
        quarantined: RECORDS_PER_REQUEST,
        pending: 0,
      },
    ]);
    await second.close(1000);
    const known = sql`SELECT count() AS n FROM logs WHERE ResourceId NOT IN (SELECT ResourceId FROM resources)`;
    expect(await count(known)).toBe(0);
  });
});

const catalog = new RecordCatalog({
  attributePathsMax: DEFAULT_LIMITS.attributePathsMax,
  nowMs: Date.now,
});
const writer = new LogWriter({
  catalog,
  redactor: createRedactor({ key: Buffer.alloc(32, 1), contentMode: 'keep' }),
  limits: DEFAULT_LIMITS,
  nowNs: () => BigInt(Date.now()) * 1_000_000n,
});

async function open(engine: InsertTarget): Promise<OpenedPipeline> {
  return await openPipeline(
    {
      dataDir,
      engine,
      serverId: 1,
      schemaVersion: 1,
      limits: { ...TEST_LIMITS, insert: { ...TEST_LIMITS.insert, recordsMax: 3000 } },
      nowMs: Date.now,
      onBlocksLost: () => catalog.forgetSent(),
      warn: () => undefined,
    },
    {
      logs: {
        newBatch: () => new LogBatch(catalog),
        readRecord: (batch, row) => batch.record(row),
      },
      spans: { newBatch: () => new SpanBatch(catalog) },
    },
  );
}

async function send(pipeline: OpenedPipeline, body: Uint8Array): Promise<void> {
  const decode = (sink: Parameters<typeof decodeOtlpLogsProtobuf>[2]) =>
    decodeOtlpLogsProtobuf(body, writer, sink);
  await pipeline.ingestLogs({ source: 'otlp-http', decode });
}

async function count(query: ReturnType<typeof sql>): Promise<number> {
  const { rows } = await fixture.engine.query(query, { limits: { timeoutMs: 10_000 } });
  for await (const row of rows) return Number(row['n']);
  return 0;
}

function cutShort(block: Uint8Array): Uint8Array {
  return block.subarray(0, block.length - 100);
}
