/** openim-rpc-auth: gives out tokens and says whose they are. A token carries when it was made and when it ends. */
import { createHmac } from 'node:crypto';
import type { Instance, Running } from '../instance.ts';
import { coded } from '../net/coded-error.ts';
import { startRpcServer, type Json } from '../net/rpc-server.ts';

const SECRET = 'openIM123';
/** Clocks of machines differ by as much. */
const TOLERANCE_MS = 1_000;

interface Claims {
  readonly userID: string;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}

export async function startAuth(instance: Instance): Promise<Running> {
  return await startRpcServer({
    instance,
    methods: {
      '/openim.auth.Auth/getUserToken': async (_call, { userID }) => {
        if (typeof userID !== 'string' || userID === '')
          throw coded('arguments', 'userID is empty');
        return Promise.resolve({ token: tokenFor(instance, userID) });
      },
      '/openim.auth.Auth/parseToken': async (_call, { token }) =>
        Promise.resolve({ userID: checked(instance, String(token)).userID }),
    },
  });
}

function tokenFor({ clock, settings }: Instance, userID: string): string {
  const issuedAtMs = clock.nowMs();
  const claims: Claims = {
    userID,
    issuedAtMs,
    expiresAtMs: issuedAtMs + settings().tokenLifetimeMs,
  };
  const body = Buffer.from(JSON.stringify(claims)).toString('base64url');
  return `eyJhbGciOiJIUzI1NiJ9.${body}.${signature(body)}`;
}

function signature(body: string): string {
  return createHmac('sha256', SECRET).update(body).digest('base64url');
}

function checked({ clock }: Instance, token: string): Claims {
  const [, body = '', signed = ''] = token.split('.');
  if (signed !== signature(body)) throw coded('tokenInvalid', 'signature is invalid');
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Claims & Json;
  const nowMs = clock.nowMs();
  if (claims.expiresAtMs < nowMs)
    throw coded('tokenExpired', `token is expired by ${Math.round(nowMs - claims.expiresAtMs)}ms`);
  if (claims.issuedAtMs > nowMs + TOLERANCE_MS)
    throw coded(
      'tokenNotYet',
      `token used before issued, by ${Math.round(claims.issuedAtMs - nowMs)}ms`,
    );
  return claims;
}
