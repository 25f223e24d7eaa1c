/** What the documentation says works as it is written there, with the programs that Debian has. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { setupText } from '@tendril/messages/shippers/shipper-setup';
import { SHIPPER_SETUPS } from '@tendril/messages/shippers/shipper-setups';
import { isPeerMissing } from '@tendril/testkit/debian-peer';
import { runRsyslog, RSYSLOGD } from '@tendril/testkit/rsyslog';
import { startServerFixture, type ServerFixture } from '@tendril/testkit/server-fixture';
import { storedRecords } from '@tendril/testkit/stored-records';
import { runSyslogNg, SYSLOG_NG } from '@tendril/testkit/syslog-ng';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const LINES: readonly string[] = Array.from(
  { length: 1_000 },
  (_, number) => `says 你好 ${number}`,
);

let fixture: ServerFixture;
let input: string;

beforeAll(async () => {
  fixture = await startServerFixture({ 'receivers-syslog-tcp-listen': '127.0.0.1:0' });
  input = join(fixture.directory, 'app.log');
  writeFileSync(input, `${LINES.join('\n')}\n`);
});

afterAll(async () => {
  await fixture.close();
});

function documented(id: string, url: string): string {
  const setup = SHIPPER_SETUPS.find((each) => each.id === id);
  if (setup === undefined) throw new Error(`${id} is not documented`);
  const { hostname, port } = new URL(url);
  return setupText(setup, { host: hostname, port: Number(port), token: 'TOKEN' });
}

async function bodies(service: string): Promise<string[]> {
  const records = await storedRecords(fixture.server.url, `service:${service}`);
  return records.map(({ body }) => body.trim()).sort();
}

const hasAll = (service: string) => async (): Promise<boolean> =>
  (await bodies(service)).length >= LINES.length;

describe('as documented', () => {
  test.skipIf(isPeerMissing(RSYSLOGD))('rsyslog delivers every line once', async () => {
    await runRsyslog({
      directory: fixture.directory,
      input,
      tag: 'documented-rsyslog',
      configuration: documented('rsyslog', fixture.receiverUrl('syslog-tcp')),
      until: hasAll('documented-rsyslog'),
    });
    expect(await bodies('documented-rsyslog')).toEqual([...LINES].sort());
  });

  test.skipIf(isPeerMissing(SYSLOG_NG))('syslog-ng delivers every line once', async () => {
    const written = documented('syslog-ng', fixture.receiverUrl('syslog-tcp'));
    await runSyslogNg({
      directory: fixture.directory,
      input,
      program: 'documented-syslog-ng',
      // Debian's package makes the folder of its disk buffers; here it is the test's own.
      configuration: written.replace('disk-buffer(', `disk-buffer(dir("${fixture.directory}") `),
      until: hasAll('documented-syslog-ng'),
    });
    expect(await bodies('documented-syslog-ng')).toEqual([...LINES].sort());
  });

  test.skipIf(isPeerMissing('/usr/bin/curl'))('curl delivers every line once', async () => {
    const command = documented('curl', fixture.server.url)
      .replace("-H 'Authorization: Bearer TOKEN' ", '')
      .replace('service=app', 'service=documented-curl');
    await promisify(execFile)('/bin/sh', ['-c', command], { cwd: fixture.directory });
    expect(await bodies('documented-curl')).toEqual([...LINES].sort());
  });
});
