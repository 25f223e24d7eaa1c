/** The secret that a client sends, how it is made and how it is recognised without being kept. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** So that a leaked token is found by secret scanners and redaction. */
const PREFIX = 'tdl_';
const SECRET_BYTES = 32;
const ID_BYTES = 6;

export function newSecret(): string {
  return `${PREFIX}${randomBytes(SECRET_BYTES).toString('base64url')}`;
}

export function newTokenId(): string {
  return randomBytes(ID_BYTES).toString('hex');
}

/** SHA-256 in hex. Guessing 256 random bits is hopeless, so a slow hash would only slow requests. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** In a time that does not depend on where they differ. */
export function sameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
