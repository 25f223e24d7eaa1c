/** The agent as a process, killed as machines kill processes, against a real server. */
import { spawn, type ChildProcess } from 'node:child_process';
import { appendFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServerFixture, type ServerFixture } from '@tendril/testkit/server-fixture';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

const CLI = join(import.meta.dirname, '../../bin/tendril.js');

let server: ServerFixture;
let folder: string;
let log: string;
let configFile: string;

beforeAll(async () => {
  server = await startServerFixture();
  folder = await mkdtemp(join(tmpdir(), 'tendril-agent-'));
  log = join(folder, 'chat.log');
  configFile = join(folder, 'agent.yaml');
  await writeFile(
    configFile,
    [
      `server: ${server.receiverUrl('otlp-http')}`,
      `dataDir: ${join(folder, 'data')}`,
      'files:',
      `  - include: ['${log}*']`,
      '    service: chat',
      '    resource: { site: north }',
    ].join('\n'),
  );
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

function startAgent(): ChildProcess {
  const args = ['--conditions=source', CLI, 'agent', '--config', configFile];
  return spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** Its exit code; null when the signal ended it. */
async function gone(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.once('exit', resolve);
  child.kill(signal);
  return await promise;
}

let written = 0;

async function write(count: number): Promise<void> {
  const lines = Array.from({ length: count }, () => {
    written += 1;
    const time = new Date(Date.now() + written).toISOString();
    // Every tenth has a second line.
    const more = written % 10 === 0 ? `\n    at handler (line ${written})` : '';
    return `${time} ERROR message ${written} not delivered${more}\n`;
  });
  await appendFile(log, lines.join(''));
}

interface Search {
  readonly kind: string;
  readonly record?: { readonly body: string; readonly resource: Record<string, unknown> };
}

async function stored(): Promise<readonly NonNullable<Search['record']>[]> {
  const response = await fetch(`${server.server.url}/api/v1/logs/search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ from: 'now-1h', to: 'now+1h', query: 'service:chat', limit: 10_000 }),
  });
  const events = (await response.text()).split('\n').filter(Boolean);
  return events
    .map((line) => JSON.parse(line) as Search)
    .flatMap(({ record }) => (record === undefined ? [] : [record]));
}

async function storedCount(count: number): Promise<void> {
  await vi.waitFor(async () => expect((await stored()).length).toBeGreaterThanOrEqual(count), {
    timeout: 60_000,
    interval: 200,
  });
}

describe('an agent', { timeout: 300_000 }, () => {
  test('ships every line once, though it is killed while files rotate', async () => {
    for (let round = 1; round <= 4; round += 1) {
      const agent = startAgent();
      await write(300);
      if (round % 2 === 0) {
        await rename(log, `${log}.${round}`);
        await write(100);
      }
      // Somewhere in the middle of what it does.
      await storedCount(round * 250);
      await write(200);
      await gone(agent, round === 4 ? 'SIGTERM' : 'SIGKILL');
    }
    const last = startAgent();
    await storedCount(written);
    expect(await gone(last, 'SIGTERM')).toBe(0);
    const records = await stored();
    const numbers = records.map(({ body }) => Number(/message (\d+)/.exec(body)?.[1]));
    const all = Array.from({ length: written }, (_, index) => index + 1);
    expect(numbers.toSorted((left, right) => left - right)).toEqual(all);
    const tenth = records.find(({ body }) => body.includes('message 10 '));
    expect(tenth?.body).toContain('at handler (line 10)');
    expect(tenth?.resource).toMatchObject({ 'service.name': 'chat', site: 'north' });
  });
});
