/** Opens pipelines over text batches in a directory of their own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BatchPipeline } from '../ingest-pipeline.ts';
import { openBatchPipeline, type OpenPipelineOptions } from '../open-pipeline.ts';
import { DEFAULT_PIPELINE_LIMITS, type PipelineLimits } from '../pipeline-limits.ts';
import type { DecodeOutcome, IngestOutcome } from '../pipeline.ts';
import { MemoryEngine } from './memory-engine.ts';
import { TEXT_SIGNAL, type TextBatch } from './text-batch.ts';

export type TextPipeline = BatchPipeline<TextBatch>;

/** Quick turns, small sizes. */
export const TEST_LIMITS: PipelineLimits = {
  ...DEFAULT_PIPELINE_LIMITS,
  feed: { waitMs: 5, forcedEveryMs: 0, insertsMax: 2, retryMs: 1 },
  insertBackOffMs: { first: 1, last: 4 },
  disk: { usedFractionMax: 1, freeBytesMin: 0 },
};

/** Nothing is fed unless it is flushed. */
export const PATIENT_LIMITS: PipelineLimits = {
  ...TEST_LIMITS,
  feed: { ...TEST_LIMITS.feed, waitMs: 2 ** 30 },
};

export type FixtureOptions = Partial<Omit<OpenPipelineOptions, 'dataDir'>>;

export class PipelineFixture {
  readonly dataDir: string;
  readonly engine: MemoryEngine = new MemoryEngine();
  readonly warnings: string[] = [];

  private constructor(dataDir: string) {
    this.dataDir = dataDir;
  }

  static async create(): Promise<PipelineFixture> {
    return new PipelineFixture(await mkdtemp(join(tmpdir(), 'tendril-pipeline-')));
  }

  get walDir(): string {
    return join(this.dataDir, 'wal');
  }

  async open(options: FixtureOptions = {}): Promise<TextPipeline> {
    const defaults = {
      engine: this.engine,
      dataDir: this.dataDir,
      serverId: 1,
      schemaVersion: 1,
      limits: TEST_LIMITS,
      nowMs: Date.now,
      recordTables: new Set(['logs']),
      onBlocksLost: () => undefined,
      warn: (message: string) => this.warnings.push(message),
    };
    return await openBatchPipeline({ ...defaults, ...options }, TEXT_SIGNAL);
  }

  async remove(): Promise<void> {
    await rm(this.dataDir, { recursive: true, force: true });
  }
}

export interface SendOptions {
  readonly source?: string;
  readonly requestId?: string;
  readonly day?: number;
  readonly rejected?: Readonly<Record<string, number>>;
}

/** One request with these records. */
export async function send(
  pipeline: TextPipeline,
  texts: readonly string[],
  { source = 'test', requestId, day = 0, rejected = {} }: SendOptions = {},
): Promise<IngestOutcome> {
  return await pipeline.ingest({
    source,
    ...(requestId === undefined ? {} : { requestId }),
    decode: (sink): DecodeOutcome => {
      for (const text of texts) sink.batchForNextRecord().add(text, day);
      return { accepted: texts.length, rejected, message: '' };
    },
  });
}
