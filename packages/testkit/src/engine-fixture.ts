/**
 * A real engine for one test file: in a temporary directory, started before the first test and gone
 * after the last.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  startEmbeddedEngine,
  type EmbeddedEngine,
  type EmbeddedEngineOptions,
} from '@tendril/server/engine/embedded/embedded-engine';
import { READER, SECRET_HEADER, WRITER } from '@tendril/server/engine/embedded/config';
import type { EngineRun } from '@tendril/server/engine/embedded/process-run';
import type { Engine } from '@tendril/server/engine/engine';
import {
  connectRemoteEngine,
  type RemoteEngineOptions,
} from '@tendril/server/engine/remote/remote-engine';

export interface EngineFixture {
  readonly engine: Engine;
  /** Of the run under way. */
  run(): EngineRun;
  /** The directory that is removed at the end. */
  readonly directory: string;
  close(): Promise<void>;
}

export type EngineFixtureOptions = Partial<EmbeddedEngineOptions>;

/** Tests look more often than a server does, so that they need not wait. */
const QUICK = { healthIntervalMs: 100, healthTimeoutMs: 1_000, memoryBytesMax: 1024 * 1024 * 1024 };

export async function startEngineFixture(
  options: EngineFixtureOptions = {},
): Promise<EngineFixture> {
  const directory = mkdtempSync(join(tmpdir(), 'tendril-engine-'));
  const embedded = await startEmbeddedEngine({
    dataPath: join(directory, 'engine'),
    runPath: join(directory, 'run'),
    logFile: join(directory, 'log', 'engine.log'),
    ...QUICK,
    ...options,
  });
  return {
    engine: embedded.engine,
    run: () => runOf(embedded),
    directory,
    close: async () => {
      await embedded.engine.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A second embedded engine, reached by URL through the remote implementation. */
export async function startRemoteFixture(
  options: EngineFixtureOptions = {},
): Promise<EngineFixture> {
  const fixture = await startEngineFixture(options);
  const engine = connectRemoteEngine(remoteOptions(fixture.run()));
  await engine.whenReady(10_000);
  return {
    ...fixture,
    engine,
    close: async () => {
      await engine.close();
      await fixture.close();
    },
  };
}

/** How the remote implementation reaches the embedded engine of a run. */
export function remoteOptions({ port, secrets }: EngineRun): RemoteEngineOptions {
  return {
    url: `http://${WRITER}:${secrets.writerPassword}@127.0.0.1:${port}`,
    readUser: { username: READER, password: secrets.readerPassword },
    headers: { [SECRET_HEADER]: secrets.headerSecret },
    healthIntervalMs: QUICK.healthIntervalMs,
    healthTimeoutMs: QUICK.healthTimeoutMs,
  };
}

function runOf(embedded: EmbeddedEngine): EngineRun {
  const run = embedded.run();
  if (run === undefined) throw new Error('the engine was never started');
  return run;
}
