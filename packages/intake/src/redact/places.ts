/**
 * What the search asks about a place behind a gate, in terms of bytes: cheap, and never false where a
 * rule would match.
 */
import type { KeyTrie } from './key-trie.ts';
import { isMarkColon } from './mark.ts';
import { isAlphanumeric, isDigit, isLetter } from './raw-text.ts';

/** What may stand between a key and its separator: quotes with their escapes, blanks, colours. */
const KEY_GAP_MAX = 24;
const HOST_LENGTH_MAX = 256;
/** Of the credentials in a URL. */
export const AUTHORITY_LENGTH_MAX = 512;
/** `@` in a password; more are no password but an attempt to have much text read again and again. */
export const PASSWORD_SIGNS_MAX = 3;
/** Of a command-line flag. */
const FLAG_LENGTH_MAX = 48;

const AT_SIGN = 0x40;
const QUOTE = 0x22;
const ENCODED_QUOTES = ['%22', '\\u0022', '&quot;'].map((text) => Buffer.from(text));
const OPEN_BRACKET = 0x5b;
const GREATER = 0x3e;
const LETTER_M = 0x6d;
const SEMICOLON = 0x3b;
const DIGIT_TWO = 0x32;

/** Where the key ends whose separator is at `at`. */
export function keyEndBefore(bytes: Uint8Array, at: number, floor: number): number {
  let end = at;
  const stop = Math.max(floor, at - KEY_GAP_MAX);
  while (end > stop) {
    const code = bytes[end - 1] ?? 0;
    const length = isKeyGap(code) ? 1 : longGapLength(bytes, code, end, stop);
    if (length === 0) break;
    end -= length;
  }
  return end;
}

// Most keys end in another letter: that costs no look at what is before it.
function longGapLength(bytes: Uint8Array, code: number, end: number, stop: number): number {
  if (code === LETTER_M) return colourLength(bytes, end, stop);
  return code === DIGIT_TWO || code === SEMICOLON ? quoteLength(bytes, end, stop) : 0;
}

/** What a gap may end with, and digits: `password2:`. */
function endsKeyGap(code: number): boolean {
  return isKeyGap(code) || isDigit(code) || code === LETTER_M || code === SEMICOLON;
}

/** Blank, tab, quotes, backslash, backtick, brackets. */
function isKeyGap(code: number): boolean {
  switch (code) {
    case 0x20:
    case 0x09:
    case 0x22:
    case 0x27:
    case 0x5c:
    case 0x60:
    case 0x5b:
    case 0x5d:
      return true;
    default:
      return false;
  }
}

/** Length of a quote before `end` that is written as `%22`, `\u0022` or `&quot;`, else 0. */
function quoteLength(bytes: Uint8Array, end: number, stop: number): number {
  for (const quote of ENCODED_QUOTES) {
    if (end - quote.length >= stop && isAt(bytes, end - quote.length, quote)) return quote.length;
  }
  return 0;
}

function isAt(bytes: Uint8Array, start: number, expected: Uint8Array): boolean {
  for (let index = 0; index < expected.length; index++) {
    if (bytes[start + index] !== expected[index]) return false;
  }
  return true;
}

/** As it is, and as JSON, Go and shells write it. */
const ESCAPES = ['\u001b', '\\u001b', '\\x1b', '\\033', '\\e'].map((text) => Buffer.from(text));

/** Length of `ESC [ … m` before `end`. */
function colourLength(bytes: Uint8Array, end: number, stop: number): number {
  let at = end - 2;
  while (at >= stop && (isDigit(bytes[at] ?? 0) || bytes[at] === 0x3b)) at -= 1;
  if (bytes[at] !== OPEN_BRACKET) return 0;
  for (const escape of ESCAPES) {
    const start = at - escape.length;
    if (start >= stop && isAt(bytes, start, escape)) return end - start;
  }
  return 0;
}

export function isPair(
  trie: KeyTrie,
  bytes: Uint8Array,
  at: number,
  end: number,
  floor: number,
): boolean {
  if (at === floor || at + 1 >= end) return false;
  const before = bytes[at - 1] ?? 0;
  if (trie.isHarmless(bytes, before === QUOTE ? at - 1 : at, floor)) return false;
  // Most keys end in a letter; the others are quoted, numbered or coloured.
  const isDirect = isLetter(before) && before !== LETTER_M;
  if (!isDirect && bytes[at] === GREATER) return false;
  if (!isDirect && !endsKeyGap(before)) return false;
  const keyEnd = isDirect ? at : keyEndBefore(bytes, at, floor);
  return trie.matches(bytes, keyEnd, floor) && !isMarkColon(bytes, at, floor);
}

