import { routeKey } from '@tendril/api/route';
import { ROUTES } from '@tendril/api/routes';
import { SCOPES } from '@tendril/api/scope';
import { Failure } from '@tendril/model/failure';
import { describe, expect, test } from 'vitest';
import { createAccess, type Access, type RequestFacts } from './access.ts';
import { hostName, isAllowedHost, isAllowedOrigin } from './browser-checks.ts';
import { isLoopback, refuseOpenBind } from './loopback.ts';
import { ROUTE_SCOPES } from './route-table.ts';
import { SESSION_SECONDS, sessionCookie, tokenIdOfSession } from './session-cookie.ts';
import { TokenRegistry } from './token-registry.ts';
import { hashSecret } from './token-secret.ts';

const START_MS = 1_780_000_000_000;

interface Fixture {
  readonly registry: TokenRegistry;
  readonly access: Access;
  nowMs: number;
}

async function fixtureOf(hosts: readonly string[] = ['127.0.0.1']): Promise<Fixture> {
  const clock = { nowMs: START_MS };
  const registry = await TokenRegistry.open({
    mirror: { read: () => Promise.resolve([]), write: () => Promise.resolve() },
    table: { read: () => Promise.resolve([]), write: () => Promise.resolve() },
    isShared: false,
    nowMs: () => clock.nowMs,
    warn: () => undefined,
  });
  const signer = { key: Buffer.alloc(32, 1), nowMs: () => clock.nowMs };
  const options = { registry, signer, hosts, allowedHosts: [], allowedOrigins: [] };
  return Object.assign(clock, { registry, access: createAccess(options) });
}

function codeOf(access: Access, facts: Partial<RequestFacts>): string {
  try {
    access.authorize({ route: 'GET /api/v1/status', remoteAddress: '127.0.0.1', ...facts });
    return 'allowed';
  } catch (error) {
    return error instanceof Failure ? error.code : 'not a Failure';
  }
}

const bearer = (secret: string): Partial<RequestFacts> => ({ authorization: `Bearer ${secret}` });

describe('the route table', () => {
  test('has every route of the API, and those of the receivers', () => {
    for (const route of ROUTES) expect(ROUTE_SCOPES.get(routeKey(route))).toBe(route.scope);
    expect(ROUTE_SCOPES.get('POST /v1/logs')).toBe('ingest');
  });

  test('lets each scope do its own and an admin everything, over every protocol', async () => {
    const { registry, access } = await fixtureOf();
    for (const holder of SCOPES) {
      const { secret } = await registry.create({ name: holder, scopes: [holder] });
      for (const [route, scope] of ROUTE_SCOPES) {
        const isAllowed = scope === 'none' || scope === holder || holder === 'admin';
        const expected = isAllowed ? 'allowed' : 'forbidden';
        expect(codeOf(access, { route, ...bearer(secret) }), `${holder}: ${route}`).toBe(expected);
        const nobody = scope === 'none' ? 'allowed' : 'unauthorized';
        expect(codeOf(access, { route }), route).toBe(nobody);
      }
    }
  });

  test('refuses what it does not know', async () => {
    const { access } = await fixtureOf();
    expect(codeOf(access, { route: 'GET /api/v1/secrets' })).toBe('forbidden');
  });
});

describe('open access', () => {
  test('is for loopback without any token', async () => {
    const local = await fixtureOf();
    expect(codeOf(local.access, {})).toBe('allowed');
    await local.registry.create({ name: 'first', scopes: ['admin'] });
    expect(codeOf(local.access, {})).toBe('unauthorized');
    const anywhere = await fixtureOf(['127.0.0.1', '0.0.0.0']);
    expect(codeOf(anywhere.access, {})).toBe('unauthorized');
  });

  test('does not come back because the last token has expired', async () => {
    const fixture = await fixtureOf();
    const expiresAtMs = START_MS + 1_000;
    const { secret } = await fixture.registry.create({ name: 't', scopes: ['read'], expiresAtMs });
    expect(codeOf(fixture.access, bearer(secret))).toBe('allowed');
    fixture.nowMs = expiresAtMs;
    expect(codeOf(fixture.access, bearer(secret))).toBe('unauthorized');
    expect(codeOf(fixture.access, {})).toBe('unauthorized');
  });
});

