/**
 * A pipeline in a process of its own, so that it can be killed: requests come in and acknowledgements
 * go out as messages, and so do inserts, for the engine outlives it. Forked by `killable-pipeline.ts`.
 */
import type { InsertNative } from '../../engine/engine.ts';
import { openBatchPipeline } from '../open-pipeline.ts';
import { nodeWalFiles, type WalFile, type WalFiles } from '../wal/wal-files.ts';
import type { FromServer, ToServer } from './killable-pipeline.ts';
import { send, TEST_LIMITS } from './pipeline-fixture.ts';
import { TEXT_SIGNAL, type TextBatch } from './text-batch.ts';

const inserts = new Map<number, { resolve: () => void }>();
let isHolding = false;

/** After `hold` the next sync of a segment succeeds and nobody learns of it. */
const files: WalFiles = {
  syncDirectory: (path) => nodeWalFiles.syncDirectory(path),
  rename: (from, to) => nodeWalFiles.rename(from, to),
  create: async (path) => holding(path, await nodeWalFiles.create(path)),
  reopen: async (path) => holding(path, await nodeWalFiles.reopen(path)),
};

function holding(path: string, file: WalFile): WalFile {
  return {
    write: file.write.bind(file),
    truncate: file.truncate.bind(file),
    close: file.close.bind(file),
    sync: async () => {
      await file.sync();
      if (!isHolding || !path.endsWith('.wal')) return;
      tell({ kind: 'held' });
      await new Promise(() => undefined);
    },
  };
}

const pipeline = await openBatchPipeline<TextBatch>(
  {
    dataDir: process.argv[2] ?? '',
    engine: { insertNative },
    serverId: 1,
    schemaVersion: 1,
    limits: { ...TEST_LIMITS, frameBytes: 300, segmentBytesMax: 8000 },
    nowMs: Date.now,
    recordTables: new Set(['logs']),
    onBlocksLost: () => undefined,
    warn: () => undefined,
    files,
  },
  TEXT_SIGNAL,
);

process.on('message', (message: ToServer) => void handle(message));
tell({ kind: 'ready' });

async function handle(message: ToServer): Promise<void> {
  switch (message.kind) {
    case 'send': {
      const { requestId, texts } = message;
      const { duplicate } = await send(pipeline, texts, { requestId });
      tell({ kind: 'acknowledged', requestId, duplicate });
      return;
    }
    case 'hold':
      isHolding = true;
      return;
    case 'inserted':
      inserts.get(message.number)?.resolve();
      return;
    case 'flush':
      await pipeline.flush();
      tell({ kind: 'flushed', accounts: pipeline.accounts() });
      return;
  }
}

async function insertNative({ table, token, blocks }: InsertNative): Promise<void> {
  const number = inserts.size;
  const { promise, resolve } = Promise.withResolvers<void>();
  inserts.set(number, { resolve });
  tell({ kind: 'insert', number, table, token, content: Buffer.concat(blocks).toString() });
  await promise;
}

function tell(message: FromServer): void {
  process.send?.(message);
}
