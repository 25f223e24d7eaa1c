import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { EventTime, FluentClient } from '@fluent-org/logger';
import { decode, encode, ExtData } from '@msgpack/msgpack';
import { isPeerMissing, PYTHON, pythonModule, runPeer } from '@tendril/testkit/debian-peer';
import { startServerFixture, type ServerFixture } from '@tendril/testkit/server-fixture';
import { awaitStored, storedRecords } from '@tendril/testkit/stored-records';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const SHARED_KEY = 'the key of the test';

let fixture: ServerFixture;

beforeAll(async () => {
  fixture = await startServerFixture({ 'receivers-fluent-listen': '127.0.0.1:0' });
});

afterAll(async () => {
  await fixture.close();
});

function portOf(server: ServerFixture): number {
  return Number(new URL(server.receiverUrl('fluent')).port);
}

/** Sends, and gives what is answered within `answers` values or up to the end. */
class Sender {
  private readonly socket: Socket;
  private received: Buffer = Buffer.alloc(0);

  constructor(port: number = portOf(fixture)) {
    this.socket = connect(port);
    this.socket.on('error', () => undefined);
    this.socket.on('data', (chunk) => {
      this.received = Buffer.concat([this.received, chunk]);
    });
  }

  send(...values: readonly unknown[]): void {
    for (const value of values) this.socket.write(encode(value));
  }

  sendBytes(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }

  async answer(): Promise<unknown> {
    while (this.received.length === 0 && !this.socket.closed) {
      await Promise.race([once(this.socket, 'data'), once(this.socket, 'close')]);
    }
    const value = decode(this.received);
    this.received = Buffer.alloc(0);
    return value;
  }

  async closed(): Promise<void> {
    if (!this.socket.closed) await once(this.socket, 'close');
  }

  close(): void {
    this.socket.destroy();
  }
}

function eventTime(seconds: number, nanoseconds: number): ExtData {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(seconds);
  bytes.writeUInt32BE(nanoseconds, 4);
  return new ExtData(0, bytes);
}

const NOW_SECONDS = Math.floor(Date.now() / 1000);
const entry = (message: string): unknown[] => [
  eventTime(NOW_SECONDS, 123_456_789),
  { log: message },
];

describe('real senders', () => {
  test.each([
    ['Message', {}],
    ['Forward', { eventMode: 'Forward' as const }],
    ['PackedForward', { eventMode: 'PackedForward' as const }],
    ['CompressedPackedForward', { eventMode: 'CompressedPackedForward' as const }],
  ])('@fluent-org/logger delivers in mode %s, acknowledged', async (mode, options) => {
    const tag = `npm-${mode.toLowerCase()}`;
    const client = new FluentClient(tag, {
      ...options,
      ack: { ackTimeout: 20_000 },
      socket: { host: '127.0.0.1', port: portOf(fixture) },
    });
    const sent = Array.from({ length: 300 }, async (_, number) =>
      client.emit(
        'app',
        { message: `says 你好 ${number}`, level: 'warn', number },
        EventTime.now(),
      ),
    );
    await Promise.all(sent);
    await client.disconnect();
    const records = await storedRecords(fixture.server.url, `service:${tag}`);
    expect(new Set(records.map(({ body }) => body)).size).toBe(300);
    expect(records).toHaveLength(300);
    expect(records[0]).toMatchObject({
      severityNumber: 13,
      attributes: { 'fluent.tag': `${tag}.app` },
    });
  });

  test("messages of Docker's driver, one for each line, are stored once, in order", async () => {
    const sender = new Sender();
    const lines = Array.from({ length: 3_000 }, (_, number) => `says ${number}`);
    const source = { container_name: '/docker-app', container_id: 'abc', source: 'stdout' };
    sender.sendBytes(
      Buffer.concat(
        lines.map((log, number) =>
          encode(['abc', eventTime(NOW_SECONDS, number), { log, ...source }, null]),
        ),
      ),
    );
    const records = await awaitStored(fixture.server.url, {
      query: 'service:docker-app',
      count: lines.length,
    });
    expect(records.map(({ body }) => body).toReversed()).toEqual(lines);
    expect(records[0]).toMatchObject({ resource: { 'container.name': 'docker-app' } });
    sender.close();
  });

  test('messages before one that cannot be read are stored', async () => {
    const sender = new Sender();
    sender.sendBytes(
      Buffer.concat([
        encode(['before-broken', NOW_SECONDS, { log: 'whole' }]),
        encode('this is no message'),
      ]),
    );
    await sender.closed();
    await awaitStored(fixture.server.url, { query: 'service:before-broken', count: 1 });
  });

  test.skipIf(isPeerMissing(pythonModule('fluent')))(
    'python3-fluent-logger delivers every record',
    async () => {
      const program = `
import sys
from fluent import sender
logger = sender.FluentSender('python', host='127.0.0.1', port=int(sys.argv[1]), nanosecond_precision=True)
for number in range(400):
    assert logger.emit('app', {'message': f'says {number}', 'level': 'error'})
logger.close()
`;
      await runPeer(PYTHON, ['-c', program, String(portOf(fixture))]);
      const records = await awaitStored(fixture.server.url, {
        query: 'service:python',
        count: 400,
      });
      expect(new Set(records.map(({ body }) => body)).size).toBe(400);
    },
  );
});

