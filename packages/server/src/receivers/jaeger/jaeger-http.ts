/**
 * Jaeger's query API over HTTP, at the root of its port (Grafana drops any path before it): `/api/…` as
 * Jaeger's pages read it, `/api/v3/…` in OTLP.
 */
import { messageOf } from '@tendril/model/failure';
import { parseTraceContext } from '@tendril/model/trace-context';
import type { HttpProtocol, ReceiverCall } from '../http-receiver.ts';
import type { ReceiverDependencies } from '../receiver-dependencies.ts';
import { answerFirstApi } from './first-api.ts';
import { JaegerProblem } from './jaeger-problem.ts';
import { answerThirdApi } from './third-api.ts';

const ROUTE = 'jaeger-query';
const PRETTY_INDENT = 4;

export function jaegerProtocol(dependencies: ReceiverDependencies): HttpProtocol {
  return {
    handle: async (call) => {
      const { authorization, host, origin } = call.request.headers;
      const remoteAddress = call.request.socket.remoteAddress ?? '';
      dependencies.access.authorize({ route: ROUTE, remoteAddress, authorization, host, origin });
      if (call.request.method !== 'GET') throw new JaegerProblem(405, 'Method Not Allowed');
      await withinSpan(call, dependencies, async () => {
        const answerApi = call.path.startsWith('/api/v3/') ? answerThirdApi : answerFirstApi;
        answer(call, 200, await answerApi(call, dependencies));
      });
    },
    fail: (call, { httpStatus }, error) => {
      const status = error instanceof JaegerProblem ? error.status : httpStatus;
      if (status === 401) call.response.setHeader('www-authenticate', 'Bearer');
      answer(call, status, problemOf(call, status, error));
    },
  };
}

/** What is asked of the engine belongs to the request's trace. */
async function withinSpan(
  { request, response }: ReceiverCall,
  { tracer }: ReceiverDependencies,
  work: () => Promise<void>,
): Promise<void> {
  const [traceparent, tracestate] = ['traceparent', 'tracestate'].map((name) =>
    request.headersDistinct[name]?.join(','),
  );
  const parent = parseTraceContext(traceparent, tracestate);
  const span = tracer.start(parent, {
    name: `GET ${ROUTE}`,
    kind: 'server',
    attributes: { 'http.request.method': 'GET', 'http.route': ROUTE },
  });
  response.once('close', () =>
    span?.end({
      attributes: { 'http.response.status_code': response.statusCode },
      errorType: response.statusCode >= 500 ? String(response.statusCode) : undefined,
    }),
  );
  await tracer.within(span, work);
}

function problemOf({ path }: ReceiverCall, status: number, error: unknown): unknown {
  const message = messageOf(error);
  if (path.startsWith('/api/v3/')) return { error: { httpCode: status, message } };
  return {
    data: null,
    total: 0,
    limit: 0,
    offset: 0,
    errors: [{ code: status, msg: message }],
  };
}

function answer({ response, query }: ReceiverCall, status: number, body: unknown): void {
  const prettyPrint = query.get('prettyPrint') ?? '';
  const indent = prettyPrint === '' || prettyPrint === 'false' ? undefined : PRETTY_INDENT;
  response.writeHead(status, {
    'content-type': 'application/json',
    'x-content-type-options': 'nosniff',
  });
  response.end(JSON.stringify(body, undefined, indent));
}
