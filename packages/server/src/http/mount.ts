/**
 * The one way a route gets into the server: access is decided, then the handler runs, then whatever
 * it throws becomes a problem. A route that is mounted otherwise does not exist.
 */
import type { Http2Bindings, HttpBindings } from '@hono/node-server';
import type { Context, Hono } from 'hono';
import { routeKey, type Route } from '@tendril/api/route';
import type { Principal, RequestFacts } from '../access/access.ts';
import type { HttpDependencies } from './http-dependencies.ts';
import { problemOf, problemResponse } from './problem-response.ts';
import { withinRequestSpan } from './request-span.ts';

/** `incoming` is absent where a test calls the fetch handler without a socket. */
export interface HttpEnv {
  readonly Bindings: Partial<HttpBindings | Http2Bindings>;
}

export interface HttpCall {
  readonly request: Request;
  readonly principal: Principal;
  /** Of the path. */
  readonly parameter: (name: string) => string;
  readonly url: URL;
  /** Fires when the client goes away. */
  readonly signal: AbortSignal;
  readonly facts: Omit<RequestFacts, 'route'>;
}

export type Handler = (call: HttpCall) => Response | Promise<Response>;

/** Adds a route, with everything around its handler. */
export type Mount = (route: Route, handler: Handler) => void;

export function mountOn(app: Hono<HttpEnv>, dependencies: HttpDependencies): Mount {
  return (route, handler) => {
    const path = route.path.replaceAll(/\{(\w+)\}/g, ':$1');
    app.on(route.method, path, async (context) =>
      withinRequestSpan(dependencies.tracer, { context, route }, async () => {
        try {
          return await answer(context, route, handler, dependencies);
        } catch (error) {
          return failed(error, route, dependencies);
        }
      }),
    );
  };
}

async function answer(
  context: Context<HttpEnv>,
  route: Route,
  handler: Handler,
  { access }: HttpDependencies,
): Promise<Response> {
  const request = context.req.raw;
  const facts = factsOf(context);
  const principal = access.authorize({ ...facts, route: routeKey(route) });
  return await handler({
    request,
    principal,
    facts,
    parameter: (name) => context.req.param(name) ?? '',
    url: new URL(request.url),
    signal: request.signal,
  });
}

function factsOf(context: Context<HttpEnv>): Omit<RequestFacts, 'route'> {
  const header = (name: string): string | undefined => context.req.header(name);
  return {
    remoteAddress: context.env.incoming?.socket.remoteAddress ?? '',
    authorization: header('authorization'),
    cookie: header('cookie'),
    host: header('host'),
    origin: header('origin'),
  };
}

function failed(error: unknown, route: Route, { logger }: HttpDependencies): Response {
  logProblem(error, route, logger);
  return problemResponse(error);
}

/** What is our fault goes to our log; what is the client's only to the client. */
export function logProblem(error: unknown, route: Route, logger: HttpDependencies['logger']): void {
  if (problemOf(error).status === 500)
    logger.error({ err: error, route: routeKey(route) }, 'request failed');
}
