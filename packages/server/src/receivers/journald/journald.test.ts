import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { isPeerMissing, runPeer } from '@tendril/testkit/debian-peer';
import { startServerFixture, type ServerFixture } from '@tendril/testkit/server-fixture';
import { awaitStored, storedRecords } from '@tendril/testkit/stored-records';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const REMOTE = '/lib/systemd/systemd-journal-remote';
const UPLOAD = '/lib/systemd/systemd-journal-upload';
const HEADERS = { 'content-type': 'application/vnd.fdo.journal' };

let fixture: ServerFixture;
let url: string;

beforeAll(async () => {
  fixture = await startServerFixture({ 'receivers-journald-listen': '127.0.0.1:0' });
  url = fixture.receiverUrl('journald');
});

afterAll(async () => {
  await fixture.close();
});

function entry(service: string, number: number): string {
  const realtime = BigInt(Date.now()) * 1_000n + BigInt(number);
  return [
    `__CURSOR=s=0123456789abcdef0123456789abcdef;i=${number.toString(16)};b=0123456789abcdef0123456789abcdef;m=${number.toString(16)};t=${realtime.toString(16)};x=1`,
    `__REALTIME_TIMESTAMP=${realtime}`,
    `__MONOTONIC_TIMESTAMP=${number + 1}`,
    '_BOOT_ID=0123456789abcdef0123456789abcdef',
    `SYSLOG_IDENTIFIER=${service}`,
    '_HOSTNAME=node-3',
    'PRIORITY=4',
    `MESSAGE=says ${number}`,
    '\n',
  ].join('\n');
}

async function upload(
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = HEADERS,
): Promise<Response> {
  return fetch(`${url}/upload`, { method: 'POST', headers, body });
}

describe.skipIf(isPeerMissing(UPLOAD))('systemd-journal-upload', () => {
  test('delivers every entry of a journal', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'tendril-journal-'));
    const entries = Array.from({ length: 2_000 }, (_, number) => entry('uploaded', number));
    await writeJournal(join(directory, 'test.journal'), entries.join(''));
    await runPeer(UPLOAD, [
      `--url=${url}`,
      `--directory=${directory}`,
      `--save-state=${join(directory, 'state')}`,
      '--follow=no',
    ]);
    const records = await awaitStored(fixture.server.url, {
      query: 'service:uploaded',
      count: 2_000,
    });
    expect(new Set(records.map(({ body }) => body)).size).toBe(2_000);
    expect(records).toHaveLength(2_000);
    expect(records[0]).toMatchObject({ severityNumber: 13, resource: { 'host.name': 'node-3' } });
  });
});

async function writeJournal(file: string, text: string): Promise<void> {
  const child = spawn(REMOTE, [`--output=${file}`, '--split-mode=none', '-']);
  let printed = '';
  child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  child.stdin.end(text);
  const [code]: unknown[] = await once(child, 'exit');
  if (code !== 0) throw new Error(`systemd-journal-remote: ${printed}`);
}

describe('/upload', () => {
  test('stores a backlog of one request in parts, and one that is sent again once', async () => {
    const backlog = Array.from({ length: 20_000 }, (_, number) => entry('backlog', number)).join(
      '',
    );
    expect((await upload(backlog)).status).toBe(202);
    expect((await upload(backlog)).status).toBe(202);
    expect(
      await storedRecords(fixture.server.url, 'service:backlog and body:19*'),
    ).not.toHaveLength(0);
    const status = (await (await fetch(`${fixture.server.url}/api/v1/status`)).json()) as {
      accounts: { source: string; received: number; duplicate: number }[];
    };
    const account = status.accounts.find(({ source }) => source === 'journald');
    expect(account?.duplicate).toBe(20_000);
  });

  test('keeps what came whole of a request that breaks off, as far as it was stored', async () => {
    await new Promise<void>((resolve) => {
      const outgoing = httpRequest(`${url}/upload`, { method: 'POST', headers: HEADERS });
      outgoing.on('error', () => resolve());
      outgoing.on('close', () => resolve());
      outgoing.write(entry('broken', 1), () => outgoing.destroy());
    });
    expect((await upload(entry('after-break', 1))).status).toBe(202);
  });

  test.each([
    ['garbage', 'garbage\n\n', HEADERS, 400],
    ['a name in lower case', 'message=a\n\n', HEADERS, 400],
    ['an entry that is cut', 'MESSAGE=a', HEADERS, 400],
    ['a line without an end', 'A'.repeat(3_000_000), HEADERS, 400],
    ['another content type', 'MESSAGE=a\n\n', { 'content-type': 'text/plain' }, 415],
  ])('refuses %s and goes on', async (_, body, headers, status) => {
    expect((await upload(body, headers)).status).toBe(status);
    expect((await upload(entry('after', 1))).status).toBe(202);
  });
});
