/**
 * The cookie that a browser gets for a token: token id and end, signed. It holds no secret that
 * works elsewhere, needs no memory on the server, and dies with its token.
 */
import { createHmac } from 'node:crypto';
import { sameText } from './token-secret.ts';

export const SESSION_COOKIE = 'tendril_session';
export const SESSION_SECONDS: number = 12 * 3600;

export interface SessionSigner {
  /** At least 32 random bytes, kept in the data directory. */
  readonly key: Uint8Array;
  readonly nowMs: () => number;
}

export function sessionCookie(tokenId: string, tokenHash: string, signer: SessionSigner): string {
  const endsAt = Math.floor(signer.nowMs() / 1000) + SESSION_SECONDS;
  const payload = `${tokenId}.${endsAt}`;
  return `${payload}.${signature(payload, tokenHash, signer)}`;
}

/** `hashOf` gives the hash of a valid token. The token's id when the cookie is ours and not over. */
export function tokenIdOfSession(
  cookie: string,
  hashOf: (tokenId: string) => string | undefined,
  signer: SessionSigner,
): string | undefined {
  const match = /^([\w-]{1,64})\.(\d{1,12})\.([\w-]{43})$/.exec(cookie);
  if (!match) return undefined;
  const [, tokenId = '', endsAt = '', signed = ''] = match;
  const hash = hashOf(tokenId);
  if (hash === undefined || Number(endsAt) * 1000 <= signer.nowMs()) return undefined;
  return sameText(signed, signature(`${tokenId}.${endsAt}`, hash, signer)) ? tokenId : undefined;
}

// The token's hash is part of it, so that a token which takes over an id does not take its sessions.
function signature(payload: string, tokenHash: string, { key }: SessionSigner): string {
  return createHmac('sha256', key).update(`${payload}.${tokenHash}`).digest('base64url');
}

/** The value of a cookie in a Cookie header. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const pair of (header ?? '').split(';')) {
    const [key, value] = pair.split('=', 2);
    if (key?.trim() === name) return value?.trim();
  }
  return undefined;
}
