/** The API server as a fetch handler; binding it to sockets is the caller's job. */
import { Hono } from 'hono';
import { routePath } from 'hono/route';
import { Failure } from '@tendril/model/failure';
import { ROUTES } from '@tendril/api/routes';
import { mountChains } from './chains.ts';
import { mountChanges } from './changes.ts';
import { mountDemo } from './demo.ts';
import { mountHealth } from './health.ts';
import type { HttpDependencies } from './http-dependencies.ts';
import { mountIngest } from './ingest.ts';
import { mountLogExport } from './log-export.ts';
import { mountLogFields } from './log-fields.ts';
import { mountLogPatterns } from './log-patterns.ts';
import { mountLogRecords } from './log-records.ts';
import { mountLogSearch } from './log-search.ts';
import { mountLogTail } from './log-tail.ts';
import { createHttpMetrics, mountMetrics } from './metrics.ts';
import { mountOn, type HttpEnv } from './mount.ts';
import { problemResponse } from './problem-response.ts';
import { mountTraces } from './traces.ts';
import { mountCollectors } from './collectors.ts';
import { mountStatus } from './status.ts';
import { mountSession, mountTokens } from './tokens.ts';
import { mountViews } from './views.ts';

export interface HttpApp {
  /** `env.incoming` is the node request, where there is one. */
  readonly fetch: (request: Request, env?: HttpEnv['Bindings']) => Response | Promise<Response>;
}

export function createHttpApp(dependencies: HttpDependencies): HttpApp {
  const app = new Hono<HttpEnv>();
  const metrics = createHttpMetrics(dependencies);
  app.use(async (context, next) => {
    const startedAtMs = performance.now();
    if (context.req.method === 'OPTIONS') context.res = new Response(null, { status: 204 });
    else await next();
    addHeaders(context.res.headers, context.req.raw, dependencies.allowedOrigins);
    metrics.answered({
      route: routePath(context, -1),
      status: context.res.status,
      seconds: (performance.now() - startedAtMs) / 1000,
    });
  });
  const mount = mountOn(app, dependencies);
  mountLogSearch(mount, dependencies);
  mountLogExport(mount, dependencies);
  mountLogFields(mount, dependencies);
  mountLogPatterns(mount, dependencies);
  mountLogRecords(mount, dependencies);
  mountLogTail(mount, dependencies);
  mountTraces(mount, dependencies);
  mountChains(mount, dependencies);
  mountChanges(mount, dependencies);
  mountDemo(mount, dependencies);
  mountIngest(mount, dependencies);
  mountViews(mount, dependencies);
  mountStatus(mount, dependencies);
  mountCollectors(mount, dependencies);
  mountTokens(mount, dependencies);
  mountSession(mount, dependencies);
  mountMetrics(mount, metrics);
  mountHealth(mount, dependencies);
  app.notFound(({ req }) => {
    const { method, path } = req;
    const page = dependencies.pages.answer({ method, path, headers: req.raw.headers });
    return page ?? notFound(method, path);
  });
  app.onError((error) => {
    dependencies.logger.error({ err: error }, 'request failed');
    return problemResponse(error);
  });
  return { fetch: (request, env = {}) => app.fetch(request, env) };
}

function notFound(method: string, path: string): Response {
  const others = ROUTES.filter((route) => patternOf(route.path).test(path));
  if (others.length === 0) {
    return problemResponse(
      new Failure({ code: 'not_found', detail: `there is nothing at ${path.slice(0, 200)}` }),
    );
  }
  const allow = others.map((route) => route.method).join(', ');
  const response = problemResponse(
    new Failure({
      code: 'method_not_allowed',
      detail: `${method} is not allowed here; use ${allow}`,
      params: { method, allow },
    }),
  );
  response.headers.set('allow', allow);
  return response;
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`);
}

/**
 * Answers are data: never run, never kept by a browser, never told to other sites. Pages say
 * otherwise themselves.
 */
function addHeaders(headers: Headers, request: Request, allowedOrigins: readonly string[]): void {
  headers.set('x-content-type-options', 'nosniff');
  headers.set('referrer-policy', 'no-referrer');
  setDefault(headers, 'content-security-policy', "default-src 'none'; frame-ancestors 'none'");
  setDefault(headers, 'cache-control', 'no-store');
  const origin = request.headers.get('origin');
  headers.append('vary', 'origin');
  if (origin === null || !allowedOrigins.includes(origin)) return;
  // Without credentials: such pages send a token of their own, never our cookie.
  headers.set('access-control-allow-origin', origin);
  headers.set('access-control-allow-methods', 'GET, POST, PUT, DELETE');
  headers.set('access-control-allow-headers', 'authorization, content-type, tendril-batch-id');
  headers.set('access-control-max-age', '7200');
}

function setDefault(headers: Headers, name: string, value: string): void {
  if (!headers.has(name)) headers.set(name, value);
}
