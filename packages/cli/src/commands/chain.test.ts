import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogRecord } from '@tendril/model/log-record';
import { explainChain } from '@tendril/chains/explain';
import { MemoryStore } from '@tendril/chains/memory-store';
import { WEIGHTS } from '@tendril/chains/score';
import { operationId, START_MS, world } from '@tendril/chains/testing/world';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { EXIT } from '../exit.ts';
import { runCli } from '../testing/run-cli.ts';
import { startStubServer, type StubServer } from '../testing/stub-server.ts';

const change = {
  id: 'c1',
  kind: 'config',
  timestamp: String(BigInt(START_MS + 79_000) * 1_000_000n),
  service: 'redis',
  instance: '',
  text: 'maxclients 10\u001b[2J',
};
const recorded = world({ fault: { at: 'redis', kind: 'dependency_error', change } });
const COST = { elapsedMs: 3, rowsRead: 1000, bytesRead: 9, statements: 1 };
const zone = process.env['TZ'];

let folder = '';
let server: StubServer | undefined;

/** As an OpenIM server writes it, one file for each service. */
function line(record: LogRecord): string {
  const levels = { 5: 'DEBUG', 9: 'INFO', 13: 'WARN', 17: 'ERROR' } as const;
  const time = new Date(Number(BigInt(record.timestamp) / 1_000_000n)).toISOString();
  return JSON.stringify({
    level: levels[record.severityNumber as keyof typeof levels],
    time: time.replace('T', ' ').replace('Z', ''),
    logger: record.serviceName,
    caller: 'server/logger.go:19',
    msg: record.body,
    PID: String(record.resource['service.instance.id']).length * 1_000,
    version: 'main',
    operationID: record.operationId,
    ...record.attributes,
  });
}

beforeAll(() => {
  process.env['TZ'] = 'UTC';
  folder = mkdtempSync(join(tmpdir(), 'tendril-chain-'));
  for (const [service, own] of Map.groupBy(recorded.records, ({ serviceName }) => serviceName)) {
    writeFileSync(
      join(folder, `${service}.log`),
      own.map((record) => `${line(record)}\n`).join(''),
    );
  }
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function serve(): Promise<string> {
  const store = new MemoryStore(recorded);
  const knowledge = { match: () => [], codes: () => [] };
  const readToMs = START_MS + 10_000_000;
  server = await startStubServer(async ({ path }) => {
    const id = path.split('/').at(-1) ?? '';
    const ids = { operationIds: [id], traceIds: [] };
    const chain = await explainChain(ids, { store, knowledge, weights: WEIGHTS, readToMs });
    if (chain) return { body: JSON.stringify({ ...chain, partial: null, cost: COST }) };
    const problem = { type: 'about:blank', title: 'Not Found', status: 404, code: 'not_found' };
    const body = JSON.stringify({ ...problem, detail: 'nothing has it', params: {} });
    return { status: 404, contentType: 'application/problem+json', body };
  });
  return server.url;
}

describe('tendril chain', () => {
  test('shows lanes, the walk and suspects, and nothing that acts on the terminal', async () => {
    const url = await serve();
    const { code, stdout } = await runCli(['chain', operationId(100), '--url', url], {
      width: 110,
    });
    expect(code).toBe(EXIT.ok);
    expect(stdout).toContain('SendMessage');
    expect(stdout).toMatch(/ {2}1 {2}\S+ {2}redis +◆ {2}maxclients 10␛\[2J/);
    expect(stdout).toContain('surfaced error: what the user saw');
    expect(stdout).toMatch(/suspects\S*\n\s+\S*[01]\.\d\d\S* {2}redis 10\.0\.0\.9:6379 +\+ /);
    expect(stdout).not.toContain('\u001b[2J');
    // oxlint-disable-next-line no-control-regex -- colours are taken away
    const widths = stdout.split('\n').map((each) => each.replaceAll(/\u001b\[[\d;]*m/g, '').length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(110);
  });

  test('speaks Chinese', async () => {
    const url = await serve();
    const args = ['chain', operationId(100), '--url', url, '--lang', 'zh'];
    const { stdout } = await runCli(args, { width: 110 });
    expect(stdout).toContain('表面错误：用户看到的现象');
    expect(stdout).toContain('疑点');
  });

  test('shows only what changed before it', async () => {
    const url = await serve();
    const changes = await runCli(['chain', operationId(100), '--changes', '--url', url]);
    expect(changes.stdout.trim().split('\n').at(-1)).toContain('redis  maxclients 10');
    expect(changes.code).toBe(EXIT.ok);
  });

  test('says when nothing has the id', async () => {
    const url = await serve();
    const { code, stderr } = await runCli(['chain', 'op-none', '--url', url]);
    expect(code).toBe(EXIT.nothingFound);
    expect(stderr).toBe('nothing found\n');
  });

  test('wants an id or a query', async () => {
    expect((await runCli(['chain'])).code).toBe(EXIT.usage);
  });
});

describe('without a server', () => {
  test('the chain of an operation comes of the files of its services', async () => {
    const { code, stdout } = await runCli(['chain', operationId(100), folder, '--json']);
    expect(code).toBe(EXIT.ok);
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: 'failed',
      counts: { spans: 0 },
    });
    expect(JSON.parse(stdout)).toHaveProperty('suspects.0.service', 'redis');
  });

  test('operations of an error are listed, and each with its chain', async () => {
    const query = ['--query', '"redis write failed"', folder, '--limit', '2'];
    const listed = await runCli(['chain', ...query]);
    expect(listed.stdout.split('\n').filter((each) => each.includes('op-'))).toHaveLength(2);
    expect(listed.stdout).toContain('redis write failed');
    expect(listed.stderr).toContain('2 of 40 operations');
    const each = await runCli(['chain', ...query, '--each']);
    expect(each.stdout.match(/^suspects$/gm)).toHaveLength(2);
  });

  test('trace prints every record of an operation', async () => {
    const { code, stdout } = await runCli(['trace', operationId(40), folder]);
    expect(code).toBe(EXIT.ok);
    const own = recorded.records.filter((record) => record.operationId === operationId(40));
    const lines = stdout
      .split('\n')
      .filter((each) => each.includes(`operationID=${operationId(40)}`));
    expect(lines).toHaveLength(own.length);
  });

  test('a file that is not there is said', async () => {
    const { code, stderr } = await runCli(['chain', 'op', join(folder, 'none.log')]);
    expect(code).not.toBe(EXIT.ok);
    expect(stderr).toContain('none.log');
  });
});
