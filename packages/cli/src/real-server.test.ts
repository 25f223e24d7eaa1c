/** The commands against a real server with its engine: what goes in is found again, also after a restart. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXIT } from './exit.ts';
import { runCli, type CliOptions, type CliRun } from './testing/run-cli.ts';

const MAIN = resolve(import.meta.dirname, 'main.ts');

let directory: string;
let server: ChildProcess;
let environment: Record<string, string>;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tendril-cli-'));
  await up();
}, 60_000);
afterAll(async () => {
  await down('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

/** Starts `tendril up` and waits for its ready line. */
async function up(): Promise<void> {
  const ports = ['--port', '0', '--otlp-http-port', '0', '--otlp-grpc-port', '0'];
  const args = ['--conditions=source', MAIN, 'up', '--data-dir', join(directory, 'data'), ...ports];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd: directory,
  });
  server = child;
  let said = '';
  for await (const chunk of child.stderr) {
    said += String(chunk);
    const url = /tendril ready\s+(http:\S+)/.exec(said)?.[1];
    if (url === undefined) continue;
    environment = {
      TENDRIL_URL: url,
      TENDRIL_DATA_DIR: join(directory, 'data'),
      XDG_STATE_HOME: join(directory, 'state'),
    };
    return;
  }
  throw new Error(`the server did not start: ${said}`);
}

async function down(signal: NodeJS.Signals): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exited = once(server, 'exit');
  server.kill(signal);
  await exited;
}

async function tendril(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  return await runCli(args, { environment, ...options });
}

describe('tendril', () => {
  test('finds what it imported, before and after the server was killed', async () => {
    const path = join(directory, 'app.log');
    writeFileSync(
      path,
      [
        '{"time":"2026-06-02T01:14:03Z","level":"error","msg":"rpc call failed","service":"gateway","operationID":"op-7","code":500}',
        '2026-06-02 01:14:04,101 WARN slow command cost=5001ms',
        'Traceback (most recent call last):',
        '  File "x.py", line 1',
        'ValueError: 消息格式错误',
        'no time at all',
      ].join('\n'),
    );
    const imported = await tendril(['import', path, '--service', 'legacy', '--zone', 'UTC']);
    expect(imported.stderr).toContain('imported 3 records from 1 file');

    const search = ['search', 'operationID:op-7', '--since', '20y', '--json'];
    const found = await tendril(search);
    expect(JSON.parse(found.stdout)).toMatchObject({
      body: 'rpc call failed',
      serviceName: 'gateway',
      severityNumber: 17,
      timestamp: '1780362843000000000',
      attributes: { code: 500 },
      resource: { 'log.file.path': path },
    });
    const chinese = await tendril([
      'search',
      '格式',
      '--since',
      '20y',
      '--fields',
      'service,level,message',
    ]);
    expect(chinese.stdout).toMatch(
      /^legacy\tWARN\tslow command cost=5001ms␊Traceback.*消息格式错误\n$/,
    );

    await down('SIGKILL');
    await up();
    expect((await tendril(search)).stdout).toBe(found.stdout);
  }, 60_000);

  test('a mistake in a query is shown where it is', async () => {
    const { code, stderr } = await tendril(['search', 'level >=']);
    expect(code).toBe(EXIT.usage);
    expect(stderr).toContain('\n  level >=\n');
  });

  test('a pipe arrives in a tail', async () => {
    const tailing = tendril(['tail', 'service:piped', '-n', '1', '--json']);
    async function* stdin(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('live\n');
    }
    // Lines go in until the tail has seen one: it may not be listening yet.
    const seen = new AbortController();
    const sending = (async () => {
      while (!seen.signal.aborted) {
        await tendril(['pipe', '--service', 'piped'], { stdin: stdin() });
      }
    })();
    const { code, stdout } = await tailing;
    seen.abort();
    await sending;
    expect(code).toBe(EXIT.ok);
    expect(JSON.parse(stdout)).toMatchObject({ body: 'live', serviceName: 'piped' });
  }, 30_000);

  test('tokens are created, listed and revoked', async () => {
    const created = await tendril(['token', 'create', '--scope', 'admin', '--json']);
    const { id, token } = JSON.parse(created.stdout) as { id: string; token: string };
    // From now on the server wants one.
    expect((await tendril(['status'])).code).toBe(EXIT.access);
    const withToken = { environment: { ...environment, TENDRIL_TOKEN: token } };
    expect((await tendril(['token', 'list'], withToken)).stdout).toContain(id);
    expect((await tendril(['status'], withToken)).stdout).toContain('with tokens');
    expect((await tendril(['token', 'revoke', id], withToken)).code).toBe(EXIT.ok);
  });

  test('down stops it, and says so when there is nothing to stop', async () => {
    const exited = once(server, 'exit');
    expect((await tendril(['down'])).code).toBe(EXIT.ok);
    expect(await exited).toEqual([0, null]);
    expect((await tendril(['down'])).code).toBe(EXIT.error);
  }, 30_000);
});
