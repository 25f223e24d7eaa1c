/** Fluent forward's handshake (version 1): both ends prove that they know the shared key. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { encode } from '@msgpack/msgpack';
import { decodeMessagePack, textOf } from './messagepack.ts';

export function helo(nonce: Uint8Array): Uint8Array {
  return encode(['HELO', { nonce, auth: '', keepalive: true }]);
}

export interface HandshakeSecrets {
  readonly nonce: Uint8Array;
  readonly sharedKey: string;
}

export interface HandshakeAnswer {
  readonly isWelcome: boolean;
  readonly pong: Uint8Array;
}

const HOSTNAME = 'tendril';

/** `[PING, hostname, salt, digest, user, password]`. Throws a `malformed` Failure. */
export function answerPing(bytes: Uint8Array, secrets: HandshakeSecrets): HandshakeAnswer {
  const message = decodeMessagePack(bytes);
  const [kind, host, salt, digest]: readonly unknown[] = Array.isArray(message) ? message : [];
  const saltBytes = salt instanceof Uint8Array ? salt : Buffer.alloc(0);
  const expected = digestOf(saltBytes, textOf(host), secrets);
  const isWelcome = textOf(kind) === 'PING' && isSame(textOf(digest), expected);
  if (!isWelcome) {
    return { isWelcome, pong: encode(['PONG', false, 'shared key mismatch', '', '']) };
  }
  const pong = encode(['PONG', true, '', HOSTNAME, digestOf(saltBytes, HOSTNAME, secrets)]);
  return { isWelcome, pong };
}

function digestOf(salt: Uint8Array, host: string, { nonce, sharedKey }: HandshakeSecrets): string {
  return createHash('sha512')
    .update(salt)
    .update(host)
    .update(nonce)
    .update(sharedKey)
    .digest('hex');
}

function isSame(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
