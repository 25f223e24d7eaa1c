/**
 * The frame of receivers over TCP and TLS: who may connect, how many, how long a sender may stop in the
 * middle of a message. A protocol reads chunks and is asked for nothing else; while it stores what it
 * read, nothing more is read from its sender, whose TCP window fills.
 */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { Failure, messageOf } from '@tendril/model/failure';
import { freeMemory } from '../pipeline/free-memory.ts';
import type { PeerGate } from './peer-gate.ts';
import type { ListenAddress, Receiver } from './receiver.ts';
import { listen } from './sniffing-listener.ts';
import type { TlsFiles } from './tls-files.ts';

export interface StreamConnection {
  readonly peer: string;
  /** What the sender writes; ends when it closes or the server stops. A chunk is gone when the next is asked for. */
  readonly chunks: AsyncIterable<Buffer>;
  /** Fires when the server stops. */
  readonly signal: AbortSignal;
  /** Set by the protocol: bytes it has of messages that have begun and not ended. */
  heldBytes: number;
  /** False when the sender has gone. */
  write(bytes: Uint8Array): boolean;
}

export interface StreamReceiverOptions {
  readonly name: string;
  readonly address: ListenAddress;
  readonly tls?: TlsFiles | undefined;
  readonly gate: PeerGate;
  /** Reads one connection to its end. What it throws closes the connection. */
  readonly serve: (connection: StreamConnection) => Promise<void>;
  readonly warn: (message: string) => void;
}

/** An agent on each of a thousand nodes opens one or two. */
const CONNECTIONS_MAX = 2_000;
/** In the middle of a message; between messages a connection may rest. */
const STALL_MS_MAX = 60_000;
const TLS_HANDSHAKE_MS_MAX = 10_000;
/** Finds peers that are gone without a word. */
const KEEP_ALIVE_AFTER_MS = 60_000;
/**
 * What comes from one sender while its messages are stored is stored together next: a request has its price, whatever
 * is in it (`npm run bench -- receivers`). Of a few thousand connections it is still bounded.
 */
const READ_AHEAD_BYTES: number = 256 * 1024;
const HELD_BYTES_MAX: number = 256 * 1024 * 1024;
/** What is answered is short; a sender that does not read it is cut. */
const UNREAD_BYTES_MAX: number = 1024 * 1024;

export async function startStreamReceiver(options: StreamReceiverOptions): Promise<Receiver> {
  const { name, address, tls } = options;
  const connections = new Connections(options);
  const server = createStreamServer(tls, (socket) => connections.open(socket));
  server.maxConnections = CONNECTIONS_MAX;
  await listen(server, name, address);
  const { port } = server.address() as AddressInfo;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return {
    name,
    url: `${tls ? 'tls' : 'tcp'}://${host}:${port}`,
    close: async (drainMs) => {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      await connections.close(drainMs);
      await closed;
    },
  };
}

function createStreamServer(tls: TlsFiles | undefined, open: (socket: Socket) => void): Server {
  const highWaterMark = READ_AHEAD_BYTES;
  if (!tls) return createServer({ keepAlive: true, noDelay: true, highWaterMark }, open);
  const { certificate, key, clientCa } = tls;
  const client = clientCa ? { ca: clientCa, requestCert: true, rejectUnauthorized: true } : {};
  const handshakeTimeout = TLS_HANDSHAKE_MS_MAX;
  const server = createTlsServer(
    { cert: certificate, key, handshakeTimeout, highWaterMark, ...client },
    open,
  );
  // Scans and wrong certificates; the connection is closed already.
  server.on('tlsClientError', () => undefined);
  return server;
}

/**
 * Any web page can make a browser post text to a port of this machine, and a protocol of lines would take the body's
 * lines for messages. None of these protocols begins so.
 */
const HTTP_REQUEST = /^[A-Z]{3,8} \/[^ \r\n]*(?: ?$| H)/;

function isHttp(chunk: Buffer): boolean {
  return HTTP_REQUEST.test(chunk.toString('latin1'));
}

