/** What Zipkin's reporters post spans to: `POST /api/v2/spans`, answered with 202 when they are stored. */
import { Failure, messageOf } from '@tendril/model/failure';
import { decodeZipkinSpans, type ZipkinEncoding } from '../../protocols/zipkin/zipkin-spans.ts';
import { receiveBody } from '../http-body.ts';
import type { HttpProtocol, ReceiverCall } from '../http-receiver.ts';
import { requestIdOf } from '../otlp/otlp-http.ts';
import type { ReceiverDependencies } from '../receiver-dependencies.ts';

const ROUTE = 'zipkin';
const SPANS_PATH = '/api/v2/spans';

export function zipkinProtocol(dependencies: ReceiverDependencies): HttpProtocol {
  return {
    handle: async (call) => handle(call, dependencies),
    fail: ({ response }, { httpStatus }, error) => {
      if (httpStatus === 401) response.setHeader('www-authenticate', 'Bearer');
      answer(response, httpStatus, `${messageOf(error)}\n`);
    },
  };
}

async function handle(call: ReceiverCall, dependencies: ReceiverDependencies): Promise<void> {
  const { request, response, path } = call;
  const { authorization, host, origin } = request.headers;
  const remoteAddress = request.socket.remoteAddress ?? '';
  dependencies.access.authorize({ route: ROUTE, remoteAddress, authorization, host, origin });
  if (path === '/health' && request.method === 'GET') {
    answer(response, 200, '{"status":"UP"}', 'application/json');
  } else if (path !== SPANS_PATH) {
    answer(response, 404, `nothing here; spans go to ${SPANS_PATH}\n`);
  } else if (request.method !== 'POST') {
    response.setHeader('allow', 'POST');
    answer(response, 405, 'spans are posted\n');
  } else await store(call, dependencies);
}

async function store(
  { request, response }: ReceiverCall,
  { pipeline, spanWriter, limits }: ReceiverDependencies,
): Promise<void> {
  const encoding = encodingOf(request.headers['content-type'] ?? '');
  const { encoded, decoded, release } = await receiveBody(request, limits.requestBytesMax);
  await pipeline.ingestSpans({
    source: 'zipkin',
    requestId: requestIdOf(request.headers['tendril-batch-id'], encoded),
    decode: (sink) => decodeZipkinSpans(decoded, encoding, spanWriter, sink),
  });
  release();
  response.writeHead(202).end();
}

/** Reporters that say nothing send JSON. */
function encodingOf(contentType: string): ZipkinEncoding {
  const mediaType = contentType.split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType === 'application/x-protobuf') return 'protobuf';
  if (mediaType !== 'application/x-thrift') return 'json';
  const detail = `${mediaType} is not taken here; let the reporter send JSON or protobuf`;
  throw new Failure({ code: 'malformed', detail });
}

function answer(
  response: ReceiverCall['response'],
  status: number,
  text: string,
  contentType = 'text/plain; charset=utf-8',
): void {
  response.writeHead(status, { 'content-type': contentType }).end(text);
}
