/** Access tokens, and the sessions that browsers get for them. */
import {
  createSessionRequestSchema,
  SESSION_CREATE,
  SESSION_DELETE,
  SESSION_GET,
  type Session,
} from '@tendril/api/session';
import {
  createTokenRequestSchema,
  TOKEN_CREATE,
  TOKEN_LIST,
  TOKEN_REVOKE,
  type TokenInfo,
} from '@tendril/api/tokens';
import { Failure } from '@tendril/model/failure';
import { NS_PER_MS } from '@tendril/model/time-range';
import { parseTime } from '@tendril/query/time-value';
import { SESSION_COOKIE, SESSION_SECONDS, sessionCookie } from '../access/session-cookie.ts';
import type { StoredToken } from '../state/stored-token.ts';
import type { HttpDependencies } from './http-dependencies.ts';
import { jsonResponse } from './json-response.ts';
import type { Mount } from './mount.ts';
import { jsonInput } from './request-input.ts';

export function mountTokens(mount: Mount, { registry }: HttpDependencies): void {
  mount(TOKEN_CREATE, async ({ request }) => {
    const { name, scopes, expiresAt } = await jsonInput(request, createTokenRequestSchema);
    const expiresAtMs = expiresAt === undefined ? undefined : endOf(expiresAt);
    const { secret, ...token } = await registry.create({
      name,
      scopes,
      ...(expiresAtMs !== undefined && { expiresAtMs }),
    });
    return jsonResponse({ ...infoOf(token), token: secret });
  });
  mount(TOKEN_LIST, () => jsonResponse({ tokens: registry.list().map(infoOf) }));
  mount(TOKEN_REVOKE, async ({ parameter }) => {
    await registry.revoke(parameter('id'));
    return new Response(null, { status: 204 });
  });
}

function endOf(text: string): number {
  const time = parseTime(text, BigInt(Date.now()) * NS_PER_MS);
  const endsAtMs = time === undefined ? Number.NaN : Number(time.fromNs / NS_PER_MS);
  if (endsAtMs > Date.now()) return endsAtMs;
  throw new Failure({
    code: 'bad_time',
    detail: 'expiresAt must be a time to come, e.g. now+90d or 2027-01-31T00:00:00Z',
    params: { name: 'expiresAt', text: text.slice(0, 100) },
  });
}

function infoOf({ id, name, scopes, createdAtMs, expiresAtMs }: StoredToken): TokenInfo {
  return {
    id,
    name,
    scopes,
    createdAt: new Date(createdAtMs).toISOString(),
    expiresAt: expiresAtMs === undefined ? null : new Date(expiresAtMs).toISOString(),
    origin: id.startsWith('file-') ? 'file' : 'api',
  };
}

export function mountSession(mount: Mount, dependencies: HttpDependencies): void {
  const { registry, signer, access } = dependencies;
  mount(SESSION_CREATE, async ({ request, url }) => {
    const { token: secret } = await jsonInput(request, createSessionRequestSchema);
    const token = registry.find(secret);
    if (token === undefined) {
      throw new Failure({
        code: 'unauthorized',
        detail: 'the access token is unknown, expired or revoked',
        params: { given: 'yes' },
      });
    }
    const value = sessionCookie(token.id, token.hash, signer);
    const session: Session = {
      open: access.isOpen(),
      scopes: token.scopes,
      name: token.name,
      now: new Date().toISOString(),
    };
    return jsonResponse(session, { 'set-cookie': cookie(value, SESSION_SECONDS, url) });
  });
  mount(SESSION_GET, ({ facts }) => {
    const principal = access.identify(facts);
    const session: Session = {
      open: access.isOpen(),
      scopes: principal?.scopes ?? [],
      name: principal?.name ?? '',
      now: new Date().toISOString(),
    };
    return jsonResponse(session);
  });
  mount(SESSION_DELETE, ({ url }) => {
    const headers = { 'set-cookie': cookie('', 0, url) };
    return new Response(null, { status: 204, headers });
  });
}

function cookie(value: string, maxAgeSeconds: number, { protocol }: URL): string {
  const secure = protocol === 'https:' ? '; Secure' : '';
  return `${SESSION_COOKIE}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict${secure}`;
}
