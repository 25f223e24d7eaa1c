/** One span per request of the API, of the trace that the request names. */
import type { Context } from 'hono';
import { INGEST } from '@tendril/api/ingest';
import { routeKey, type Route } from '@tendril/api/route';
import { parseTraceContext } from '@tendril/model/trace-context';
import type { OpenSpan, Tracer } from '../telemetry/tracer.ts';
import type { HttpEnv } from './mount.ts';

/** Answers within the request's span, which ends with the last byte of the answer. */
export async function withinRequestSpan(
  tracer: Tracer,
  { context, route }: { readonly context: Context<HttpEnv>; readonly route: Route },
  answer: () => Promise<Response>,
): Promise<Response> {
  // A sender's requests and a prober's are many, and lead to no call of their own.
  if (route.path === INGEST.path || route.scope === 'none') return await answer();
  const header = (name: string): string | undefined => context.req.header(name);
  const span = tracer.start(parseTraceContext(header('traceparent'), header('tracestate')), {
    name: routeKey(route),
    kind: 'server',
    attributes: { 'http.request.method': route.method, 'http.route': route.path },
  });
  const response = await tracer.within(span, answer);
  if (span !== undefined) endWithAnswer(span, context, response.status);
  return response;
}

function endWithAnswer(span: OpenSpan, { env }: Context<HttpEnv>, status: number): void {
  const end = (): void =>
    span.end({
      attributes: { 'http.response.status_code': status },
      errorType: status >= 500 ? String(status) : undefined,
    });
  const { outgoing } = env;
  if (outgoing === undefined || outgoing.destroyed) end();
  else outgoing.once('close', end);
}