describe('messages', () => {
  const packed = (messages: readonly string[]): Buffer =>
    Buffer.concat(messages.map((message) => encode(entry(message))));

  test.each([
    ['one event', ['mode-one.x', eventTime(NOW_SECONDS, 5), { log: 'a' }], 1],
    ['one event at whole seconds, option nil', ['mode-nil.x', NOW_SECONDS, { log: 'a' }, null], 1],
    ['listed entries', ['mode-list.x', [entry('a'), entry('b')]], 2],
    ['packed entries', ['mode-packed.x', packed(['a', 'b'])], 2],
    ['"text" as compression', ['mode-text.x', packed(['a']), { compressed: 'text' }], 1],
    [
      'two gzip members',
      [
        'mode-gzip.x',
        Buffer.concat([gzipSync(packed(['a'])), gzipSync(packed(['b']))]),
        { compressed: 'gzip' },
      ],
      2,
    ],
    ['zstd', ['mode-zstd.x', zstdCompressSync(packed(['a'])), { compressed: 'zstd' }], 1],
    ["Fluent Bit's times with metadata", ['mode-bit.x', [[[NOW_SECONDS, {}], { log: 'a' }]]], 1],
  ])('%s', async (_, message, count) => {
    const sender = new Sender();
    sender.send(null, message);
    const [tag] = message;
    const service = typeof tag === 'string' ? (tag.split('.')[0] ?? '') : '';
    const records = await awaitStored(fixture.server.url, { query: `service:${service}`, count });
    expect(records).toHaveLength(count);
    expect(records.at(-1)?.body).toBe('a');
    sender.close();
  });

  test("Docker's driver: container, stream and the line's own fields", async () => {
    const sender = new Sender();
    const line = '{"level":"error","msg":"send failed","operationID":"op1"}';
    const record = {
      container_id: 'abc',
      container_name: '/openim-docker',
      source: 'stderr',
      log: line,
    };
    sender.send(['docker.abc', NOW_SECONDS, record, { chunk: 'c1' }]);
    expect(await sender.answer()).toEqual({ ack: 'c1' });
    const [stored] = await storedRecords(fixture.server.url, 'service:openim-docker');
    expect(stored).toMatchObject({
      body: 'send failed',
      severityNumber: 17,
      operationId: 'op1',
      resource: { 'container.id': 'abc' },
      attributes: { 'log.iostream': 'stderr', 'fluent.tag': 'docker.abc' },
    });
    sender.close();
  });

  test('a chunk that is sent again is answered again and stored once', async () => {
    for (let tries = 0; tries < 2; tries += 1) {
      const sender = new Sender();
      sender.send(['again.x', [entry('a')], { chunk: 'p8n9gmxTQVC8/nh2wlKKeQ==', size: 1 }]);
      expect(await sender.answer()).toEqual({ ack: 'p8n9gmxTQVC8/nh2wlKKeQ==' });
      sender.close();
    }
    expect(await storedRecords(fixture.server.url, 'service:again')).toHaveLength(1);
  });

  test('a record that is none is refused, the others of its chunk are stored', async () => {
    const sender = new Sender();
    sender.send(['bad.x', [[NOW_SECONDS, 'no map'], entry('a')], { chunk: 'c2' }]);
    expect(await sender.answer()).toEqual({ ack: 'c2' });
    expect(await storedRecords(fixture.server.url, 'service:bad')).toHaveLength(1);
    sender.close();
  });
});

