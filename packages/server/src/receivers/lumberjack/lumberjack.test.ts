import { once } from 'node:events';
import { readFileSync, mkdtempSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTick } from 'node:timers/promises';
import { deflateSync } from 'node:zlib';
import { makeCertificates } from '@tendril/testkit/certificates';
import { startServerFixture, type ServerFixture } from '@tendril/testkit/server-fixture';
import { awaitStored, storedRecords } from '@tendril/testkit/stored-records';
import LumberjackClient from 'lumberjack-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let fixture: ServerFixture;
let certificates: string;

beforeAll(async () => {
  certificates = mkdtempSync(join(tmpdir(), 'tendril-lumberjack-'));
  await makeCertificates(certificates);
  fixture = await startServerFixture({ 'receivers-lumberjack-listen': '127.0.0.1:0' });
});

afterAll(async () => {
  await fixture.close();
});

function portOf(server: ServerFixture): number {
  return Number(new URL(server.receiverUrl('lumberjack')).port);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

const windowFrame = (size: number): Buffer => Buffer.concat([Buffer.from('2W'), number(size)]);

function jsonFrame(sequence: number, event: unknown): Buffer {
  const json = Buffer.from(typeof event === 'string' ? event : JSON.stringify(event));
  return Buffer.concat([Buffer.from('2J'), number(sequence), number(json.length), json]);
}

function compressedFrame(inner: Uint8Array): Buffer {
  const bytes = deflateSync(inner);
  return Buffer.concat([Buffer.from('2C'), number(bytes.length), bytes]);
}

function event(service: string, message: string): object {
  return {
    '@timestamp': new Date().toISOString(),
    '@metadata': { beat: 'filebeat', type: '_doc', version: '8.19.0' },
    service: { name: service },
    host: { name: 'node-3' },
    log: { file: { path: '/var/log/app.log' }, offset: 17 },
    message,
  };
}

/** What the server answers, as sequence numbers. */
class Sender {
  private readonly socket: Socket = connect(portOf(fixture));
  private received: Buffer = Buffer.alloc(0);

  constructor() {
    this.socket.on('error', () => undefined);
    this.socket.on('data', (chunk) => {
      this.received = Buffer.concat([this.received, chunk]);
    });
  }

  send(...frames: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(frames));
  }

  async answers(count: number): Promise<number[]> {
    while (this.received.length < count * 6 && !this.socket.closed) {
      await Promise.race([once(this.socket, 'data'), once(this.socket, 'close')]);
    }
    const frames = Array.from({ length: this.received.length / 6 }, (_, at) =>
      this.received.subarray(at * 6, at * 6 + 6),
    );
    expect(frames.every((frame) => frame.toString('latin1', 0, 2) === '2A')).toBe(true);
    return frames.map((frame) => frame.readUInt32BE(2));
  }

  async closed(): Promise<void> {
    if (!this.socket.closed) await once(this.socket, 'close');
  }

  close(): void {
    this.socket.destroy();
  }
}

describe('lumberjack-client', () => {
  test('delivers every event', async () => {
    const client = new LumberjackClient({ host: '127.0.0.1', port: portOf(fixture) });
    for (let index = 0; index < 700; index += 1)
      client.log(event('npm-client', `says 你好 ${index}`));
    const records = await awaitStored(fixture.server.url, {
      query: 'service:npm-client',
      count: 700,
    });
    expect(new Set(records.map(({ body }) => body)).size).toBe(700);
    expect(records[0]).toMatchObject({
      resource: { 'host.name': 'node-3' },
      attributes: { 'log.file.path': '/var/log/app.log', 'log.offset': 17 },
    });
    expect(JSON.stringify(records[0])).not.toContain('filebeat');
    client.socket?.end();
  });

  test('delivers over TLS with a client certificate', async () => {
    const file = (name: string): string => join(certificates, name);
    const guarded = await startServerFixture({
      'receivers-lumberjack-listen': '127.0.0.1:0',
      'receivers-lumberjack-certificate-file': file('server.pem'),
      'receivers-lumberjack-key-file': file('server.key'),
      'receivers-lumberjack-client-ca-file': file('ca.pem'),
    });
    const client = new LumberjackClient(
      {
        host: '127.0.0.1',
        port: portOf(guarded),
        cert: readFileSync(file('client.pem')),
        key: readFileSync(file('client.key')),
        ca: readFileSync(file('ca.pem')),
      },
      true,
    );
    client.log(event('tls-client', 'x'));
    await awaitStored(guarded.server.url, { query: 'service:tls-client', count: 1 });
    client.socket?.end();
    await guarded.close();
  });
});

