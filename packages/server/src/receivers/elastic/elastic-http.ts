/**
 * The writing half of Elasticsearch's HTTP API: `_bulk`, single documents, and the calls that shippers
 * make before them.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { Failure, messageOf } from '@tendril/model/failure';
import { NS_PER_MS } from '@tendril/model/time-range';
import {
  bulkAnswer,
  errorAnswer,
  errorTypeOf,
  writtenDocument,
} from '../../protocols/elastic/answers.ts';
import {
  decodeBulk,
  itemsOfBulk,
  partsOfBulk,
  type BulkItem,
  type BulkRequest,
} from '../../protocols/elastic/bulk.ts';
import { answerHandshake } from '../../protocols/elastic/handshake.ts';
import { receiveBody } from '../http-body.ts';
import { reserveMemory, type HttpProtocol, type ReceiverCall } from '../http-receiver.ts';
import type { ReceiverDependencies } from '../receiver-dependencies.ts';

const ROUTE = 'elastic';
/** Clients from 7.14 on refuse an answer without it. */
const PRODUCT_HEADERS = { 'x-elastic-product': 'Elasticsearch' } as const;

export function elasticProtocol(dependencies: ReceiverDependencies): HttpProtocol {
  return {
    handle: async (call) => handle(call, dependencies),
    fail: ({ response }, { httpStatus }, error) => {
      if (httpStatus === 401)
        response.setHeader('www-authenticate', 'Basic realm="tendril", ApiKey');
      const named = error instanceof Failure ? error.params['type'] : undefined;
      const type = typeof named === 'string' ? named : errorTypeOf(httpStatus);
      answer(
        response,
        httpStatus,
        errorAnswer({ type, reason: messageOf(error), status: httpStatus }),
      );
    },
  };
}

async function handle(call: ReceiverCall, dependencies: ReceiverDependencies): Promise<void> {
  authorize(call, dependencies);
  if (call.request.method !== 'GET' && call.request.method !== 'HEAD') await reserveMemory(call);
  const target = targetOf(call);
  if (target?.kind === 'bulk') await bulk(call, target.index, dependencies);
  else if (target?.kind === 'single') await single(call, target, dependencies);
  else await answerOther(call, dependencies);
}

function authorize({ request }: ReceiverCall, { access }: ReceiverDependencies): void {
  const { authorization, host, origin } = request.headers;
  access.authorize({
    route: ROUTE,
    remoteAddress: request.socket.remoteAddress ?? '',
    authorization: bearerOf(authorization),
    host,
    origin,
  });
}

/**
 * An API key is `ID:SECRET` in base64 or whatever a client was given as one; the secret is the token.
 */
function bearerOf(authorization: string | undefined): string | undefined {
  const [, key] = /^apikey\s+(\S+)$/i.exec(authorization?.trim() ?? '') ?? [];
  if (key === undefined) return authorization;
  const [, secret] = /^[^:]*:(.+)$/s.exec(Buffer.from(key, 'base64').toString('utf8')) ?? [];
  return `Bearer ${secret ?? key}`;
}

type Target =
  | { readonly kind: 'bulk'; readonly index: string }
  | { readonly kind: 'single'; readonly index: string; readonly id: string };

function targetOf({ request, path }: ReceiverCall): Target | undefined {
  if (request.method !== 'POST' && request.method !== 'PUT') return undefined;
  const parts = path.split('/').slice(1).map(decoded);
  if (parts.at(-1) === '_bulk' && parts.length <= 3) {
    return { kind: 'bulk', index: parts.length > 1 ? (parts[0] ?? '') : '' };
  }
  const [index = '', kind = '', id = ''] = parts;
  if (index.startsWith('_') || parts.length > 3) return undefined;
  return kind === '_doc' || kind === '_create' ? { kind: 'single', index, id } : undefined;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A URIError: broken percent-encoding.
    return part;
  }
}

async function bulk(
  { request, response, query }: ReceiverCall,
  defaultIndex: string,
  dependencies: ReceiverDependencies,
): Promise<void> {
  const { limits, nowMs } = dependencies;
  const startedAtMs = nowMs();
  const body = await receiveBody(request, limits.requestBytesMax);
  const nowNs = BigInt(startedAtMs) * NS_PER_MS;
  const items = await ingest({ body: body.decoded, defaultIndex, nowNs }, dependencies);
  body.release();
  answer(
    response,
    200,
    bulkAnswer(items, {
      tookMs: nowMs() - startedAtMs,
      idPrefix: newId(),
      detail: detailFor(request.headers['user-agent'] ?? '', query),
    }),
  );
}

