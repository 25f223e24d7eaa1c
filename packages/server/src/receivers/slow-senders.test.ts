/** Senders that say little, or go on for ever, on every receiver: others are not harmed by them. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { startServerFixture, type ServerFixture } from '@tendril/testkit/server-fixture';
import { awaitStored } from '@tendril/testkit/stored-records';
import { afterAll, beforeAll, describe, test } from 'vitest';

const STREAMS = ['syslog-tcp', 'lumberjack', 'fluent', 'gelf-tcp'] as const;
const HTTP = ['elastic', 'loki', 'journald'] as const;
const CONNECTIONS = 200;

let fixture: ServerFixture;

beforeAll(async () => {
  const names = [...STREAMS, ...HTTP];
  fixture = await startServerFixture(
    Object.fromEntries(names.map((name) => [`receivers-${name}-listen`, '127.0.0.1:0'])),
  );
});

afterAll(async () => {
  await fixture.close();
});

async function open(receiver: string): Promise<Socket> {
  const socket = connect(Number(new URL(fixture.receiverUrl(receiver)).port), '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** The beginning of something that never ends, in each protocol. */
const BEGINNINGS: Readonly<Record<string, string | Uint8Array>> = {
  'syslog-tcp': '99999 <14>1 - - slow - - - beg',
  lumberjack: Buffer.from('2W\0\0\0\u00022J\0\0\0\u0001\0\0\0\u007f{', 'latin1'),
  fluent: Uint8Array.from([0x93, 0xa1, 0x78, 0xdd, 0xff, 0xff, 0xff, 0xff]),
  'gelf-tcp': '{"short_message":"beg',
  elastic: 'POST /_bulk HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000000\r\n\r\n{',
  loki: 'POST /loki/api/v1/push HTTP/1.1\r\nhost: localhost\r\ncontent-length: 900000\r\n\r\n{',
  journald:
    'POST /upload HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/vnd.fdo.journal\r\ntransfer-encoding: chunked\r\n\r\n5\r\nMESSA',
};

async function sendOne(service: string): Promise<void> {
  const socket = await open('syslog-tcp');
  socket.end(`<14>1 - - ${service} - - - fine\n`);
  await awaitStored(fixture.server.url, { query: `service:${service}`, count: 1 });
}

describe('slow senders', () => {
  test.each([...STREAMS, ...HTTP])(
    `${CONNECTIONS} of them on %s keep nobody waiting`,
    async (receiver) => {
      const sockets = await Promise.all(
        Array.from({ length: CONNECTIONS }, async () => open(receiver)),
      );
      for (const socket of sockets) socket.write(BEGINNINGS[receiver] ?? '');
      await sendOne(`beside-${receiver}`);
      for (const socket of sockets) socket.destroy();
    },
  );

  test('a stop of the server does not wait for them', async () => {
    const own = await startServerFixture({
      'receivers-syslog-tcp-listen': '127.0.0.1:0',
      'receivers-lumberjack-listen': '127.0.0.1:0',
    });
    const sockets = await Promise.all(
      ['syslog-tcp', 'lumberjack'].map(async (receiver) => {
        const socket = connect(Number(new URL(own.receiverUrl(receiver)).port), '127.0.0.1');
        socket.on('error', () => undefined);
        await once(socket, 'connect');
        socket.write(BEGINNINGS[receiver] ?? '');
        return socket;
      }),
    );
    // Far longer than the test may take.
    await own.server.close(600_000);
    await Promise.all(
      sockets.map(async (socket) => {
        if (!socket.closed) await once(socket.resume(), 'close');
      }),
    );
    await own.close();
  });
});
