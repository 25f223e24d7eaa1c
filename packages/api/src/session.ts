/** Browsers exchange a token for a cookie that scripts cannot read. */
import { z } from 'zod';
import type { Route } from './route.ts';
import { scopeSchema, type Scope } from './scope.ts';

export interface CreateSessionRequest {
  readonly token: string;
}

export interface Session {
  /** True when no token is configured: everybody on this machine may do everything. */
  readonly open: boolean;
  readonly scopes: readonly Scope[];
  /** Name of the token; empty when open or nobody. */
  readonly name: string;
  /** The server's clock, RFC 3339: pages ask for ranges that end now over there. */
  readonly now: string;
}

export const createSessionRequestSchema: z.ZodType<CreateSessionRequest> = z
  .strictObject({ token: z.string().min(1).max(1024) })
  .meta({ id: 'CreateSessionRequest' });

export const sessionSchema: z.ZodType<Session> = z
  .object({ open: z.boolean(), scopes: z.array(scopeSchema), name: z.string(), now: z.string() })
  .meta({ id: 'Session' });

export const SESSION_CREATE: Route = {
  method: 'POST',
  path: '/api/v1/session',
  scope: 'none',
  operationId: 'createSession',
  summary: 'Exchange a token for an HttpOnly cookie',
  request: { mediaTypes: ['application/json'], schema: createSessionRequestSchema },
  response: { mediaTypes: ['application/json'], schema: sessionSchema },
};

export const SESSION_GET: Route = {
  method: 'GET',
  path: '/api/v1/session',
  scope: 'none',
  operationId: 'getSession',
  summary: 'Who this request comes from and what it may do',
  response: { mediaTypes: ['application/json'], schema: sessionSchema },
};

export const SESSION_DELETE: Route = {
  method: 'DELETE',
  path: '/api/v1/session',
  scope: 'none',
  operationId: 'deleteSession',
  summary: 'Forget the cookie',
};
