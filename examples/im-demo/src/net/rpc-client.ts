/** The calling side: one of the service's instances in turn, the call's ids in the headers. */
import { request as httpRequest } from 'node:http';
import type { Instance } from '../instance.ts';
import { headersOf, type Call } from '../telemetry/call.ts';
import type { Service } from '../topology.ts';
import { coded, CodedError } from './coded-error.ts';
import { addressOf, peerAttributes, type Peer } from './names.ts';
import { readJson, type Json } from './rpc-server.ts';
import { within } from './time.ts';

export interface RpcOptions {
  readonly service: Service;
  /** `/openim.msg.msg/SendMsg` */
  readonly method: string;
  readonly request: Json;
  /** A given instance instead of the next. */
  readonly peer?: Peer;
}

/** Throws the callee's CodedError, or one of ours when it cannot be reached. */
export async function callRpc(instance: Instance, call: Call, options: RpcOptions): Promise<Json> {
  const { log, tracing } = instance;
  const { service, method, request } = options;
  const span = {
    name: method.slice(1),
    kind: 'CLIENT',
    attributes: { 'rpc.system': 'im', 'rpc.method': method.slice(1), 'peer.service': service },
  } as const;
  return await tracing.inSpan(call, span, async (inner, active) => {
    log.debug(inner, 'client/logger.go:13', 'rpc client request', { method, req: request });
    try {
      const peer = options.peer ?? instance.names.next(service);
      active.setAttributes(peerAttributes(peer));
      const data = await post(instance, inner, { peer, path: method, body: request });
      log.debug(inner, 'client/logger.go:21', 'rpc client response success', { method });
      return data;
    } catch (error) {
      log.error(inner, 'client/logger.go:18', 'rpc client response error', { method }, error);
      throw error;
    }
  });
}

export interface PostOptions {
  readonly peer: Peer;
  readonly path: string;
  readonly body: Json;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The answer's data; an envelope with a code is thrown. */
export async function post(instance: Instance, call: Call, options: PostOptions): Promise<Json> {
  const { peer } = options;
  const { unreachable, rpcTimeoutMs } = instance.settings();
  const address = addressOf(peer);
  const giveBack = instance.localPorts.take(address);
  try {
    const isUnreachable = unreachable.includes(peer.service);
    const port = isUnreachable ? undefined : peer.socketPort;
    const patience = { time: instance.time, ms: rpcTimeoutMs, reason: 'context deadline exceeded' };
    const answer = await within(exchange(port, { ...options, instance, call }), patience);
    const { errCode, errMsg, errDlt, data } = answer;
    if (errCode !== 0) throw new CodedError(Number(errCode), String(errMsg), textOf(errDlt));
    return (data ?? {}) as Json;
  } catch (error) {
    throw error instanceof CodedError ? error : coded('network', describe(error, address));
  } finally {
    giveBack();
  }
}

type Exchange = PostOptions & { readonly instance: Instance; readonly call: Call };

/** Without a port nothing answers, as when packets vanish. */
async function exchange(port: number | undefined, options: Exchange): Promise<Json> {
  const { path, body, headers, call, instance } = options;
  if (port === undefined) return await new Promise<never>(() => undefined);
  const text = JSON.stringify(body);
  const request = httpRequest({
    path,
    method: 'POST',
    createConnection: () => instance.network.connect(port),
    headers: { ...headersOf(call), ...headers, 'content-length': Buffer.byteLength(text) },
  });
  return await new Promise<Json>((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response) => void readJson(response).then(resolve, reject));
    request.end(text);
  });
}

/** As a Go program would say it. */
function describe(error: unknown, address: string): string {
  const { code = '', message = '' } = error as {
    readonly code?: string;
    readonly message?: string;
  };
  switch (code) {
    case 'ECONNREFUSED':
      return `rpc error: code = Unavailable desc = connection error: dial tcp ${address}: connect: connection refused`;
    case 'ECONNRESET':
      return `rpc error: code = Unavailable desc = read tcp ${address}: connection reset by peer`;
    default:
      return message.includes('deadline')
        ? `rpc error: code = DeadlineExceeded desc = ${message} (${address})`
        : `rpc error: code = Unavailable desc = ${message}`;
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