describe('credentials', () => {
  test('may come as Bearer or as the password of Basic', async () => {
    const { registry, access } = await fixtureOf();
    const { secret } = await registry.create({ name: 't', scopes: ['read'] });
    const basic = Buffer.from(`anybody:${secret}`).toString('base64');
    expect(codeOf(access, bearer(secret))).toBe('allowed');
    expect(codeOf(access, { authorization: `basic ${basic}` })).toBe('allowed');
    for (const wrong of [
      `Bearer ${secret}x`,
      'Bearer',
      `Digest ${secret}`,
      `Bearer ${hashSecret(secret)}`,
    ]) {
      expect(codeOf(access, { authorization: wrong }), wrong).toBe('unauthorized');
    }
  });

  test('of a page are its cookie, and then Host and Origin count', async () => {
    const fixture = await fixtureOf();
    const { registry, access } = fixture;
    const token = await registry.create({ name: 'ui', scopes: ['read'] });
    const signer = { key: Buffer.alloc(32, 1), nowMs: () => START_MS };
    const cookie = `a=b; tendril_session=${sessionCookie(token.id, token.hash, signer)}`;
    const host = 'localhost:7700';
    const route = 'POST /api/v1/logs/search';
    expect(codeOf(access, { route, cookie, host, origin: `http://${host}` })).toBe('allowed');
    expect(codeOf(access, { route, cookie, host, origin: 'null' })).toBe('forbidden_origin');
    expect(codeOf(access, { route, cookie, host: 'evil.example' })).toBe('forbidden_host');
    const evil = { route, host: 'evil.example', origin: 'https://evil.example' };
    expect(codeOf(access, { ...evil, ...bearer(token.secret) })).toBe('allowed');
    fixture.nowMs = START_MS + SESSION_SECONDS * 1_000;
    expect(codeOf(access, { cookie, host })).toBe('unauthorized');
    fixture.nowMs = START_MS;
    await registry.revoke(token.id);
    await registry.create({ name: 'other', scopes: ['read'] });
    expect(codeOf(access, { cookie, host })).toBe('unauthorized');
  });
});

describe('session cookies', () => {
  const signer = { key: Buffer.alloc(32, 1), nowMs: () => START_MS };
  const hashOf = (id: string): string | undefined => (id === 'abc' ? 'hash' : undefined);

  test('are ours only when unchanged', () => {
    const cookie = sessionCookie('abc', 'hash', signer);
    expect(tokenIdOfSession(cookie, hashOf, signer)).toBe('abc');
    const otherKey = { ...signer, key: Buffer.alloc(32, 2) };
    expect(tokenIdOfSession(cookie, hashOf, otherKey)).toBeUndefined();
    for (let at = 0; at < cookie.length; at += 1) {
      const changed = cookie.slice(0, at) + (cookie[at] === '1' ? '2' : '1') + cookie.slice(at + 1);
      // The last character of base64url carries unused bits, but is compared as text all the same.
      expect(tokenIdOfSession(changed, hashOf, signer), changed).toBeUndefined();
    }
  });
});

describe('hosts and origins', () => {
  test.each([
    ['localhost', true],
    ['LOCALHOST:7700', true],
    ['127.0.0.1:7700', true],
    ['[::1]:7700', true],
    ['192.168.1.5', true],
    ['a.localhost', true],
    ['tendril.example:80', true],
    ['localhost.evil.example', false],
    ['127.0.0.1.nip.io', false],
    ['evil.example', false],
    ['user@localhost', false],
    ['localhost:80:80', false],
    ['', false],
    ['localhost/../x', false],
  ])('host %j is allowed: %s', (host, expected) => {
    expect(isAllowedHost(host, ['Tendril.example'])).toBe(expected);
  });

  test.each([
    ['http://localhost:7700', true],
    ['https://localhost:7700', true],
    ['https://ui.example', true],
    ['http://localhost', false],
    ['http://localhost:7700.evil.example', false],
    ['http://evil.example/localhost:7700', false],
    ['null', false],
    ['file://', false],
  ])('origin %j may write: %s', (origin, expected) => {
    const facts = { origin, host: 'localhost:7700', allowedOrigins: ['https://ui.example'] };
    expect(isAllowedOrigin(facts)).toBe(expected);
  });

  test('a final dot is the same name', () => {
    expect(hostName('localhost.:80')).toBe('localhost');
  });
});

describe('binding', () => {
  test.each(['127.0.0.1', '127.9.9.9', '::1', '[::1]', 'localhost', '::ffff:127.0.0.1'])(
    '%s is loopback',
    (host) => {
      expect(isLoopback(host)).toBe(true);
      expect(() => refuseOpenBind({ hosts: [host], tokensConfigured: false })).not.toThrow();
    },
  );

  test.each([
    '0.0.0.0',
    '::',
    '10.0.0.1',
    'example.com',
    '',
    '::ffff:10.0.0.1',
    'localhost.example',
  ])('%s needs a token', (host) => {
    const hosts = ['127.0.0.1', host];
    expect(() => refuseOpenBind({ hosts, tokensConfigured: false })).toThrow(
      'without an access token',
    );
    expect(() => refuseOpenBind({ hosts, tokensConfigured: true })).not.toThrow();
  });
});
