import { createSocket } from 'node:dgram';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { isPeerMissing, runPeer } from '@tendril/testkit/debian-peer';
import { runRsyslog, RSYSLOGD } from '@tendril/testkit/rsyslog';
import { startServerFixture, type ServerFixture } from '@tendril/testkit/server-fixture';
import { awaitStored, storedRecords } from '@tendril/testkit/stored-records';
import { makeCertificates } from '@tendril/testkit/certificates';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let fixture: ServerFixture;
let certificates: string;

beforeAll(async () => {
  certificates = mkdtempSync(join(tmpdir(), 'tendril-syslog-'));
  await makeCertificates(certificates);
  fixture = await startServerFixture({
    'receivers-syslog-udp-listen': '127.0.0.1:0',
    'receivers-syslog-tcp-listen': '127.0.0.1:0',
    'receivers-syslog-tls-listen': '127.0.0.1:0',
    'receivers-syslog-tls-certificate-file': join(certificates, 'server.pem'),
    'receivers-syslog-tls-key-file': join(certificates, 'server.key'),
    'receivers-syslog-tls-client-ca-file': join(certificates, 'ca.pem'),
  });
});

afterAll(async () => {
  await fixture.close();
});

function portOf(name: string): number {
  return Number(new URL(fixture.receiverUrl(name)).port);
}

async function sendTcp(
  bytes: string | Uint8Array,
  socket: Socket = connect(portOf('syslog-tcp')),
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', () => resolve());
    socket.resume();
    socket.end(bytes);
  });
}

function messages(service: string, count: number): string[] {
  return Array.from(
    { length: count },
    (_, number) => `<11>1 - node-3 ${service} 7 - - says ${number}`,
  );
}

describe('syslog over TCP', () => {
  test('stores what comes counted, as lines, and mixed', async () => {
    const framed = messages('tcp-mixed', 3_000).map((text, number) =>
      number % 2 === 0 ? `${text.length} ${text}` : `${text}\n`,
    );
    await sendTcp(framed.join(''));
    const records = await awaitStored(fixture.server.url, {
      query: 'service:tcp-mixed',
      count: 3_000,
    });
    expect(new Set(records.map(({ body }) => body)).size).toBe(3_000);
    expect(records[0]).toMatchObject({
      severityText: 'err',
      severityNumber: 17,
      resource: { 'host.name': 'node-3' },
      attributes: { 'process.pid': 7 },
    });
  });

  test('a sender that stops in the middle of a message does not delay others', async () => {
    const stuck = connect(portOf('syslog-tcp'));
    stuck.write('1000 <11>1 - - stuck - - - begun');
    await sendTcp('<11>1 - - beside - - - x\n');
    await awaitStored(fixture.server.url, { query: 'service:beside', count: 1 });
    await sendTcp('', stuck);
    const [record] = await awaitStored(fixture.server.url, { query: 'service:stuck', count: 1 });
    expect(record?.body).toBe('begun');
  });

  test.each([
    ['a TLS hello', Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3])],
    ['an HTTP request', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['zeros', Buffer.alloc(100_000)],
    ['a count of 999999999', '999999999 <11>1 - - huge - - - x'],
    ['all byte values', Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))],
    ['deep JSON', `<11>1 - - deep - - - ${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}\n`],
  ])('%s harms nothing else', async (_, bytes) => {
    await sendTcp(bytes);
    await sendTcp('<11>1 - - after - - - fine\n');
    await awaitStored(fixture.server.url, { query: 'service:after', count: 1 });
  });

  test.each([
    ['its first line', 'POST /'],
    ['an endless first line', `POST /${'a'.repeat(60_000)}`],
  ])('what a web page posts is no message, whatever is in it: told by %s', async (_, head) => {
    const socket = connect(portOf('syslog-tcp'));
    socket.write(head);
    const rest = ' HTTP/1.1\r\nhost: localhost\r\n\r\n<14>1 - - web-page - - - x\n';
    await sendTcp(rest, socket).catch(() => undefined);
    await sendTcp('<11>1 - - after-page - - - fine\n');
    await awaitStored(fixture.server.url, { query: 'service:after-page', count: 1 });
    expect(await storedRecords(fixture.server.url, 'service:web-page')).toHaveLength(0);
  });

  test('its account adds up', async () => {
    const status = (await (await fetch(`${fixture.server.url}/api/v1/status`)).json()) as {
      accounts: { source: string; received: number; stored: number; pending: number }[];
    };
    const account = status.accounts.find(({ source }) => source === 'syslog-tcp');
    expect(account?.received).toBe((account?.stored ?? 0) + (account?.pending ?? 0));
    expect(account?.received).toBeGreaterThan(3_000);
  });
});

