/** Loki's push API: 204 when the lines are on disk, 429 or 503 to be sent again. */
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { Failure, messageOf } from '@tendril/model/failure';
import { NS_PER_MS } from '@tendril/model/time-range';
import { decodeLokiPush, type LokiPush } from '../../protocols/loki/push.ts';
import { decompressSnappy } from '../../protocols/snappy.ts';
import { receiveBody } from '../http-body.ts';
import { reserveMemory, type HttpProtocol, type ReceiverCall } from '../http-receiver.ts';
import type { ReceiverDependencies } from '../receiver-dependencies.ts';

const ROUTE = 'loki';
/** Below `/loki` of the main port, and as Loki itself has them. */
const PUSH_PATHS: ReadonlySet<string> = new Set([
  '/api/v1/push',
  '/loki/api/v1/push',
  '/api/prom/push',
]);
const TENANT_LENGTH_MAX = 150;

export function lokiProtocol(dependencies: ReceiverDependencies): HttpProtocol {
  return {
    handle: async (call) => handle(call, dependencies),
    fail: ({ response }, { httpStatus }, error) => {
      if (httpStatus === 401) response.setHeader('www-authenticate', 'Bearer');
      answerText(response, httpStatus, messageOf(error));
    },
  };
}

async function handle(call: ReceiverCall, dependencies: ReceiverDependencies): Promise<void> {
  const { request, response, path } = call;
  if (path === '/ready') {
    answerText(response, 200, 'ready');
    return;
  }
  const { authorization, host, origin } = request.headers;
  dependencies.access.authorize({
    route: ROUTE,
    remoteAddress: request.socket.remoteAddress ?? '',
    authorization,
    host,
    origin,
  });
  if (!PUSH_PATHS.has(path)) {
    answerText(response, 404, 'nothing here; Loki clients push to /loki/api/v1/push');
    return;
  }
  if (request.method !== 'POST') {
    response.setHeader('allow', 'POST');
    answerText(response, 405, `${request.method ?? ''} is not allowed here; POST a push request`);
    return;
  }
  await reserveMemory(call);
  await push(call, dependencies);
  response.writeHead(204).end();
}

async function push(
  { request }: ReceiverCall,
  { pipeline, writer, limits, nowMs }: ReceiverDependencies,
): Promise<void> {
  const { requestBytesMax } = limits;
  const encoding = encodingOf(request.headers['content-type']);
  const header = request.headers['content-encoding'];
  // Some senders name the compression that the format has anyway.
  const body = await receiveBody(
    request,
    requestBytesMax,
    header === 'snappy' ? 'identity' : header,
  );
  const lokiPush: LokiPush = {
    body: encoding === 'json' ? body.decoded : decompressSnappy(body.decoded, requestBytesMax),
    encoding,
    tenant: tenantOf(request.headers['x-scope-orgid']),
    nowNs: BigInt(nowMs()) * NS_PER_MS,
  };
  await pipeline.ingestLogs({
    source: 'loki',
    // Every line has a time, so equal bytes are a request that is sent again.
    requestId: `loki:${createHash('sha1').update(lokiPush.body).update(lokiPush.tenant).digest('base64url')}`,
    decode: (sink) => decodeLokiPush(lokiPush, writer, sink),
  });
  body.release();
}

/** Without a type it is protobuf. */
function encodingOf(contentType: string = 'application/x-protobuf'): LokiPush['encoding'] {
  const mediaType = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (mediaType === 'application/json') return 'json';
  if (mediaType === 'application/x-protobuf' || mediaType === '') return 'protobuf';
  throw new Failure({
    code: 'malformed',
    detail: 'content type must be application/x-protobuf or application/json',
  });
}

function tenantOf(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' ? header.slice(0, TENANT_LENGTH_MAX) : '';
}

function answerText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(`${text}\n`);
}
