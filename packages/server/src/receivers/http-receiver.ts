/**
 * The frame of receivers whose protocol is HTTP: one path in, an answer out, on a port of their own or
 * below a path of the main port. Decoding is `protocols/`' job, durability the pipeline's.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closeServer } from './close-server.ts';
import { statusOf, type FailureStatus } from './failure-status.ts';
import { MemoryBudget } from './memory-budget.ts';
import type { ListenAddress, Receiver } from './receiver.ts';
import { listen } from './sniffing-listener.ts';

export interface ReceiverCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Without prefix and query; double and trailing slashes are folded, as proxies leave them. */
  readonly path: string;
  readonly query: URLSearchParams;
}

export interface HttpProtocol {
  /** Answers; what it throws becomes `fail`'s answer. */
  handle(call: ReceiverCall): Promise<void>;
  /** The answer to a request that failed, in the protocol's own words. */
  fail(call: ReceiverCall, status: FailureStatus, error: unknown): void;
}

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** Above what clients and load balancers keep idle connections for (30 to 90 s). */
const KEEP_ALIVE_MS = 120_000;
/** A shipper opens a few; an agent on each of a thousand nodes opens one. */
const CONNECTIONS_MAX = 4_096;

/** `prefix` is the path of the main port that the protocol is mounted on; empty on its own port. */
export function requestHandler(protocol: HttpProtocol, prefix: string): RequestHandler {
  return (request, response) => {
    const call = callOf(request, response, prefix);
    protocol.handle(call).catch((error: unknown) => answerFailure(protocol, call, error));
  };
}

/**
 * Call it when the sender is known, before its body is read. Waits while other bodies take all the memory there
 * is for them; throws `Failure` `overloaded` when that takes too long.
 */
export async function reserveMemory({ request, response }: ReceiverCall): Promise<void> {
  const giveBack = await BODIES.take(memoryOf(request));
  if (response.destroyed) giveBack();
  else response.on('close', giveBack);
}

/** Of all receivers over HTTP together, whatever their number of connections. */
const BODIES: MemoryBudget = new MemoryBudget({
  bytesMax: 512 * 1024 * 1024,
  // Shippers wait for an answer for 30 to 90 s.
  waitMsMax: 20_000,
});
/** Of a body whose length is not said. */
const UNKNOWN_BYTES: number = 1024 * 1024;
/** Logs compress about so well. */
const EXPANSION = 20;

function memoryOf({ headers }: IncomingMessage): number {
  const length = Number(headers['content-length'] ?? UNKNOWN_BYTES);
  const isCompressed = (headers['content-encoding'] ?? 'identity') !== 'identity';
  return (Number.isFinite(length) ? length : UNKNOWN_BYTES) * (isCompressed ? EXPANSION : 1);
}

export interface HttpReceiverOptions {
  readonly name: string;
  readonly address: ListenAddress;
  readonly protocol: HttpProtocol;
}

export async function startHttpReceiver(options: HttpReceiverOptions): Promise<Receiver> {
  const { name, address, protocol } = options;
  const server = createReceiverServer(requestHandler(protocol, ''));
  await listen(server, name, address);
  const { port } = server.address() as AddressInfo;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return {
    name,
    url: `http://${host}:${port}`,
    close: async (drainMs) => closeServer(server, drainMs),
  };
}

function createReceiverServer(handler: RequestHandler): Server {
  const server = createServer(handler);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = KEEP_ALIVE_MS + 5_000;
  // Bodies have their own idle timer (http-body.ts); a slow but steady upload is fine.
  server.requestTimeout = 0;
  server.maxConnections = CONNECTIONS_MAX;
  return server;
}

function callOf(request: IncomingMessage, response: ServerResponse, prefix: string): ReceiverCall {
  const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
  const folded = `/${path.split('/').filter(Boolean).join('/')}`;
  const own = folded.slice(prefix.length) || '/';
  return { request, response, path: own, query: new URLSearchParams(query) };
}

function answerFailure(protocol: HttpProtocol, call: ReceiverCall, error: unknown): void {
  const { request, response } = call;
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const status = statusOf(error);
  if (status.retryAfterSeconds !== undefined) {
    response.setHeader('retry-after', status.retryAfterSeconds);
  }
  // What was not read of the request would be taken for the next one.
  if (!request.complete) response.setHeader('connection', 'close');
  protocol.fail(call, status, error);
}
