/**
 * The mark that stands where a secret stood: `‹redacted:jwt:7f3a1b2c›`. The last part is a keyed
 * hash, so that equal secrets can be told to be equal and nothing else can be told about them.
 */
import { createHmac, createSecretKey } from 'node:crypto';
import { fromRaw, isDigit, toRaw } from './raw-text.ts';

/** Hex digits of the keyed hash: 32 bits tell the secrets of an installation apart. */
const TAG_LENGTH = 8;
const LABEL_LENGTH_MAX = 32;

/**
 * Hashing costs microseconds and the same token comes with every request of a session. Bounded by
 * entries and by the length of one, hence to about 1 MiB.
 */
const REMEMBERED_MAX = 4096;
const REMEMBERED_LENGTH_MAX = 256;

const OPEN = toRaw('‹redacted:');
const CLOSE = toRaw('›');
const MARK = new RegExp(
  `${OPEN}[a-z0-9-]{1,${LABEL_LENGTH_MAX}}:[0-9a-f]{${TAG_LENGTH}}${CLOSE}`,
  'y',
);

export interface Marker {
  /** Raw mark for a raw secret. `label` is lower-case letters, digits and `-`. */
  mark(label: string, secret: string): string;
}

export function createMarker(key: Uint8Array): Marker {
  // As an object it is prepared once: with bytes each hash costs five times as much.
  const secretKey = createSecretKey(key);
  const remembered = new Map<string, string>();

  function tagOf(secret: string): string {
    const known = remembered.get(secret);
    if (known !== undefined) return known;
    const hash = createHmac('sha256', secretKey).update(secret, 'latin1').digest('hex');
    const tag = hash.slice(0, TAG_LENGTH);
    if (secret.length > REMEMBERED_LENGTH_MAX) return tag;
    if (remembered.size >= REMEMBERED_MAX) remembered.clear();
    remembered.set(secret, tag);
    return tag;
  }

  return { mark: (label, secret) => `${OPEN}${label}:${tagOf(secret)}${CLOSE}` };
}

/** Length of the raw mark that begins at `at`, 0 when none does. */
export function markLengthAt(raw: string, at: number): number {
  MARK.lastIndex = at;
  return MARK.test(raw) ? MARK.lastIndex - at : 0;
}

/** Whether the colon at `at` is the second one of a mark, and not between a key and a value. */
export function isMarkColon(bytes: Uint8Array, at: number, floor: number): boolean {
  if (!isTagAndClose(bytes, at + 1)) return false;
  let start = at;
  const stop = Math.max(floor, at - LABEL_LENGTH_MAX);
  while (start > stop && isLabelCharacter(bytes[start - 1] ?? 0)) start -= 1;
  const open = start - OPEN.length;
  if (start === at || open < floor) return false;
  for (let index = 0; index < OPEN.length; index++) {
    if (bytes[open + index] !== OPEN.charCodeAt(index)) return false;
  }
  return true;
}

function isTagAndClose(bytes: Uint8Array, at: number): boolean {
  for (let index = 0; index < TAG_LENGTH; index++) {
    const code = bytes[at + index] ?? 0;
    if (!isDigit(code) && !(code >= 0x61 && code <= 0x66)) return false;
  }
  for (let index = 0; index < CLOSE.length; index++) {
    if (bytes[at + TAG_LENGTH + index] !== CLOSE.charCodeAt(index)) return false;
  }
  return true;
}

function isLabelCharacter(code: number): boolean {
  return isDigit(code) || code === 0x2d || (code >= 0x61 && code <= 0x7a);
}

/** Whether the character before `at` is the end of a mark or of a mask. */
export function endsRedaction(raw: string, at: number): boolean {
  return raw.endsWith('*', at) || raw.endsWith(CLOSE, at);
}

export function containsMark(raw: string): boolean {
  return raw.includes(OPEN);
}

/** A mark as people see it. */
export function readable(rawMark: string): string {
  return fromRaw(rawMark);
}
