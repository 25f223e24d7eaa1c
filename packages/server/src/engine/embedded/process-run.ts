/** One run of the engine: its files written, its process started, its end awaited. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from '@tendril/model/failure';
import { ClickHouseConnection } from '../clickhouse/connection.ts';
import type { BoundedLog } from './bounded-log.ts';
import {
  READER,
  SECRET_HEADER,
  serverConfig,
  usersConfig,
  WRITER,
  type EngineSecrets,
} from './config.ts';

/** As the child exits. */
export const LIBRARY_REFUSED = 70;

const CHILD = fileURLToPath(new URL('../../../bin/engine-child.js', import.meta.url));

// The listener stays up for as long as a query runs; this one never ends and costs nothing.
const STATEMENTS =
  'SELECT sleepEachRow(1) FROM system.numbers ' +
  'SETTINGS max_block_size = 1, max_threads = 1, function_sleep_max_microseconds_per_block = 10000000, ' +
  'max_execution_time = 0 FORMAT Null';

/** How the engine begins to write down its own crash, */
const CRASH_MARK = '<Fatal>';
/** which takes it four seconds, in which it answers nothing. The trace is there in a moment. */
const CRASH_TRACE_MS = 250;

export interface RunOptions {
  readonly libraryPath: string;
  /** The engine's own files. */
  readonly dataPath: string;
  /** For the configuration of this run; made, and emptied, with 0700. */
  readonly runPath: string;
  readonly memoryBytesMax: number;
  /** For clusters in tests: the native protocol, open to whoever reaches loopback. */
  readonly tcpPort?: number;
  readonly log: BoundedLog;
}

export interface EngineRun {
  readonly pid: number;
  readonly port: number;
  readonly secrets: EngineSecrets;
  readonly connection: ClickHouseConnection;
  /** Resolves with how the process ended; never rejects. */
  readonly ended: Promise<RunEnd>;
  hasEnded(): boolean;
  /** At once, whatever the engine does; it is built to survive that. */
  kill(): void;
}

export interface RunEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

export async function startRun(options: RunOptions): Promise<EngineRun> {
  const secrets = randomSecrets();
  const port = await freePort();
  const configFile = writeConfig(options, secrets);
  const child = spawn(process.execPath, childArguments(options, { port, configFile }), {
    // The engine reads proxies, cloud keys and AI keys from the environment: it gets an empty one.
    env: {},
    cwd: options.runPath,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  options.log.beginRun();
  child.stderr.on('data', (chunk: Buffer) => {
    options.log.write(chunk);
    if (chunk.includes(CRASH_MARK)) setTimeout(() => child.kill('SIGKILL'), CRASH_TRACE_MS);
  });
  child.stdin.on('error', () => undefined);
  const ended = endOf(child);
  if (child.pid === undefined) throw cannotSpawn();
  return {
    pid: child.pid,
    port,
    secrets,
    connection: connectionTo(port, secrets),
    ended,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    kill: () => void child.kill('SIGKILL'),
  };
}

function randomSecrets(): EngineSecrets {
  const secret = (): string => randomBytes(24).toString('hex');
  return { writerPassword: secret(), readerPassword: secret(), headerSecret: secret() };
}

/** Returns the path of the main file. */
function writeConfig({ runPath, memoryBytesMax }: RunOptions, secrets: EngineSecrets): string {
  rmSync(runPath, { recursive: true, force: true });
  mkdirSync(runPath, { recursive: true, mode: 0o700 });
  const configFile = join(runPath, 'config.xml');
  const usersFile = join(runPath, 'users.xml');
  const config = serverConfig({ usersFile, memoryBytesMax, secrets });
  writeFileSync(configFile, config, { mode: 0o600 });
  writeFileSync(usersFile, usersConfig(secrets, memoryBytesMax), { mode: 0o600 });
  return configFile;
}

function childArguments(
  { libraryPath, dataPath, tcpPort }: RunOptions,
  { port, configFile }: { readonly port: number; readonly configFile: string },
): string[] {
  const listen = ['SYSTEM START LISTEN HTTP'];
  if (tcpPort !== undefined) listen.push('SYSTEM START LISTEN TCP');
  return [
    // The JavaScript side does nothing but wait.
    '--max-old-space-size=32',
    '--max-semi-space-size=1',
    CHILD,
    libraryPath,
    `--path=${dataPath}`,
    `--config-file=${configFile}`,
    '--listen_host=127.0.0.1',
    `--http_port=${port}`,
    ...(tcpPort === undefined ? [] : [`--tcp_port=${tcpPort}`]),
    '--multiquery',
    `--query=${[...listen, STATEMENTS].join('; ')}`,
  ];
}

function endOf(child: ChildProcess): Promise<RunEnd> {
  return new Promise((resolve) => {
    child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }));
    child.once('error', () => resolve({ exitCode: null, signal: null }));
  });
}

function cannotSpawn(): Failure {
  const detail = `the engine's process cannot be started with ${process.execPath}`;
  return new Failure({ code: 'engine_not_started', detail });
}

function connectionTo(port: number, secrets: EngineSecrets): ClickHouseConnection {
  return new ClickHouseConnection({
    url: new URL(`http://127.0.0.1:${port}`),
    writer: { username: WRITER, password: secrets.writerPassword },
    reader: { username: READER, password: secrets.readerPassword },
    headers: { [SECRET_HEADER]: secrets.headerSecret },
  });
}

/** Free a moment ago; when somebody takes it meanwhile, the run ends and the next one asks again. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
