/** `list` and `monitor` over an engine's socket and over a journal. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isPeerMissing } from '@tendril/testkit/debian-peer';
import { FakeEngine } from '@tendril/testkit/docker/fake-engine';
import { JOURNAL_REMOTE, writeJournal } from '@tendril/testkit/journal-folder';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EXIT } from '../exit.ts';
import { runCli } from '../testing/run-cli.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tendril-places-'));
});
afterEach(async () => await rm(folder, { recursive: true }));

async function firstOutput(args: readonly string[], environment = {}): Promise<string> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const onOutput = (): void => stopping.abort();
  return (await runCli(args, { environment, signal, onOutput })).stdout;
}

describe('Docker', () => {
  test('is where logs are when its socket is there and no cluster is', async () => {
    const engine = await FakeEngine.start(join(folder, 'docker.sock'));
    const environment = { HOME: folder, DOCKER_HOST: `unix://${engine.socketPath}` };
    engine.add({ name: 'im-api' }).write('2026-06-02 08:00:00 ERROR no route');
    engine.add({ name: 'db' }).write('ready');
    const listed = await runCli(['list', '-p', 'im'], { environment });
    expect(listed.stdout).toMatch(/im-api +im-api:1\.0 +Up 3 hours/);
    expect(listed.stdout).not.toContain('db');
    expect(await firstOutput(['monitor', '-p', 'im-*'], environment)).toMatch(
      /im-api +E +no route/,
    );
    engine.add({ name: 'silent', hasNoLog: true });
    const exported = await runCli(['export', '--from', 'docker'], { environment });
    expect(exported.code).toBe(EXIT.partial);
    expect(exported.stdout.split('\n').filter(Boolean)).toHaveLength(2);
    expect(exported.stderr).toMatch(/skipped silent: .*does not support reading/);
    const missing = await runCli(['monitor', '-p', 'other'], { environment });
    expect(missing.code).toBe(EXIT.nothingFound);
    expect(missing.stderr).toContain('there are: db, im-api, silent');
    await engine.close();
  });

  test('a socket that nobody listens on is said', async () => {
    const environment = { HOME: folder, DOCKER_HOST: `unix://${folder}/none.sock` };
    const { code, stderr } = await runCli(['list', '--from', 'docker'], { environment });
    expect(code).toBe(EXIT.unreachable);
    expect(stderr).toContain('none.sock');
  });
});

describe.skipIf(isPeerMissing(JOURNAL_REMOTE))('the journal', () => {
  test('is read by unit, with what systemd says of the unit', async () => {
    const unit = { UNIT: 'openim-api.service', SYSLOG_IDENTIFIER: 'systemd', _PID: '1' };
    const exited = {
      ...unit,
      MESSAGE: 'openim-api.service: Main process exited, code=exited, status=2/INVALIDARGUMENT',
      PRIORITY: '4',
      EXIT_CODE: 'exited',
      EXIT_STATUS: '2',
    };
    await writeJournal(folder, [exited], Date.parse('2026-06-02T08:00:00Z'));
    const args = ['monitor', '-D', folder, '-u', 'openim-api', '--json'];
    expect(JSON.parse(await firstOutput(args))).toMatchObject({
      log: 'openim-api',
      severityText: 'WARN',
      attributes: { 'systemd.exit': 'exited', 'process.exit.code': 2 },
      resource: { 'systemd.unit': 'openim-api.service', 'host.name': 'node-1' },
    });
    const none = await runCli(['list', '-D', folder, '-p', 'mongo']);
    expect(none.code).toBe(EXIT.nothingFound);
  });
});