describe('with a shared key', () => {
  let guarded: ServerFixture;

  beforeAll(async () => {
    guarded = await startServerFixture({
      'receivers-fluent-listen': '127.0.0.1:0',
      'receivers-fluent-shared-key': SHARED_KEY,
    });
  });

  afterAll(async () => {
    await guarded.close();
  });

  test('@fluent-org/logger that knows it delivers', async () => {
    const client = new FluentClient('keyed', {
      ack: {},
      security: { clientHostname: 'client', sharedKey: SHARED_KEY },
      socket: { host: '127.0.0.1', port: portOf(guarded) },
    });
    await client.emit('app', { message: 'x' });
    await client.disconnect();
    expect(await storedRecords(guarded.server.url, 'service:keyed')).toHaveLength(1);
  });

  test('who does not know it is told so and stores nothing', async () => {
    const sender = new Sender(portOf(guarded));
    expect(await sender.answer()).toMatchObject(['HELO', { keepalive: true }]);
    const digest = createHash('sha512').update('guess').digest('hex');
    sender.send(
      ['PING', 'client', 'salt', digest, '', ''],
      ['intruder.x', NOW_SECONDS, { log: 'a' }],
    );
    expect(await sender.answer()).toEqual(['PONG', false, 'shared key mismatch', '', '']);
    await sender.closed();
    expect(await storedRecords(guarded.server.url, 'service:intruder')).toHaveLength(0);
  });

  test('may listen beyond loopback, and without it may not', async () => {
    const open = { 'receivers-fluent-listen': '0.0.0.0:0' };
    await expect(startServerFixture(open)).rejects.toMatchObject({ code: 'allow_from_required' });
    const keyed = await startServerFixture({ ...open, 'receivers-fluent-shared-key': SHARED_KEY });
    await keyed.close();
  });
});

describe('hostile senders', () => {
  test.each([
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['a type that is none', Buffer.from([0xc1])],
    ['nesting', Buffer.alloc(1_000, 0x91)],
    ['packed entries that are cut', Buffer.from(encode(['x', Buffer.from([0x92, 1])]))],
    [
      'a bomb',
      Buffer.from(encode(['x', gzipSync(Buffer.alloc(100_000_000)), { compressed: 'gzip' }])),
    ],
    [
      'a compression that is none',
      Buffer.from(encode(['x', Buffer.from('a'), { compressed: 'lzma' }])),
    ],
    ['a map where a message should be', Buffer.from(encode({ a: 1 }))],
  ])('%s ends the connection and harms nothing else', async (_, bytes) => {
    const sender = new Sender();
    sender.sendBytes(bytes);
    await sender.closed();
    const next = new Sender();
    next.send(['after.x', NOW_SECONDS, { log: 'a' }, { chunk: 'fine' }]);
    expect(await next.answer()).toEqual({ ack: 'fine' });
    next.close();
  });
});
