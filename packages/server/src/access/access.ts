/**
 * Who may do what. In: the facts of one request, of whatever protocol; out: a principal, or why not.
 * HTTP routes, OTLP over HTTP and gRPC all ask here.
 */
import { SCOPES, type Scope } from '@tendril/api/scope';
import { Failure } from '@tendril/model/failure';
import type { StoredToken } from '../state/stored-token.ts';
import { isAllowedHost, isAllowedOrigin } from './browser-checks.ts';
import { isLoopback } from './loopback.ts';
import { allows, ROUTE_SCOPES } from './route-table.ts';
import {
  cookieOf,
  SESSION_COOKIE,
  tokenIdOfSession,
  type SessionSigner,
} from './session-cookie.ts';
import type { TokenRegistry } from './token-registry.ts';

export interface RequestFacts {
  /** A key of the route table. */
  readonly route: string;
  readonly remoteAddress: string;
  /** Headers as sent; protocols without one leave it out. */
  readonly authorization?: string | undefined;
  readonly cookie?: string | undefined;
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
}

/** Who a request comes from. */
export interface Principal {
  readonly kind: 'everybody' | 'bearer' | 'cookie';
  /** Empty for everybody. */
  readonly tokenId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
}

export interface AccessOptions {
  readonly registry: TokenRegistry;
  readonly signer: SessionSigner;
  /** Hosts of every listener that takes tokens: open access is for loopback alone. */
  readonly hosts: readonly string[];
  /** Names beside `localhost` and addresses under which browsers may reach this server. */
  readonly allowedHosts: readonly string[];
  /** Origins beside our own whose pages may write. */
  readonly allowedOrigins: readonly string[];
}

export interface Access {
  /** Throws `Failure` `unauthorized` or `forbidden`. Cheap enough for every request. */
  authorize(facts: RequestFacts): Principal;
  /** Who the request comes from, whatever it may do; undefined for nobody known. */
  identify(facts: Omit<RequestFacts, 'route'>): Principal | undefined;
  /** True while everybody on this machine may do everything. */
  isOpen(): boolean;
}

const EVERYBODY: Principal = { kind: 'everybody', tokenId: '', name: '', scopes: SCOPES };
/** For routes that answer everybody, where nobody asked for more. */
const NOBODY: Principal = { kind: 'everybody', tokenId: '', name: '', scopes: [] };

export function createAccess(options: AccessOptions): Access {
  const onLoopback = options.hosts.every(isLoopback);
  const isOpen = (): boolean => onLoopback && !options.registry.configured;
  const identify = (facts: Omit<RequestFacts, 'route'>): Principal | undefined =>
    principalOf(facts, options) ?? (isOpen() ? EVERYBODY : undefined);
  return {
    isOpen,
    identify,
    authorize: (facts) => {
      const scope = ROUTE_SCOPES.get(facts.route);
      if (scope === undefined) throw forbidden(`${facts.route} is not a route of this server`);
      const principal = identify(facts);
      // A page cannot know a token, so what carries one in its header does not come from a page.
      if (principal?.kind !== 'bearer') refuseForeignPages(facts, scope, options);
      if (scope === 'none') return principal ?? NOBODY;
      if (principal === undefined) throw unauthorized(facts);
      if (!allows(principal.scopes, scope)) throw scopeMissing(principal, scope);
      return principal;
    },
  };
}

function principalOf(
  facts: Omit<RequestFacts, 'route'>,
  { registry, signer }: AccessOptions,
): Principal | undefined {
  const secret = secretOf(facts.authorization);
  if (secret !== undefined) return asPrincipal('bearer', registry.find(secret));
  const cookie = cookieOf(facts.cookie, SESSION_COOKIE);
  if (cookie === undefined) return undefined;
  const tokenId = tokenIdOfSession(cookie, (id) => registry.get(id)?.hash, signer);
  return tokenId === undefined ? undefined : asPrincipal('cookie', registry.get(tokenId));
}

function asPrincipal(
  kind: 'bearer' | 'cookie',
  token: StoredToken | undefined,
): Principal | undefined {
  return token && { kind, tokenId: token.id, name: token.name, scopes: token.scopes };
}

/** `Bearer SECRET`, or `Basic` with the secret as password for senders that know nothing else. */
function secretOf(authorization: string | undefined): string | undefined {
  const match = /^(bearer|basic)\s+(\S+)$/i.exec(authorization?.trim() ?? '');
  if (!match) return undefined;
  const [, scheme = '', value = ''] = match;
  if (scheme.toLowerCase() === 'bearer') return value;
  const [, password] = Buffer.from(value, 'base64').toString('utf8').split(/:(.*)/s);
  return password;
}

function refuseForeignPages(
  { route, host, origin }: RequestFacts,
  scope: Scope | 'none',
  { allowedHosts, allowedOrigins }: AccessOptions,
): void {
  const isRead = route.startsWith('GET ');
  // What answers everybody and changes nothing is asked by load balancers under any name.
  if (scope === 'none' && isRead) return;
  if (host !== undefined && !isAllowedHost(host, allowedHosts)) {
    throw new Failure({
      code: 'forbidden_host',
      detail: 'this server does not answer under that name; add it to access.allowedHosts',
    });
  }
  if (isRead || origin === undefined) return;
  if (!isAllowedOrigin({ origin, host: host ?? '', allowedOrigins })) {
    throw new Failure({
      code: 'forbidden_origin',
      detail: 'a page of another origin may not write here; add it to access.allowedOrigins',
    });
  }
}

function unauthorized({ authorization }: RequestFacts): Failure {
  const given = authorization !== undefined;
  return new Failure({
    code: 'unauthorized',
    detail: given
      ? 'the access token is unknown, expired or revoked'
      : 'an access token is needed: send it as "Authorization: Bearer TOKEN"',
    params: { given: given ? 'yes' : 'no' },
  });
}

function scopeMissing({ name }: Principal, scope: Scope): Failure {
  return new Failure({
    code: 'forbidden',
    detail: `the token "${name}" does not have the scope "${scope}"`,
    params: { scope, name },
  });
}

function forbidden(detail: string): Failure {
  return new Failure({ code: 'forbidden', detail });
}
