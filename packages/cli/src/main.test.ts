/** The executable as a process: signals and pipes, which `run` does not see. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import { EXIT } from './exit.ts';
import { sampleRecord } from './testing/sample-record.ts';
import { startStubServer, type StubServer } from './testing/stub-server.ts';

const MAIN = resolve(import.meta.dirname, 'main.ts');

let server: StubServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

function start(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Child {
  return spawn(process.execPath, ['--conditions=source', MAIN, ...args], {
    stdio: 'pipe',
    env: { ...process.env, ...environment },
  });
}

async function textOf(stream: Readable): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks).toString();
}

async function exitOf(child: Child): Promise<unknown> {
  const [code] = (await once(child, 'exit')) as [unknown];
  return code;
}

async function searchServer(rows: number): Promise<string> {
  const events = [
    ...Array.from({ length: rows }, () => ({ kind: 'row', record: sampleRecord() })),
    {
      kind: 'summary',
      range: { from: '0', to: '1' },
      partial: null,
      cost: { elapsedMs: 1, rowsRead: 1, bytesRead: 1, statements: 1 },
      counts: { rows },
      next: null,
    },
  ];
  const body = events.map((event) => `${JSON.stringify(event)}\n`).join('');
  server = await startStubServer(() => ({ contentType: 'application/x-ndjson', body }));
  return server.url;
}

describe('the executable', () => {
  test('ends quietly with 141 when its reader has gone', async () => {
    const url = await searchServer(20_000);
    const child = start(['search', '-n', '20000', '--url', url]);
    child.stdout.once('data', () => child.stdout.destroy());
    const [code, stderr] = await Promise.all([exitOf(child), textOf(child.stderr)]);
    expect({ code, stderr }).toEqual({ code: EXIT.brokenPipe, stderr: '' });
  });

  test('an interrupt ends a tail with 130', async () => {
    const record = { kind: 'record', record: sampleRecord() };
    const body = `event: ready\ndata: {"kind":"ready"}\n\nevent: record\ndata: ${JSON.stringify(record)}\n\n`;
    server = await startStubServer(() => ({ contentType: 'text/event-stream', body }));
    const child = start(['tail', '--url', server.url]);
    child.stdout.once('data', () => child.kill('SIGINT'));
    expect(await exitOf(child)).toBe(EXIT.interrupted);
  });

  test('an interrupt does not cut a pipe: what its program says while it stops is passed on', async () => {
    const child = start(['pipe', '--url', 'http://127.0.0.1:9', '--drain', '0']);
    child.stdin.write('before\n');
    await once(child.stdout, 'data');
    child.kill('SIGINT');
    child.stdin.end('stopping\n');
    const [code, stdout] = await Promise.all([exitOf(child), textOf(child.stdout)]);
    expect({ code, stdout }).toEqual({ code: EXIT.ok, stdout: 'stopping\n' });
  });

  test('reads the language of the environment', async () => {
    const child = start(['xyzzy'], { LANG: 'zh_CN.UTF-8', LC_ALL: '' });
    const [code, stderr] = await Promise.all([exitOf(child), textOf(child.stderr)]);
    expect({ code, stderr }).toEqual({ code: EXIT.usage, stderr: 'tendril: 没有命令“xyzzy”\n' });
  });
});
