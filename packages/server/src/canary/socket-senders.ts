/** Canaries over TCP, TLS and UDP. */
import { createHash, randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect, isIPv6, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { decodeMultiStream, encode } from '@msgpack/msgpack';
import { CANARY_SERVICE, type CanaryRecord } from './canary-record.ts';
import { reachable, type CanaryTarget, type SendCanary } from './send.ts';

export const sendSyslogTcp: SendCanary = async (record, target, signal) => {
  const message = syslogMessage(record);
  await conversation(target, signal, async (socket) => {
    await end(socket, Buffer.from(`${message.length} ${message}`));
  });
};

export const sendSyslogUdp: SendCanary = async (record, target) =>
  sendDatagram(target, Buffer.from(syslogMessage(record)));

export const sendGelfTcp: SendCanary = async (record, target, signal) =>
  conversation(target, signal, async (socket) => {
    await end(socket, Buffer.from(`${gelfMessage(record)}\0`));
  });

export const sendGelfUdp: SendCanary = async (record, target) =>
  sendDatagram(target, Buffer.from(gelfMessage(record)));

export const sendLumberjack: SendCanary = async ({ text, timeMs }, target, signal) => {
  const event = Buffer.from(
    JSON.stringify({
      '@timestamp': new Date(timeMs).toISOString(),
      log: { level: 'trace' },
      service: { name: CANARY_SERVICE },
      message: text,
    }),
  );
  const frames = Buffer.alloc(16);
  frames.write('2W');
  frames.writeUInt32BE(1, 2);
  frames.write('2J', 6);
  frames.writeUInt32BE(1, 8);
  frames.writeUInt32BE(event.length, 12);
  await conversation(target, signal, async (socket) => {
    socket.write(Buffer.concat([frames, event]));
    let answers = Buffer.alloc(0);
    for await (const chunk of socket) {
      answers = Buffer.concat([answers, chunk as Buffer]);
      // Answers of 0 say that it is still waiting.
      for (; answers.length >= ANSWER_BYTES; answers = answers.subarray(ANSWER_BYTES)) {
        if (answers.readUInt32BE(2) === 1) return;
      }
    }
    throw new Error('the connection was closed without an answer');
  });
};

const ANSWER_BYTES = 6;

export const sendFluent: SendCanary = async ({ text, timeMs }, target, signal) => {
  const chunk = randomBytes(16).toString('base64');
  const record = { message: text, level: 'trace', service: CANARY_SERVICE };
  const message = encode([CANARY_SERVICE, Math.floor(timeMs / 1000), record, { chunk }]);
  await conversation(target, signal, async (socket) => {
    if (target.sharedKey === undefined) socket.write(message);
    for await (const value of decodeMultiStream(socket)) {
      if (isAnswer(value, chunk)) return;
      const [kind, second]: readonly unknown[] = Array.isArray(value) ? value : [];
      if (kind === 'HELO') socket.write(ping(second, target.sharedKey ?? ''));
      if (kind === 'PONG' && second === true) socket.write(message);
      if (kind === 'PONG' && second !== true) throw new Error('the shared key was refused');
    }
    throw new Error('the connection was closed without an answer');
  });
};

function isAnswer(value: unknown, chunk: string): boolean {
  return typeof value === 'object' && value !== null && 'ack' in value && value.ack === chunk;
}

function ping(options: unknown, sharedKey: string): Uint8Array {
  const hasNonce = typeof options === 'object' && options !== null && 'nonce' in options;
  const nonce = hasNonce && options.nonce instanceof Uint8Array ? options.nonce : Buffer.alloc(0);
  const salt = randomBytes(16);
  const hash = createHash('sha512').update(salt).update(CANARY_SERVICE).update(nonce);
  return encode(['PING', CANARY_SERVICE, salt, hash.update(sharedKey).digest('hex'), '', '']);
}

function syslogMessage({ text, timeMs }: CanaryRecord): string {
  return `<15>1 ${new Date(timeMs).toISOString()} - ${CANARY_SERVICE} - - - ${text}`;
}

function gelfMessage({ text, timeMs }: CanaryRecord): string {
  return JSON.stringify({
    version: '1.1',
    host: 'localhost',
    short_message: text,
    timestamp: timeMs / 1000,
    level: 7,
    _service: CANARY_SERVICE,
  });
}

/** The certificate is our own: that it is valid is for senders to check. */
async function conversation(
  { url }: CanaryTarget,
  signal: AbortSignal,
  talk: (socket: Socket) => Promise<void>,
): Promise<void> {
  const { protocol, hostname, port } = reachable(url);
  const address = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) };
  const socket =
    protocol === 'tls:' ? connectTls({ ...address, rejectUnauthorized: false }) : connect(address);
  const stop = (): void => {
    socket.destroy(new Error('it took too long'));
  };
  signal.addEventListener('abort', stop);
  // Reading from it says so too.
  socket.on('error', () => undefined);
  try {
    await talk(socket);
  } finally {
    signal.removeEventListener('abort', stop);
    socket.destroy();
  }
}

async function end(socket: Socket, bytes: Uint8Array): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', () => resolve());
    socket.resume();
    socket.end(bytes);
  });
}

async function sendDatagram({ url }: CanaryTarget, bytes: Uint8Array): Promise<void> {
  const { hostname, port } = reachable(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  await new Promise<void>((resolve, reject) => {
    socket.send(bytes, Number(port), host, (error) => {
      socket.close();
      if (error) reject(error);
      else resolve();
    });
  });
}