describe('windows', () => {
  test('are answered with the sequence of their last event, once stored, in order', async () => {
    const sender = new Sender();
    const one = [1, 2, 3].map((sequence) => jsonFrame(sequence, event('windows', `a${sequence}`)));
    const two = [1, 2].map((sequence) => jsonFrame(sequence, event('windows', `b${sequence}`)));
    sender.send(windowFrame(3), ...one, windowFrame(2), compressedFrame(Buffer.concat(two)));
    expect(await sender.answers(2)).toEqual([3, 2]);
    expect(await storedRecords(fixture.server.url, 'service:windows')).toHaveLength(5);
    sender.close();
  });

  test('whose sender goes on counting are answered as it counts', async () => {
    const sender = new Sender();
    sender.send(windowFrame(1), jsonFrame(70_001, event('counting', 'a')));
    expect(await sender.answers(1)).toEqual([70_001]);
    sender.close();
  });

  test('that a new one cuts short are stored as far as they came', async () => {
    const sender = new Sender();
    sender.send(
      windowFrame(9),
      jsonFrame(1, event('short', 'a')),
      windowFrame(1),
      jsonFrame(1, event('short', 'b')),
    );
    expect(await sender.answers(2)).toEqual([1, 1]);
    expect(await storedRecords(fixture.server.url, 'service:short')).toHaveLength(2);
    sender.close();
  });

  test('that come uncompressed, in many pieces, keep every event as it was sent', async () => {
    const sender = new Sender();
    const count = 200;
    const messages = Array.from({ length: count }, (_, at) => `${'piece '.repeat(200)}${at}`);
    sender.send(windowFrame(count));
    for (const [at, message] of messages.entries()) {
      sender.send(jsonFrame(at + 1, event('pieces', message)));
      // Each on its own: what follows must not be written over what waits for the end of the window.
      await nextTick();
    }
    expect(await sender.answers(1)).toEqual([count]);
    const stored = await storedRecords(fixture.server.url, 'service:pieces');
    const bodies = new Set(stored.map(({ body }) => body));
    expect(messages.filter((message) => !bodies.has(message))).toEqual([]);
    sender.close();
  });

  test('of nothing are answered at once', async () => {
    const sender = new Sender();
    sender.send(windowFrame(0));
    expect(await sender.answers(1)).toEqual([0]);
    sender.close();
  });

  test('that are sent again after a cut connection are stored once', async () => {
    const frames = [
      windowFrame(2),
      jsonFrame(1, event('again', 'a')),
      jsonFrame(2, event('again', 'b')),
    ];
    for (let tries = 0; tries < 2; tries += 1) {
      const sender = new Sender();
      sender.send(...frames);
      expect(await sender.answers(1)).toEqual([2]);
      sender.close();
    }
    expect(await storedRecords(fixture.server.url, 'service:again')).toHaveLength(2);
  });

  test('with an event that cannot be read keep the others', async () => {
    const sender = new Sender();
    sender.send(
      windowFrame(3),
      jsonFrame(1, '{'),
      jsonFrame(2, '{"a":'.repeat(99) + '1' + '}'.repeat(99)),
      jsonFrame(3, event('kept', 'a')),
    );
    expect(await sender.answers(1)).toEqual([3]);
    expect(await storedRecords(fixture.server.url, 'service:kept')).toHaveLength(1);
    sender.close();
  });

  test('of version 1 are events too', async () => {
    const text = (value: string): Buffer =>
      Buffer.concat([number(value.length), Buffer.from(value)]);
    const sender = new Sender();
    sender.send(
      Buffer.from('1W'),
      number(1),
      Buffer.from('1D'),
      number(1),
      number(3),
      text('line'),
      text('says hello'),
      text('file'),
      text('/a.log'),
      text('service'),
      text('forwarder'),
    );
    expect(await sender.answers(1)).toEqual([1]);
    expect(await storedRecords(fixture.server.url, 'service:forwarder')).toMatchObject([
      { body: 'says hello', attributes: { 'log.file.path': '/a.log' } },
    ]);
    sender.close();
  });
});

describe('hostile senders', () => {
  test.each([
    ['a TLS hello', Buffer.from([0x16, 3, 1, 2, 0, 1])],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['a frame type that is none', Buffer.from('2Q\0\0\0\0')],
    ['a frame of 4 GiB', Buffer.concat([Buffer.from('2J'), number(1), number(0xffff_ffff)])],
    ['4 billion pairs', Buffer.concat([Buffer.from('2D'), number(1), number(0xffff_ffff)])],
    ['compressed garbage', Buffer.concat([Buffer.from('2C'), number(4), Buffer.from('abcd')])],
    ['a bomb', compressedFrame(Buffer.alloc(100 * 1024 * 1024, '2W\0\0\0\0'))],
    ['a compressed frame in a compressed frame', compressedFrame(compressedFrame(windowFrame(0)))],
    ['a compressed frame that is cut', compressedFrame(Buffer.from('2J\0\0'))],
  ])('%s ends the connection and harms nothing else', async (_, bytes) => {
    const sender = new Sender();
    sender.send(bytes);
    await sender.closed();
    const next = new Sender();
    next.send(windowFrame(1), jsonFrame(1, event('after', 'fine')));
    expect(await next.answers(1)).toEqual([1]);
    next.close();
  });
});
