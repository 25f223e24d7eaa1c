/** The engine that Tendril brings along: libchdb in a child process, reached over loopback. */
import { mkdirSync } from 'node:fs';
import { totalmem } from 'node:os';
import type { Engine } from '../engine.ts';
import { HttpEngine } from '../http-engine.ts';
import { BoundedLog } from './bounded-log.ts';
import { findLibrary } from './library.ts';
import type { EngineRun } from './process-run.ts';
import { Supervisor, type SupervisorEvent } from './supervisor.ts';

export interface EmbeddedEngineOptions {
  /** Where the engine keeps its tables. */
  readonly dataPath: string;
  /** For what a single run needs; emptied with each start. */
  readonly runPath: string;
  readonly logFile: string;
  /** What the engine may use in all. Default a quarter of the machine's, within 768 MiB and 4 GiB. */
  readonly memoryBytesMax?: number;
  /** Default 2,000. */
  readonly healthIntervalMs?: number;
  /** Default 5,000. */
  readonly healthTimeoutMs?: number;
  /** Default 300,000. */
  readonly hungAfterMs?: number;
  /** How long `startEmbeddedEngine` waits for the first answer. Default 10,000. */
  readonly startWaitMs?: number;
  /** Native protocol on this port, without the listener's secret: for clusters in tests. */
  readonly tcpPort?: number;
  readonly onEvent?: (event: SupervisorEvent) => void;
  /** Default: of the installed package. */
  readonly libraryPath?: string;
}

export interface EmbeddedEngine {
  readonly engine: Engine;
  /** The process under way, which a restart replaces; for status, benches and tests. */
  run(): EngineRun | undefined;
}

const MIB = 1024 * 1024;

/**
 * Resolves when the engine is ready, or after `startWaitMs` with one that is still being tried (a
 * server takes in records without it). Rejects when this machine cannot run it.
 */
export async function startEmbeddedEngine(options: EmbeddedEngineOptions): Promise<EmbeddedEngine> {
  const libraryPath = options.libraryPath ?? findLibrary();
  mkdirSync(options.dataPath, { recursive: true, mode: 0o700 });
  const log = new BoundedLog(options.logFile);
  const supervisor = new Supervisor({
    run: {
      libraryPath,
      dataPath: options.dataPath,
      runPath: options.runPath,
      memoryBytesMax: options.memoryBytesMax ?? defaultMemoryBytes(),
      ...(options.tcpPort === undefined ? {} : { tcpPort: options.tcpPort }),
      log,
    },
    healthIntervalMs: options.healthIntervalMs ?? 2_000,
    healthTimeoutMs: options.healthTimeoutMs ?? 5_000,
    hungAfterMs: options.hungAfterMs ?? 300_000,
    onEvent: options.onEvent ?? (() => undefined),
  });
  try {
    await supervisor.start(options.startWaitMs ?? 10_000);
  } catch (error) {
    await log.close();
    throw error;
  }
  return { engine: new HttpEngine(supervisor), run: () => supervisor.process() };
}

function defaultMemoryBytes(): number {
  return Math.min(4096 * MIB, Math.max(768 * MIB, Math.floor(totalmem() / 4)));
}
