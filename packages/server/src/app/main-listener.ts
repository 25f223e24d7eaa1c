/** The main port: the API's fetch handler on a node server. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { HttpApp } from '../http/http-app.ts';
import type { ListenAddress, Receiver } from '../receivers/receiver.ts';
import { closeServer } from '../receivers/close-server.ts';
import { listen } from '../receivers/sniffing-listener.ts';

/** Above what clients and load balancers keep idle connections for (30 to 90 s). */
const KEEP_ALIVE_MS = 120_000;

export async function startMainListener(app: HttpApp, address: ListenAddress): Promise<Receiver> {
  const listener = getRequestListener(async (request, env) => app.fetch(request, env), {
    overrideGlobalObjects: false,
  });
  const server = createServer((request, response) => {
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
