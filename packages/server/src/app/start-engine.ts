/** The engine of a server: embedded in the data directory, or external by URL; and its schema. */
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Failure, messageOf } from '@tendril/model/failure';
import type { DataDir } from '../engine/data-dir.ts';
import { startEmbeddedEngine } from '../engine/embedded/embedded-engine.ts';
import type { SupervisorEvent } from '../engine/embedded/supervisor.ts';
import type { Engine } from '../engine/engine.ts';
import { migrate } from '../engine/migrations/migrate.ts';
import { connectRemoteEngine } from '../engine/remote/remote-engine.ts';
import { applyRetentionDays } from '../jobs/retention.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { ServerConfig } from './config.ts';

/** Longer, and the server starts taking records in without the engine. */
const START_WAIT_MS = 10_000;

export async function startEngine(
  config: ServerConfig,
  dataDir: DataDir,
  logger: Logger,
): Promise<Engine> {
  const url = config['engine.url'];
  if (url !== undefined) {
    const username = config['engine.readUser'];
    const password = config['engine.readPassword'] ?? '';
    const readUser = username === undefined ? {} : { readUser: { username, password } };
    const engine = connectRemoteEngine({ url, ...readUser });
    await engine.whenReady(START_WAIT_MS);
    return engine;
  }
  const memoryBytesMax = config['engine.memoryBytesMax'];
  const { engine } = await startEmbeddedEngine({
    dataPath: dataDir.enginePath,
    runPath: dataDir.runPath,
    logFile: join(dataDir.logPath, 'engine.log'),
    startWaitMs: START_WAIT_MS,
    ...(memoryBytesMax === undefined ? {} : { memoryBytesMax }),
    onEvent: (event) => logEvent(event, logger),
  });
  return engine;
}

function logEvent(event: SupervisorEvent, logger: Logger): void {
  if (event.kind === 'ready') logger.info(event, 'engine ready');
  else logger.warn(event, 'engine away');
}

export interface Schema {
  /** Resolves when the tables are as this version needs them; rejects when they cannot be. */
  readonly ready: Promise<void>;
  readonly isReady: () => boolean;
}

/** Errors that another try does not change. */
const FINAL: ReadonlySet<string> = new Set(['schema_newer', 'schema_changed']);
/** An engine may go away in the middle; one that fails so often has another reason. */
const TRIES_MAX = 10;
const RETRY_MS = 1_000;

export interface SchemaOptions {
  readonly retentionDays: number;
  readonly logger: Logger;
  /** Fires when the server stops: nothing is tried any more. */
  readonly signal: AbortSignal;
}

/** Migrates as soon as the engine answers, again when it goes away meanwhile. */
export function prepareSchema(
  engine: Engine,
  { retentionDays, logger, signal }: SchemaOptions,
): Schema {
  let isReady = false;
  const prepare = async (): Promise<void> => {
    while (!(await engine.whenReady(RETRY_MS))) signal.throwIfAborted();
    const report = await migrate(engine);
    logger.info(report, 'schema is current');
    await applyRetentionDays(engine, retentionDays);
    isReady = true;
  };
  const ready = untilDone(prepare, logger, signal);
  ready.catch((error: unknown) => logger.error({ reason: messageOf(error) }, 'no schema'));
  return { ready, isReady: () => isReady };
}

async function untilDone(
  prepare: () => Promise<void>,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await prepare();
      return;
    } catch (error) {
      const isFinal = error instanceof Failure && FINAL.has(error.code);
      if (isFinal || signal.aborted || tries >= TRIES_MAX) throw error;
      logger.warn({ reason: messageOf(error) }, 'the schema is not ready; trying again');
      await setTimeout(RETRY_MS);
    }
  }
}
