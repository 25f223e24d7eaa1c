/** The main port: the API's fetch handler on a node server. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { HttpApp } from '../http/http-app.ts';
import type { RequestHandler } from '../receivers/http-receiver.ts';
import type { ListenAddress, Receiver } from '../receivers/receiver.ts';
import { closeServer } from '../receivers/close-server.ts';
import { listen } from '../receivers/sniffing-listener.ts';

/** Above what clients and load balancers keep idle connections for (30 to 90 s). */
const KEEP_ALIVE_MS = 120_000;

/** A receiver that has a path of the main port instead of a port of its own. */
export interface MountedReceiver {
  /** `/elastic`; everything below it is the receiver's. */
  readonly path: string;
  readonly handle: RequestHandler;
}

export async function startMainListener(
  app: HttpApp,
  address: ListenAddress,
  mounted: readonly MountedReceiver[],
): Promise<Receiver> {
  const listener = getRequestListener(async (request, env) => app.fetch(request, env), {
    overrideGlobalObjects: false,
  });
  const server = createServer((request, response) => {
    const receiver = mounted.find(({ path }) => isBelow(request.url ?? '', path));
    if (receiver) {
      receiver.handle(request, response);
      return;
    }
    // It answers every error of the app itself; what is left is a connection that broke.
    listener(request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = KEEP_ALIVE_MS + 5_000;
  // Live tails and long uploads have their own timers.
  server.requestTimeout = 0;
  await listen(server, 'the main port', address);
  const { port } = server.address() as AddressInfo;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return {
    name: 'main',
    url: `http://${host}:${port}`,
    close: async (drainMs) => closeServer(server, drainMs),
  };
}

/** Slashes may be doubled, as proxies leave them. */
function isBelow(url: string, path: string): boolean {
  const folded = url.replace(/^\/+/, '/');
  return folded.startsWith(path) && ['/', '?', ''].includes(folded.charAt(path.length));
}
