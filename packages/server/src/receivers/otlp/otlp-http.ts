/**
 * OTLP over HTTP (specification 1.11, "OTLP/HTTP"): routes, content types, status codes and the
 * Status bodies of errors. Decoding is `protocols/otlp`'s job, durability the pipeline's.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createHash } from 'node:crypto';
import { COLLECTOR_REPORT_PATH, collectorReportSchema } from '@tendril/api/collectors';
import { Failure, messageOf } from '@tendril/model/failure';
import { z } from 'zod';
import {
  encodeExportResponse,
  encodeStatus,
  type OtlpEncoding,
} from '../../protocols/otlp/otlp-response.ts';
import { receiveBody } from '../http-body.ts';
import { statusOf } from '../failure-status.ts';
import type { OtlpDependencies } from './otlp-dependencies.ts';
import { OTLP_SIGNALS } from './otlp-signals.ts';

/** Signals that OTLP has and this server does not take yet: refused loudly, never a silent 200. */
const OTHER_SIGNALS: ReadonlySet<string> = new Set(['/v1/metrics', '/v1development/profiles']);
const PATHS = OTLP_SIGNALS.map(({ path }) => path).join(' and ');

/** Of an agent's report: a thousand sources with long names and reasons. */
const REPORT_BYTES_MAX: number = 4 * 1024 * 1024;
/** Above what clients and load balancers keep idle connections for (30 to 90 s). */
const KEEP_ALIVE_MS = 120_000;

export function createOtlpHttpServer(dependencies: OtlpDependencies): Server {
  const server = createServer((request, response) => {
    handle(request, response, dependencies).catch((error: unknown) => {
      answerFailure(request, response, error);
    });
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = KEEP_ALIVE_MS + 5_000;
  // Bodies have their own idle timer (http-body.ts); a slow but steady upload is fine.
  server.requestTimeout = 0;
  return server;
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  dependencies: OtlpDependencies,
): Promise<void> {
  const path = pathOf(request);
  allowOrigin(request, response, dependencies.corsOrigins);
  if (request.method === 'OPTIONS') {
    response.writeHead(204).end();
    return;
  }
  const signal = OTLP_SIGNALS.find((each) => each.path === path);
  if (path === COLLECTOR_REPORT_PATH && request.method === 'POST') {
    await takeCollectorReport(request, response, dependencies);
    return;
  }
  if (signal === undefined) {
    answerText(response, 404, notFoundText(path));
    return;
  }
  if (request.method !== 'POST') {
    response.setHeader('allow', 'POST, OPTIONS');
    answerText(
      response,
      405,
      `${request.method ?? ''} is not allowed here; POST OTLP ${signal.name}`,
    );
    return;
  }
  const encoding = encodingOf(request);
  if (encoding === undefined) {
    answerText(response, 415, 'content type must be application/x-protobuf or application/json');
    return;
  }
  authorize(`POST ${signal.path}`, request, dependencies);
  const { encoded, decoded, release } = await receiveBody(
    request,
    dependencies.limits.requestBytesMax,
  );
  const requestId = requestIdOf(request.headers['tendril-batch-id'], encoded);
  const received = { receiver: 'otlp-http', requestId, encoding, body: decoded };
  const outcome = await signal.ingest(received, dependencies);
  release();
  answer(response, 200, encoding, encodeExportResponse(signal.name, outcome, encoding));
}

/** What an agent of ours says of itself, beside the logs that it sends. */
async function takeCollectorReport(
  request: IncomingMessage,
  response: ServerResponse,
  dependencies: OtlpDependencies,
): Promise<void> {
  authorize(`POST ${COLLECTOR_REPORT_PATH}`, request, dependencies);
  const { decoded, release } = await receiveBody(request, REPORT_BYTES_MAX);
  const report = collectorReportSchema.safeParse(jsonOf(decoded));
  release();
  if (!report.success) {
    answerText(response, 400, `no report of an agent: ${z.prettifyError(report.error)}`);
    return;
  }
  dependencies.collectors.put(report.data);
  response.writeHead(204).end();
}

/** Undefined when it is none. */
function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

function authorize(route: string, request: IncomingMessage, { access }: OtlpDependencies): void {
  access.authorize({
    route,
    remoteAddress: request.socket.remoteAddress ?? '',
    authorization: request.headers.authorization,
    host: request.headers.host,
    // Which pages may send here is decided by CORS.
    origin: undefined,
  });
}

/** Without the query, and with double or trailing slashes folded, as proxies leave them. */
function pathOf(request: IncomingMessage): string {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  return `/${path.split('/').filter(Boolean).join('/')}`;
}

function notFoundText(path: string): string {
  return OTHER_SIGNALS.has(path)
    ? `${path} is not supported by this version; it takes ${PATHS}`
    : `nothing here; OTLP goes to ${PATHS}`;
}

function encodingOf(request: IncomingMessage): OtlpEncoding | undefined {
  const mediaType = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType === 'application/x-protobuf') return 'protobuf';
  return mediaType === 'application/json' ? 'json' : undefined;
}

/** A batch id given by the sender, else the content's hash: a retry sends the same bytes. */
export function requestIdOf(batchId: string | string[] | undefined, encoded: Uint8Array): string {
  if (typeof batchId === 'string' && batchId !== '') return `id:${batchId.slice(0, 128)}`;
  return `otlp:${createHash('sha1').update(encoded).digest('base64url')}`;
}

// Browser SDKs need CORS; which origins may send is configuration, none by default.
function allowOrigin(
  request: IncomingMessage,
  response: ServerResponse,
  origins: readonly string[],
): void {
  const { origin } = request.headers;
  if (origin === undefined || !(origins.includes(origin) || origins.includes('*'))) return;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('vary', 'origin');
  response.setHeader('access-control-allow-methods', 'POST, OPTIONS');
  response.setHeader(
    'access-control-allow-headers',
    'content-type, content-encoding, authorization, traceparent, tracestate, baggage, tendril-batch-id',
  );
  response.setHeader('access-control-max-age', '7200');
}

function answer(
  response: ServerResponse,
  status: number,
  encoding: OtlpEncoding,
  body: Uint8Array,
): void {
  response.writeHead(status, {
    'content-type': encoding === 'json' ? 'application/json' : 'application/x-protobuf',
    'content-length': body.byteLength,
  });
  response.end(body);
}

function answerText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
  response.end(`${text}\n`);
}

function answerFailure(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const { httpStatus, grpcCode, retryAfterSeconds } = statusOf(error);
  if (retryAfterSeconds !== undefined) response.setHeader('retry-after', retryAfterSeconds);
  if (httpStatus === 401) response.setHeader('www-authenticate', 'Bearer');
  // What was not read of the request would be taken for the next one.
  if (!request.complete) response.setHeader('connection', 'close');
  const encoding = encodingOf(request) ?? 'protobuf';
  const message = error instanceof Failure ? error.message : messageOf(error);
  answer(response, httpStatus, encoding, encodeStatus({ code: grpcCode, message }, encoding));
}