function spokeHttp(): Failure {
  return new Failure({ code: 'malformed', detail: 'a client spoke HTTP, which is not taken here' });
}

class Connections {
  private readonly options: StreamReceiverOptions;
  private readonly stopping: AbortController = new AbortController();
  private readonly connections: Map<Socket, { isBusy: boolean; done: Promise<void> }> = new Map();
  private readonly held: Map<Socket, number> = new Map();
  private heldBytes = 0;
  private lastWarning = '';

  constructor(options: StreamReceiverOptions) {
    this.options = options;
  }

  open(socket: Socket): void {
    // It is said by the end of `chunks`.
    socket.on('error', () => socket.destroy());
    const peer = socket.remoteAddress ?? '';
    if (!this.options.gate(peer) || this.stopping.signal.aborted) {
      this.warn(`a connection from ${peer} was refused; see allowFrom`);
      socket.destroy();
      return;
    }
    socket.setKeepAlive(true, KEEP_ALIVE_AFTER_MS);
    const state = { isBusy: false, done: Promise.resolve() };
    this.connections.set(socket, state);
    state.done = this.serve(socket, peer, state);
  }

  async close(drainMs: number): Promise<void> {
    this.stopping.abort();
    for (const [socket, { isBusy }] of this.connections) if (!isBusy) socket.destroy();
    const cut = setTimeout(() => {
      for (const socket of this.connections.keys()) socket.destroy();
    }, drainMs);
    await Promise.all([...this.connections.values()].map(async ({ done }) => done));
    clearTimeout(cut);
  }

  private async serve(socket: Socket, peer: string, state: { isBusy: boolean }): Promise<void> {
    const connection: StreamConnection = {
      peer,
      chunks: this.chunksOf(socket, state, () => this.hold(socket, connection.heldBytes)),
      signal: this.stopping.signal,
      heldBytes: 0,
      write: (bytes) => {
        if (socket.destroyed || !socket.writable) return false;
        socket.write(bytes);
        if (socket.writableLength > UNREAD_BYTES_MAX) socket.destroy();
        return !socket.destroyed;
      },
    };
    socket.setTimeout(STALL_MS_MAX, () => {
      if (connection.heldBytes > 0 && !state.isBusy) socket.destroy();
    });
    try {
      await this.options.serve(connection);
      socket.end();
    } catch (error) {
      // What cannot be read or stored ends its connection; the sender connects anew.
      if (!this.stopping.signal.aborted) this.warn(`${peer}: ${messageOf(error)}`);
      socket.destroySoon();
    } finally {
      this.hold(socket, 0);
      this.held.delete(socket);
      this.connections.delete(socket);
    }
  }

  private async *chunksOf(
    socket: Socket,
    state: { isBusy: boolean },
    afterChunk: () => void,
  ): AsyncGenerator<Buffer, void, undefined> {
    let isFirst = true;
    try {
      for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
        if (isFirst && isHttp(chunk as Buffer)) throw spokeHttp();
        isFirst = false;
        state.isBusy = true;
        yield chunk as Buffer;
        freeMemory(chunk as Buffer);
        state.isBusy = false;
        afterChunk();
        if (this.stopping.signal.aborted) return;
      }
    } catch (error) {
      // The sender went away in the middle; what it sent whole is dealt with.
      if (!socket.destroyed) throw error;
    }
  }

  // All connections together keep no more than this in the middle of messages.
  private hold(socket: Socket, bytes: number): void {
    this.heldBytes += bytes - (this.held.get(socket) ?? 0);
    this.held.set(socket, bytes);
    if (this.heldBytes <= HELD_BYTES_MAX || bytes === 0) return;
    this.warn(`more than ${HELD_BYTES_MAX} bytes of messages have begun and not ended`);
    socket.destroy();
  }

  // Each once, not for every connection of a sender that tries for ever.
  private warn(message: string): void {
    if (message === this.lastWarning) return;
    this.lastWarning = message;
    this.options.warn(`${this.options.name}: ${message}`);
  }
}
