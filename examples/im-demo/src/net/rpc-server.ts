/** Calls between services: POST /package.service/Method with a JSON body, answered with OpenIM's envelope. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Span } from '@opentelemetry/api';
import type { Instance, Running } from '../instance.ts';
import { callOf, type Call } from '../telemetry/call.ts';
import { coded, CodedError } from './coded-error.ts';
import { RequestRate } from './request-rate.ts';

export type Json = Readonly<Record<string, unknown>>;
export type Method = (call: Call, request: Json, span: Span) => Promise<Json>;
export type Methods = Readonly<Record<string, Method>>;

const BODY_BYTES_MAX = 1_000_000;

export interface RpcServerOptions {
  readonly instance: Instance;
  readonly methods: Methods;
  /** Called with the server before it listens, for protocols that share its socket. */
  readonly prepare?: (server: Server) => void;
}

export async function startRpcServer({
  instance,
  methods,
  prepare,
}: RpcServerOptions): Promise<Running> {
  const rate = new RequestRate(instance);
  const server = createServer((request, response) => {
    void answer(instance, methods, rate, request, response);
  });
  prepare?.(server);
  const listener = await instance.network.listen((connection) =>
    server.emit('connection', connection),
  );
  const { service, port, instance: name } = instance.identity;
  instance.log.info(
    undefined,
    'startrpc/start.go:98',
    `${service} rpc server is listening on ${name}:${port}`,
    { port },
  );
  const settingsChanged = (): void => listener.setOpen(instance.settings().isListening);
  return { socketPort: listener.port, settingsChanged };
}

async function answer(
  instance: Instance,
  methods: Methods,
  rate: RequestRate,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = request.url ?? '';
  const call = callOf(request.headers);
  const body = await answered(instance, { call, path, method: methods[path], rate, request });
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

interface Incoming {
  readonly call: Call;
  readonly path: string;
  readonly method: Method | undefined;
  readonly rate: RequestRate;
  readonly request: IncomingMessage;
}

async function answered(instance: Instance, incoming: Incoming): Promise<Json> {
  const { log, clock, tracing } = instance;
  const { path, method, rate, request } = incoming;
  const startedAtMs = clock.nowMs();
  const cost = (): string => goDuration(clock.nowMs() - startedAtMs);
  const options = {
    name: path.slice(1),
    kind: 'SERVER',
    attributes: { 'rpc.system': 'im', 'rpc.method': path.slice(1) },
  } as const;
  let req: Json = {};
  try {
    return await tracing.inSpan(incoming.call, options, async (call, span) => {
      if (instance.random() < instance.settings().crashShare) await instance.crash();
      req = await readJson(request);
      log.info(call, 'server/logger.go:14', 'rpc server request', { method: path, req });
      if (!method) throw coded('notFound', `no method ${path}`);
      if (!rate.takes()) throw coded('overload', 'too many requests: rate limit exceeded');
      const resp = await method(call, req, span);
      log.info(call, 'server/logger.go:21', 'rpc server response success', {
        method: path,
        cost: cost(),
        resp,
      });
      return { errCode: 0, errMsg: '', errDlt: '', data: resp };
    });
  } catch (error) {
    log.error(
      incoming.call,
      'server/logger.go:19',
      'rpc server response error',
      { method: path, cost: cost(), req },
      error,
    );
    return envelopeOf(error);
  }
}

export function envelopeOf(error: unknown): Json {
  const known = error instanceof CodedError ? error : coded('internal', textOf(error));
  return { errCode: known.code, errMsg: known.codeName, errDlt: known.detail };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export async function readJson(request: IncomingMessage): Promise<Json> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > BODY_BYTES_MAX) throw coded('arguments', 'body is too large');
    chunks.push(chunk);
  }
  const value: unknown = JSON.parse(Buffer.concat(chunks).toString() || '{}');
  if (typeof value !== 'object' || value === null) throw coded('arguments', 'body is no object');
  return value as Json;
}

/** As Go prints it: `12.354ms`, `1.204s`. */
export function goDuration(ms: number): string {
  return ms < 1_000 ? `${Number(ms.toFixed(3))}ms` : `${Number((ms / 1_000).toFixed(3))}s`;
}