describe('syslog over UDP', () => {
  test('stores every datagram of a burst', async () => {
    const socket = createSocket('udp4');
    for (const text of messages('udp', 200)) {
      await new Promise<void>((resolve, reject) => {
        socket.send(`${text}\n`, portOf('syslog-udp'), '127.0.0.1', (error) =>
          error ? reject(error) : resolve(),
        );
      });
    }
    socket.close();
    const records = await awaitStored(fixture.server.url, { query: 'service:udp', count: 200 });
    expect(new Set(records.map(({ body }) => body)).size).toBe(200);
  });
});

describe('syslog over TLS', () => {
  test('refuses who has no certificate', async () => {
    const socket = connectTls({
      port: portOf('syslog-tls'),
      ca: readFileSync(join(certificates, 'ca.pem')),
      checkServerIdentity: () => undefined,
    });
    const message = '<11>1 - - tls-nobody - - - x\n';
    await sendTcp(message, socket).catch(() => undefined);
    await sendTcp('<11>1 - - tls-after - - - x\n');
    await awaitStored(fixture.server.url, { query: 'service:tls-after', count: 1 });
    expect(await storedRecords(fixture.server.url, 'service:tls-nobody')).toHaveLength(0);
  });
});

describe('beyond loopback', () => {
  test('needs to be told who may send', async () => {
    await expect(
      startServerFixture({ 'receivers-syslog-tcp-listen': '0.0.0.0:0' }),
    ).rejects.toMatchObject({
      code: 'allow_from_required',
    });
  });

  test('listens for the networks it is given', async () => {
    const open = await startServerFixture({
      'receivers-syslog-tcp-listen': '0.0.0.0:0',
      'receivers-syslog-tcp-allow-from': '10.0.0.0/8, fd00::/8',
    });
    expect(open.receiverUrl('syslog-tcp')).toContain('tcp://0.0.0.0:');
    await open.close();
  });
});

describe.skipIf(isPeerMissing('/usr/bin/logger'))('logger', () => {
  test.each([
    ['--tcp', 'syslog-tcp', ['--tcp', '--rfc5424']],
    ['--tcp with octet counts', 'syslog-tcp', ['--tcp', '--octet-count', '--rfc5424']],
    ['--tcp in the old format', 'syslog-tcp', ['--tcp', '--rfc3164']],
    ['--udp', 'syslog-udp', ['--udp', '--rfc3164']],
  ])('%s delivers every line', async (name, receiver, flags) => {
    const tag = `logger${name.replaceAll(/\W+/g, '-')}`;
    const lines = Array.from({ length: 50 }, (_, number) => `says ${number}`);
    const file = join(fixture.directory, tag);
    writeFileSync(file, `${lines.join('\n')}\n`);
    await runPeer('/usr/bin/logger', [
      ...flags,
      '--server=127.0.0.1',
      `--port=${portOf(receiver)}`,
      `--tag=${tag}`,
      '--priority=local0.warning',
      `--file=${file}`,
    ]);
    const records = await awaitStored(fixture.server.url, { query: `service:${tag}`, count: 50 });
    expect(new Set(records.map(({ body }) => body))).toEqual(new Set(lines));
    expect(records[0]).toMatchObject({
      severityNumber: 13,
      attributes: { 'syslog.facility': 'local0' },
    });
  });
});

describe.skipIf(isPeerMissing(RSYSLOGD))('rsyslog', () => {
  test.each([
    ['tcp, lines', 'syslog-tcp', 'protocol="tcp"'],
    ['tcp, octet counts', 'syslog-tcp', 'protocol="tcp" TCP_Framing="octet-counted"'],
    ['udp', 'syslog-udp', 'protocol="udp"'],
    [
      'tls',
      'syslog-tls',
      'protocol="tcp" StreamDriver="gtls" StreamDriverMode="1" StreamDriverAuthMode="anon"',
    ],
  ])('over %s delivers every line', async (name, receiver, how) => {
    const tag = `rsyslog-${name.replaceAll(/\W+/g, '-')}`;
    const lines = Array.from({ length: 500 }, (_, number) => `says 你好 ${number}`);
    const input = join(fixture.directory, `${tag}.log`);
    writeFileSync(input, `${lines.join('\n')}\n`);
    const file = (part: string): string => join(certificates, part);
    const query = `service:${tag}`;
    await runRsyslog({
      directory: fixture.directory,
      input,
      tag,
      configuration: `
global(DefaultNetstreamDriverCAFile="${file('ca.pem')}"
       DefaultNetstreamDriverCertFile="${file('client.pem')}" DefaultNetstreamDriverKeyFile="${file('client.key')}")
action(type="omfwd" target="127.0.0.1" port="${portOf(receiver)}" ${how} template="RSYSLOG_SyslogProtocol23Format")
`,
      until: async () => (await storedRecords(fixture.server.url, query)).length >= lines.length,
    });
    const records = await storedRecords(fixture.server.url, query);
    expect(new Set(records.map(({ body }) => body.trim()))).toEqual(new Set(lines));
  });
});