/** `%3D` and `%3A`. */
export function isEncodedPair(
  trie: KeyTrie,
  bytes: Uint8Array,
  at: number,
  end: number,
  floor: number,
): boolean {
  if (at + 3 >= end || bytes[at + 1] !== 0x33) return false;
  const last = (bytes[at + 2] ?? 0) | 0x20;
  return (
    (last === 0x61 || last === 0x64) && trie.matches(bytes, keyEndBefore(bytes, at, floor), floor)
  );
}

/** `Bearer …` and `Basic …`, at their second letter. */
export function isScheme(bytes: Uint8Array, at: number, end: number): boolean {
  if (at + 8 >= end) return false;
  const third = (bytes[at + 1] ?? 0) | 0x20;
  if (((bytes[at] ?? 0) | 0x20) === 0x65) {
    return third === 0x61 && ((bytes[at + 4] ?? 0) | 0x20) === 0x72 && isSchemeEnd(bytes, at + 5);
  }
  return third === 0x73 && ((bytes[at + 3] ?? 0) | 0x20) === 0x63 && isSchemeEnd(bytes, at + 4);
}

/** Blank, tab, plus, percent. */
function isSchemeEnd(bytes: Uint8Array, at: number): boolean {
  const code = bytes[at] ?? 0;
  return code === 0x20 || code === 0x09 || code === 0x2b || code === 0x25;
}

/** `--password …`, at the second dash. */
export function isFlag(
  trie: KeyTrie,
  bytes: Uint8Array,
  at: number,
  end: number,
  floor: number,
): boolean {
  const flag = flagEnd(bytes, at, end);
  return flag !== -1 && trie.matches(bytes, flag, floor);
}

/** Where the flag ends whose second dash is at `at`, -1 when there is none or no blank after it. */
export function flagEnd(bytes: Uint8Array, at: number, end: number): number {
  if (at + 2 >= end || bytes[at - 1] !== 0x2d || !isLetter(bytes[at + 1] ?? 0)) return -1;
  const stop = Math.min(end, at + FLAG_LENGTH_MAX);
  let last = at + 1;
  while (last < stop && isFlagCharacter(bytes[last] ?? 0)) last += 1;
  return last < end && bytes[last] === 0x20 ? last : -1;
}

function isFlagCharacter(code: number): boolean {
  return isAlphanumeric(code) || code === 0x2d || code === 0x2e || code === 0x5f;
}

/**
 * An `@` between a name and a domain, or between credentials and a host. Versions of Go modules
 * (`tools@v0.0.50`), places (`Election@774`) and objects (`Token@1a2b3c`) are neither.
 */
export function isAddress(bytes: Uint8Array, at: number, end: number, floor: number): boolean {
  if (at === floor || at + 1 >= end) return false;
  const before = bytes[at - 1] ?? 0;
  const after = bytes[at + 1] ?? 0;
  if (before <= 0x22 || after <= 0x22) return false;
  if (after === 0x76 && isDigit(bytes[at + 2] ?? 0)) return false;
  return isHostAt(bytes, at + 1, end) || isInUrl(bytes, at, floor);
}

/** A name with a dot before a letter, or what a data source has: a port, `tcp(`, `unix(`, `[`. */
function isHostAt(bytes: Uint8Array, start: number, end: number): boolean {
  const stop = Math.min(end, start + HOST_LENGTH_MAX);
  let hasDomain = false;
  let at = start;
  for (; at < stop; at++) {
    const code = bytes[at] ?? 0;
    if (isAlphanumeric(code) || code === 0x2d) continue;
    if (code !== 0x2e) break;
    hasDomain ||= at + 1 < end && isLetter(bytes[at + 1] ?? 0);
  }
  const next = at < end ? (bytes[at] ?? 0) : 0;
  return hasDomain || next === 0x3a || next === 0x28 || next === 0x5b;
}

/** Whether `//` begins the run of characters before `at`. */
function isInUrl(bytes: Uint8Array, at: number, floor: number): boolean {
  const stop = Math.max(floor, at - AUTHORITY_LENGTH_MAX);
  let signs = 0;
  for (let start = at; start > stop; start--) {
    const code = bytes[start - 1] ?? 0;
    if (code === 0x2f) return start - 2 >= floor && bytes[start - 2] === 0x2f;
    if (code <= 0x22) return false;
    if (code === AT_SIGN && ++signs > PASSWORD_SIGNS_MAX) return false;
  }
  return false;
}
