/**
 * What a chunk is by its own characters: a word, a value, or something between. The first that fits
 * decides; no rule knows a program or a data set.
 */
import {
  ANY_LETTER,
  AT,
  BACKSLASH,
  BYTE_CLASSES,
  COLON,
  DIGIT,
  DOT,
  HEX_LETTER,
  LETTER,
  SIGN,
  SLASH,
  UPPER,
} from './byte-classes.ts';
import { PLAIN, SOFT, VALUE } from './line-tokens.ts';
import { isHostName } from './host-name.ts';

/** `eth0`, `http2`, `utf8`: names rather than values. */
const SHORT_NAME_BYTES_MAX = 5;
const SHORT_NAME_DIGITS_MAX = 2;
/** Only the letters a to f in a row of so many are hex digits and no word. */
const HEX_BYTES_MIN = 8;

const UNDERSCORE = 0x5f;
const OPEN_PARENTHESIS = 0x28;
const SIGNS_INSIDE = DOT | COLON | SLASH | BACKSLASH | AT | SIGN;

/** `classes` are those of its bytes, `next` is the byte after it. */
export function classifyChunk(
  bytes: Uint8Array,
  start: number,
  end: number,
  classes: number,
  next: number,
): number {
  const isCall = next === OPEN_PARENTHESIS;
  if ((classes & DIGIT) !== 0) return classifyDigits(bytes, start, end, classes, isCall);
  if ((classes & SLASH) !== 0) return classifyPath(bytes, start, end, classes);
  if ((classes & BACKSLASH) !== 0) {
    const isPath = (classes & COLON) !== 0 || countOf(bytes, start, end, BACKSLASH) > 1;
    return isPath ? VALUE : PLAIN;
  }
  if ((classes & AT) !== 0) return isInside(bytes, start, end, AT) ? VALUE : PLAIN;
  if ((classes & DOT) !== 0) {
    // `db.example.com` is a value; `com.example.Class` and `file.txt` may be.
    if (isCall || !isInside(bytes, start, end, DOT)) return PLAIN;
    return isHostName(bytes, start, end, classes) ? VALUE : SOFT;
  }
  if ((classes & COLON) !== 0) return PLAIN;
  const isHex = (classes & (HEX_LETTER | LETTER | SIGN)) === HEX_LETTER;
  return isHex && end - start >= HEX_BYTES_MIN ? VALUE : PLAIN;
}

function classifyDigits(
  bytes: Uint8Array,
  start: number,
  end: number,
  classes: number,
  isCall: boolean,
): number {
  if (((BYTE_CLASSES[bytes[start] ?? 0] ?? 0) & ANY_LETTER) === 0) return VALUE;
  const digits = countOf(bytes, start, end, DIGIT);
  if (digits > SHORT_NAME_DIGITS_MAX) return VALUE;
  // `jk2_init(`, `Oauth2Client.get(` are names of functions.
  if (isCall && (classes & (SLASH | AT | COLON | BACKSLASH)) === 0 && end - start > 3 * digits) {
    return PLAIN;
  }
  if ((classes & SIGNS_INSIDE) !== 0) return VALUE;
  // `SOCKS5`, `BASE64`: names of things, as long as they are not of one thing among many.
  if (isUpper(bytes, start, end)) return SOFT;
  return end - start <= SHORT_NAME_BYTES_MAX || isDigitInside(bytes, start, end) ? SOFT : VALUE;
}

// `input/output` is a word, `node/link/card` may be, `/var/log`, `./a`, `~/a` and URLs are values.
function classifyPath(bytes: Uint8Array, start: number, end: number, classes: number): number {
  if (end - start === 1) return PLAIN;
  const first = BYTE_CLASSES[bytes[start] ?? 0] ?? 0;
  if ((first & ANY_LETTER) === 0) return (classes & ANY_LETTER) === 0 ? PLAIN : VALUE;
  if ((classes & COLON) !== 0) return VALUE;
  return (classes & DOT) !== 0 || countOf(bytes, start, end, SLASH) > 1 ? SOFT : PLAIN;
}

function isUpper(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    if (((BYTE_CLASSES[bytes[at] ?? 0] ?? 0) & (UPPER | DIGIT)) === 0) return false;
  }
  return true;
}

// `flush2Disk`, `Base64Encoder`: one or two digits with letters on both sides.
function isDigitInside(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end && isLetter(bytes[at])) at += 1;
  if (at === start) return false;
  while (at < end && ((BYTE_CLASSES[bytes[at] ?? 0] ?? 0) & DIGIT) !== 0) at += 1;
  const after = at;
  while (at < end && isLetter(bytes[at])) at += 1;
  return at === end && at > after;
}

function isLetter(byte = 0): boolean {
  return ((BYTE_CLASSES[byte] ?? 0) & ANY_LETTER) !== 0 && byte !== UNDERSCORE;
}

function countOf(bytes: Uint8Array, start: number, end: number, wanted: number): number {
  let count = 0;
  for (let at = start; at < end; at += 1) {
    if (((BYTE_CLASSES[bytes[at] ?? 0] ?? 0) & wanted) !== 0) count += 1;
  }
  return count;
}

/** Whether one of the class stands between two letters. */
function isInside(bytes: Uint8Array, start: number, end: number, wanted: number): boolean {
  for (let at = start + 1; at < end - 1; at += 1) {
    if (((BYTE_CLASSES[bytes[at] ?? 0] ?? 0) & wanted) === 0) continue;
    const before = BYTE_CLASSES[bytes[at - 1] ?? 0] ?? 0;
    const after = BYTE_CLASSES[bytes[at + 1] ?? 0] ?? 0;
    if ((before & ANY_LETTER) !== 0 && (after & ANY_LETTER) !== 0) return true;
  }
  return false;
}
