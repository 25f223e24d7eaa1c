/**
 * Jaeger's query API over HTTP, at the root of its port (Grafana drops any path before it): `/api/…` as
 * Jaeger's pages read it, `/api/v3/…` in OTLP.
 */
import { messageOf } from '@tendril/model/failure';
import type { HttpProtocol, ReceiverCall } from '../http-receiver.ts';
import type { ReceiverDependencies } from '../receiver-dependencies.ts';
import { answerFirstApi } from './first-api.ts';
import { JaegerProblem } from './jaeger-problem.ts';
import { answerThirdApi } from './third-api.ts';

const ROUTE = 'jaeger-query';

export function jaegerProtocol(dependencies: ReceiverDependencies): HttpProtocol {
  return {
    handle: async (call) => {
      const { request, path } = call;
      const { authorization, host, origin } = request.headers;
      const remoteAddress = request.socket.remoteAddress ?? '';
      dependencies.access.authorize({ route: ROUTE, remoteAddress, authorization, host, origin });
      if (request.method !== 'GET') throw new JaegerProblem(405, 'Method Not Allowed');
      const answerApi = path.startsWith('/api/v3/') ? answerThirdApi : answerFirstApi;
      answer(call, 200, await answerApi(call, dependencies));
    },
    fail: (call, { httpStatus }, error) => {
      const status = error instanceof JaegerProblem ? error.status : httpStatus;
      if (status === 401) call.response.setHeader('www-authenticate', 'Bearer');
      answer(call, status, problemOf(call, status, error));
    },
  };
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

function answer({ response }: ReceiverCall, status: number, body: unknown): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'x-content-type-options': 'nosniff',
  });
  response.end(JSON.stringify(body));
}