/** Fluent Bit reads 512,000 bytes of an answer, and takes a longer one for none. */
function detailFor(userAgent: string, query: URLSearchParams): 'all' | 'statuses' | 'errors' {
  if (/^fluent-?bit/i.test(userAgent)) return 'errors';
  return query.has('filter_path') ? 'statuses' : 'all';
}

async function single(
  { request, response }: ReceiverCall,
  { index, id }: { readonly index: string; readonly id: string },
  dependencies: ReceiverDependencies,
): Promise<void> {
  const body = await receiveBody(request, dependencies.limits.requestBytesMax);
  const action = `${JSON.stringify({ create: { _index: index, ...(id !== '' && { _id: id }) } })}\n`;
  // A document may be written over several lines here.
  const source = Buffer.from(body.decoded.toString('utf8').replaceAll('\n', ' '));
  const bulkOfOne = {
    body: Buffer.concat([Buffer.from(action), source]),
    defaultIndex: '',
    nowNs: BigInt(dependencies.nowMs()) * NS_PER_MS,
  };
  const [item] = await ingest(bulkOfOne, dependencies);
  body.release();
  if (item?.error)
    answer(response, item.status, errorAnswer({ ...item.error, status: item.status }));
  else answer(response, 201, JSON.stringify(writtenDocument(index, id || newId())));
}

async function ingest(
  request: BulkRequest,
  dependencies: ReceiverDependencies,
): Promise<readonly BulkItem[]> {
  const requestId = requestIdOf(request.body);
  if (requestId === undefined) return ingestPart(request, undefined, dependencies);
  const { nestingDepthMax } = dependencies.limits;
  // Each has an id of its own: sent again after one was refused, those that were stored are not stored twice.
  const parts = partsOfBulk(request, nestingDepthMax).map(async (part, number) =>
    ingestPart(part, `${requestId}:${number}`, dependencies),
  );
  // The body is read until the last of them is done, whatever becomes of the others.
  await Promise.allSettled(parts);
  return (await Promise.all(parts)).flat();
}

async function ingestPart(
  part: BulkRequest,
  requestId: string | undefined,
  { pipeline, writer, limits }: ReceiverDependencies,
): Promise<readonly BulkItem[]> {
  let items: readonly BulkItem[] | undefined;
  await pipeline.ingestLogs({
    source: 'elastic',
    ...(requestId !== undefined && { requestId }),
    decode: (sink) => {
      const decodedBulk = decodeBulk(part, writer, sink);
      items = decodedBulk.items;
      return decodedBulk.outcome;
    },
  });
  // A repeated request is not decoded again.
  return items ?? itemsOfBulk(part, limits.nestingDepthMax);
}

/**
 * A shipper that did not hear the answer sends the same bytes again. Only documents with a time or an
 * id make them its own: without, two equal requests may well be two events.
 */
function requestIdOf(body: Uint8Array): string | undefined {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (!bytes.includes('"@timestamp"') && !bytes.includes('"_id"')) return undefined;
  return `elastic:${createHash('sha1').update(bytes).digest('base64url')}`;
}

async function answerOther(
  { request, response, path, query }: ReceiverCall,
  { limits }: ReceiverDependencies,
): Promise<void> {
  // What it sets up is not needed here, but must be read before the next request.
  (await receiveBody(request, limits.requestBytesMax)).release();
  const { status, contentType, body } = answerHandshake({
    method: request.method ?? 'GET',
    path,
    wantsJson: wantsJson(query.get('format') ?? request.headers.accept ?? ''),
    userAgent: request.headers['user-agent'] ?? '',
    host: request.headers.host ?? '',
  });
  answer(response, status, body, contentType);
}

// Clients that take both want text.
function wantsJson(format: string): boolean {
  return format.includes('json') && !format.includes('text/plain');
}

function newId(): string {
  return randomBytes(12).toString('base64url');
}

function answer(
  response: ServerResponse,
  status: number,
  body: string,
  contentType: string = 'application/json',
): void {
  response.writeHead(status, {
    ...PRODUCT_HEADERS,
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}
