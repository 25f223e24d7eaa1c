/** A Tendril server as a child process, on free ports and a directory of its own, as a user starts it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { childrenOf } from './process-usage.ts';

const COMMAND = resolve(import.meta.dirname, '../../packages/cli/bin/tendril.js');
const READY_TIMEOUT_MS = 120_000;

export interface ServerPorts {
  readonly main: number;
  readonly otlpHttp: number;
  readonly otlpGrpc: number;
}

export class ServerProcess {
  readonly dataDir: string;
  readonly ports: ServerPorts;
  readonly #env: NodeJS.ProcessEnv;
  /** By receiver; they stay when it starts again. */
  readonly #receiverPorts: ReadonlyMap<string, number>;
  #child: ChildProcess | undefined;
  /** The end of what it said on stderr. */
  #lastWords = '';

  private constructor(
    dataDir: string,
    ports: ServerPorts,
    { env, receiverPorts }: { env: NodeJS.ProcessEnv; receiverPorts: ReadonlyMap<string, number> },
  ) {
    this.dataDir = dataDir;
    this.ports = ports;
    this.#env = env;
    this.#receiverPorts = receiverPorts;
  }

  /** Prepares directory and ports; `start` runs the server, again after each `kill`. */
  static async create(
    options: {
      readonly dataDir?: string;
      readonly env?: NodeJS.ProcessEnv;
      /** Receivers beside OTLP, by name. */
      readonly listen?: readonly string[];
    } = {},
  ): Promise<ServerProcess> {
    const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'tendril-bench-'));
    const { listen = [], env = {} } = options;
    const [main = 0, otlpHttp = 0, otlpGrpc = 0, ...others] = await freePorts(3 + listen.length);
    const receiverPorts = new Map(listen.map((name, index) => [name, others[index] ?? 0]));
    return new ServerProcess(dataDir, { main, otlpHttp, otlpGrpc }, { env, receiverPorts });
  }

  /** Of a receiver that was asked for. */
  receiverUrl(name: string): URL {
    return new URL(`http://127.0.0.1:${this.#receiverPorts.get(name) ?? 0}`);
  }

  get url(): string {
    return `http://127.0.0.1:${this.ports.main}`;
  }

  get tracesUrl(): string {
    return `http://127.0.0.1:${this.ports.otlpHttp}/v1/traces`;
  }

  get logsUrl(): string {
    return `http://127.0.0.1:${this.ports.otlpHttp}/v1/logs`;
  }

  get pid(): number {
    if (this.#child?.pid === undefined || !this.running) {
      throw new Error(`the server is not running: ${this.#lastWords}`);
    }
    return this.#child.pid;
  }

  /** The engine's process. */
  get enginePid(): number {
    const [pid] = this.children();
    if (pid === undefined) throw new Error('the server has no engine process');
    return pid;
  }

  /** The engine, but for the moments between one that ended and the next. */
  children(): number[] {
    return childrenOf(this.pid);
  }

  get running(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves when the server says it is ready; returns how long that took. */
  async start(): Promise<number> {
    const startedMs = performance.now();
    const { main, otlpHttp, otlpGrpc } = this.ports;
    const child = spawn(
      process.execPath,
      [
        '--conditions=source',
        COMMAND,
        'up',
        `--data-dir=${this.dataDir}`,
        `--port=${main}`,
        `--otlp-http-port=${otlpHttp}`,
        `--otlp-grpc-port=${otlpGrpc}`,
        ...[...this.#receiverPorts].map(([name, port]) => `--receiver=${name}=127.0.0.1:${port}`),
      ],
      { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...this.#env } },
    );
    this.#child = child;
    this.#lastWords = '';
    child.stderr.setEncoding('utf8');
    child.stderr.on('data', (text: string) => {
      this.#lastWords = (this.#lastWords + text).slice(-8_192);
    });
    while (!this.#lastWords.includes('tendril ready')) {
      if (!this.running) throw new Error(`the server stopped while starting:\n${this.#lastWords}`);
      if (performance.now() - startedMs > READY_TIMEOUT_MS) {
        throw new Error(
          `the server was not ready after ${READY_TIMEOUT_MS} ms:\n${this.#lastWords}`,
        );
      }
      await pause(10);
    }
    return performance.now() - startedMs;
  }

  async kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const child = this.#child;
    if (!child || !this.running) return child?.exitCode ?? null;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
    return child.exitCode;
  }

  async dispose(): Promise<void> {
    await this.kill('SIGTERM');
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

export async function pause(ms: number): Promise<void> {
  await new Promise((done) => {
    setTimeout(done, ms);
  });
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}
