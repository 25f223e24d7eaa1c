/**
 * One TCP port for HTTP/1.1 and HTTP/2 with prior knowledge: the first bytes of a connection say
 * which it is. Sending gRPC to the HTTP port (or the reverse) is the most common mistake of
 * OpenTelemetry senders; here both ports simply take both.
 */
import type { Server as HttpServer } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';
import { Failure } from '@tendril/model/failure';
import type { ListenAddress } from './receiver.ts';

/** HTTP/2's connection preface starts so (RFC 9113, section 3.4). */
const HTTP2_PREFACE_START = 'PRI';
/** First byte of a TLS handshake record (RFC 8446, section 5.1). */
const TLS_HANDSHAKE = 0x16;
/** A connection that says nothing for so long is closed. */
const FIRST_BYTES_TIMEOUT_MS = 120_000;

export interface SniffingListenerOptions {
  readonly name: string;
  readonly address: ListenAddress;
  /** Listens on the port itself; its own connection handler gets what is HTTP/1. */
  readonly http: HttpServer;
  readonly onHttp2: (socket: Socket) => void;
  readonly warn: (message: string) => void;
}

/** Returns the port; throws `Failure` `port_taken` or `cannot_listen`. */
export async function listenSniffing(options: SniffingListenerOptions): Promise<number> {
  const { name, address, http } = options;
  const onHttp1 = http.listeners('connection').map((listener) => listener.bind(http));
  http.removeAllListeners('connection');
  const warnOfTls = onlyOnce(() =>
    options.warn(
      `a client spoke TLS to ${name}, which is plain: use http:// or "insecure" in the sender`,
    ),
  );
  http.on('connection', (socket: Socket) => {
    sniff(socket, (protocol) => {
      if (protocol === 'http1') for (const listener of onHttp1) listener(socket);
      else if (protocol === 'http2') options.onHttp2(socket);
      else warnOfTls();
    });
  });
  await listen(http, name, address);
  return (http.address() as AddressInfo).port;
}

type Protocol = 'http1' | 'http2' | 'tls';

function sniff(socket: Socket, route: (protocol: Protocol) => void): void {
  const destroy = (): void => {
    socket.destroy();
  };
  socket.setNoDelay(true);
  socket.on('error', destroy);
  socket.setTimeout(FIRST_BYTES_TIMEOUT_MS, destroy);
  socket.once('readable', () => {
    const first: unknown = socket.read();
    socket.setTimeout(0);
    socket.off('timeout', destroy);
    if (!Buffer.isBuffer(first)) return destroy();
    if (first[0] === TLS_HANDSHAKE) {
      route('tls');
      return destroy();
    }
    socket.unshift(first);
    route(first.toString('latin1', 0, 3) === HTTP2_PREFACE_START ? 'http2' : 'http1');
    return undefined;
  });
}

function onlyOnce(action: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}

/** Listens; what fails says which port, who needs it, and why. Shared by all listeners. */
export async function listen(
  server: Server,
  name: string,
  { host, port }: ListenAddress,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === 'EADDRINUSE';
      reject(
        new Failure({
          code: taken ? 'port_taken' : 'cannot_listen',
          detail: taken
            ? `port ${port} on ${host}, needed by ${name}, is in use by another program`
            : `cannot listen on ${host}:${port} for ${name}: ${cause.message}`,
          params: { name, host, port, reason: cause.message },
          cause,
        }),
      );
    });
    server.listen(port, host, resolve);
  });
}
