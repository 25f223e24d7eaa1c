import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { isPeerMissing, PYTHON, pythonModule, runPeer } from '@tendril/testkit/debian-peer';
import { startServerFixture, type ServerFixture } from '@tendril/testkit/server-fixture';
import { awaitStored } from '@tendril/testkit/stored-records';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let fixture: ServerFixture;

beforeAll(async () => {
  fixture = await startServerFixture({
    'receivers-gelf-udp-listen': '127.0.0.1:0',
    'receivers-gelf-tcp-listen': '127.0.0.1:0',
  });
});

afterAll(async () => {
  await fixture.close();
});

function portOf(name: string): number {
  return Number(new URL(fixture.receiverUrl(name)).port);
}

async function sendUdp(datagrams: readonly Uint8Array[]): Promise<void> {
  const socket = createSocket('udp4');
  for (const bytes of datagrams) {
    await new Promise<void>((resolve, reject) => {
      socket.send(bytes, portOf('gelf-udp'), '127.0.0.1', (error) =>
        error ? reject(error) : resolve(),
      );
    });
  }
  socket.close();
}

async function sendTcp(bytes: string | Uint8Array): Promise<void> {
  await new Promise<void>((resolve) => {
    const socket = connect(portOf('gelf-tcp'), '127.0.0.1', () => socket.end(bytes));
    socket.on('error', () => resolve());
    socket.on('close', () => resolve());
    socket.resume();
  });
}

function message(service: string, text: string): string {
  return JSON.stringify({
    version: '1.1',
    host: 'node-3',
    short_message: text,
    level: 4,
    _service: service,
  });
}

describe.skipIf(isPeerMissing(pythonModule('graypy')))('python3-graypy', () => {
  test.each([
    ['UDP, chunked and compressed', 'gelf-udp', 'GELFUDPHandler', 60],
    ['TCP', 'gelf-tcp', 'GELFTCPHandler', 200],
  ])('delivers every record over %s', async (_, receiver, handler, count) => {
    const service = `graypy-${receiver}`;
    const program = `
import logging, random, string, sys, graypy
logger = logging.getLogger('app.db')
handler = graypy.${handler}('127.0.0.1', int(sys.argv[1]))
logger.addHandler(handler)
for number in range(${count}):
    text = ''.join(random.choices(string.printable, k=9000)) if number % 3 == 0 else ''
    logger.warning('says 你好 %d', number, extra={'service': '${service}', 'number': number, 'padding': text})
handler.close()
`;
    await runPeer(PYTHON, ['-c', program, String(portOf(receiver))]);
    const records = await awaitStored(fixture.server.url, { query: `service:${service}`, count });
    expect(new Set(records.map(({ body }) => body)).size).toBe(count);
    expect(records[0]).toMatchObject({ severityNumber: 13, serviceName: service });
  });
});

describe('GELF over UDP', () => {
  test('puts chunks together that come backwards', async () => {
    const bytes = gzipSync(message('chunked', 'x'.repeat(5_000)));
    const size = 20;
    const count = Math.ceil(bytes.length / size);
    const chunks = Array.from({ length: count }, (_, number) =>
      Buffer.concat([
        Buffer.from([0x1e, 0x0f, 1, 2, 3, 4, 5, 6, 7, 8, number, count]),
        bytes.subarray(number * size, (number + 1) * size),
      ]),
    );
    await sendUdp(chunks.toReversed());
    const [record] = await awaitStored(fixture.server.url, { query: 'service:chunked', count: 1 });
    expect(record?.body).toHaveLength(5_000);
  });

  test('garbage is counted and harms nothing else', async () => {
    await sendUdp([
      Buffer.from('garbage'),
      Buffer.from([0x1e, 0x0f]),
      gzipSync(Buffer.alloc(20_000_000)),
    ]);
    await sendUdp([Buffer.from(message('after-udp', 'fine'))]);
    await awaitStored(fixture.server.url, { query: 'service:after-udp', count: 1 });
    const status = (await (await fetch(`${fixture.server.url}/api/v1/status`)).json()) as {
      accounts: { source: string; rejected: Record<string, number> }[];
    };
    const account = status.accounts.find(({ source }) => source === 'gelf-udp');
    expect(account?.rejected['malformed']).toBe(3);
  });
});

describe('GELF over TCP', () => {
  test.each([
    ['garbage', 'garbage\0'],
    ['a TLS hello', Buffer.from([0x16, 3, 1, 2, 0, 1])],
    ['more than the limit', Buffer.alloc(9 * 1024 * 1024, 'a')],
    ['deep nesting', `${'{"a":'.repeat(3_000)}1${'}'.repeat(3_000)}\0`],
  ])('%s harms nothing else', async (_, bytes) => {
    await sendTcp(bytes);
    await sendTcp(`${message('after-tcp', 'fine')}\0${message('after-tcp', 'last')}`);
    await awaitStored(fixture.server.url, { query: 'service:after-tcp', count: 2 });
  });
});
