/**
 * The search for places that may hold a secret: the part of the redactor that every byte of every
 * record goes through. It never allocates, and what it passes over is clean by definition, since the
 * rules are applied nowhere but at the places it names.
 *
 * One table look-up per byte. A place is worth a look when a byte and the one before it are in the
 * same gate: a pair of letters that is rare in prose and that some secret has near its beginning.
 * Numbers are found four bytes at a time: what is 11 digits or more, separators included, fills two
 * blocks in a row. Measured by bench/src/micro/redact.ts.
 */
import assert from 'node:assert';
import { afterCluster, clusterEnd, clusterIsSuspicious, clusterStart } from './digits.ts';
import { createKeyTrie } from './key-trie.ts';
import type { KeyTrie } from './key-trie.ts';
import type { PrefixRule } from './prefix-rules.ts';
import { isMarkColon } from './mark.ts';
import { isAlphanumeric, isDigit, isLetter } from './raw-text.ts';

/** What may be read at a byte that has come through a gate; one bit each. */
export const BYTE_PAIR = 1;
export const BYTE_ENCODED = 2;
export const BYTE_AT = 4;
/** Second letter of `Bearer` and `Basic`. */
export const BYTE_SCHEME = 8;
export const BYTE_PREFIX = 16;
/** Second dash of `--password`. */
export const BYTE_FLAG = 32;
export const BYTE_DIGIT = 64;

const DIGITS = '0123456789';
const ANY = String.fromCharCode(...Array.from({ length: 256 }, (_, code) => code));
/** What else than a letter may stand before the colon of a key: see `isKeyGap`, and `"password2":`. */
const KEY_GAPS = ' \t"\'\\`[]';

type Gate = readonly [first: string, second: string];

/**
 * Characters that may come first, and second. At most eight, one bit each; the pairs of one gate
 * should be rare together, since all combinations come through. Of keys only the last letters count,
 * and no digits before a colon: most colons are in times, ports and places in a source file.
 */
function gatesOf(keyEndings: readonly string[]): readonly Gate[] {
  const lastLetters = keyEndings.map((ending) => ending.slice(-1)).join('');
  return [
    [ANY, '@%='],
    [lastLetters + lastLetters.toUpperCase() + KEY_GAPS + 'm', ':>'],
    ['bB', 'eEaA'],
    ['o', 'kx'],
    ['gbkm_', 'h_v'],
    ['hl', 'fp'],
    // The second half are the last two bytes of Chinese words for password, token and code.
    ['ASLIyG\xa0\xbb\x89\x92\xa2', 'KITzJ.g\x81\xa4\x8c\xa5\xbc'],
    ['kpX-', '-B'],
  ];
}

/** Layout of an entry of the byte table: gates as second byte, gates as first, digits. */
const GATE_BITS = 0xff;
const FIRST_SHIFT = 8;
/** Digits and what may separate them. */
const NUMBER_BIT = 1 << 16;

/** What may stand between a key and its separator: quotes with their escapes, blanks, colours. */
const KEY_GAP_MAX = 24;
const HOST_LENGTH_MAX = 256;
/** Of the credentials in a URL. */
const AUTHORITY_LENGTH_MAX = 512;
/** Of a command-line flag. */
const FLAG_LENGTH_MAX = 48;

const BLOCK = 4;
const ESCAPE = 0x1b;
const GREATER = 0x3e;
const LETTER_M = 0x6d;

export interface CandidateSearch {
  /**
   * First place at or after `from` that may hold a secret, -1 when there is none before `end`.
   * Nothing before `floor` is looked at. For a number the place is where its digits begin.
   */
  next(bytes: Uint8Array, from: number, end: number, floor: number): number;
  /** By byte: the bits above. */
  readonly kinds: Uint8Array;
}

export interface CandidateSearchOptions {
  /** Endings of keys with secret values: lower-case letters. */
  readonly keyEndings: readonly string[];
  readonly parameterKeys: readonly string[];
  readonly prefixRules: readonly PrefixRule[];
}

export function createCandidateSearch({
  keyEndings,
  parameterKeys,
  prefixRules,
}: CandidateSearchOptions): CandidateSearch {
  const trie = createKeyTrie(keyEndings, parameterKeys);
  const gates = gatesOf([...keyEndings, ...parameterKeys]);
  const table = byteTable(gates);
  const kinds = byteKinds(prefixRules, gates);
  const prefixes = indexPrefixes(prefixRules);

  function isCandidate(bytes: Uint8Array, at: number, end: number, floor: number): boolean {
    const code = bytes[at] ?? 0;
    const kind = kinds[code] ?? 0;
    if ((kind & BYTE_PAIR) !== 0 && isPair(trie, bytes, at, end, floor)) return true;
    if ((kind & BYTE_PREFIX) !== 0 && at > floor) {
      const bucket = prefixes.buckets[((bytes[at - 1] ?? 0) << 8) | code] ?? 0;
      if (bucket !== 0 && hasPrefix(prefixes.rules[bucket] ?? [], bytes, at, end, floor)) {
        return true;
      }
    }
    if ((kind & BYTE_SCHEME) !== 0 && isScheme(bytes, at, end)) return true;
    if ((kind & BYTE_FLAG) !== 0 && isFlag(trie, bytes, at, end, floor)) return true;
    if ((kind & BYTE_AT) !== 0 && isAddress(bytes, at, end, floor)) return true;
    return (kind & BYTE_ENCODED) !== 0 && isEncodedPair(trie, bytes, at, end, floor);
  }

  /** Start of the number in the block at `at` when it may be one, else -1. Sets `digitsDone`. */
  let digitsDone = 0;
  function numberAt(bytes: Uint8Array, at: number, end: number, floor: number): number {
    let digit = at;
    while (digit < at + BLOCK && !isDigit(bytes[digit] ?? 0)) digit += 1;
    if (digit === at + BLOCK || digit < digitsDone) return -1;
    const start = clusterStart(bytes, digit, floor);
    const stop = clusterEnd(bytes, digit, end);
    digitsDone = afterCluster(digit, stop);
    return clusterIsSuspicious(bytes, start, stop) ? start : -1;
  }

  function next(bytes: Uint8Array, from: number, end: number, floor: number): number {
    let last = from > floor ? (table[bytes[from - 1] ?? 0] ?? 0) : 0;
    let numbersBefore = 0;
    let at = from;
    const blocksEnd = end - BLOCK;
    digitsDone = from;
    while (at <= blocksEnd) {
      let first = 0;
      let second = 0;
      let third = 0;
      let fourth = 0;
      let numbers = 0;
      let found = 0;
      // Nothing is called in here, so that all of it stays in registers.
      while (at <= blocksEnd) {
        first = table[bytes[at] ?? 0] ?? 0;
        second = table[bytes[at + 1] ?? 0] ?? 0;
        third = table[bytes[at + 2] ?? 0] ?? 0;
        fourth = table[bytes[at + 3] ?? 0] ?? 0;
        numbers = first & second & third & fourth & NUMBER_BIT;
        found =
          ((((last >> FIRST_SHIFT) & first) |
            ((first >> FIRST_SHIFT) & second) |
            ((second >> FIRST_SHIFT) & third) |
            ((third >> FIRST_SHIFT) & fourth)) &
            GATE_BITS) |
          (numbers & numbersBefore);
        if (found !== 0) break;
        numbersBefore = numbers;
        last = fourth;
        at += BLOCK;
      }
      if (found === 0) break;
      if ((numbers & numbersBefore) !== 0) {
        const start = numberAt(bytes, at, end, floor);
        if (start !== -1) return start;
      }
      if (isGate(last, first) && isCandidate(bytes, at, end, floor)) return at;
      if (isGate(first, second) && isCandidate(bytes, at + 1, end, floor)) return at + 1;
      if (isGate(second, third) && isCandidate(bytes, at + 2, end, floor)) return at + 2;
      if (isGate(third, fourth) && isCandidate(bytes, at + 3, end, floor)) return at + 3;
      numbersBefore = numbers;
      last = fourth;
      at += BLOCK;
    }
    // No number begins and ends in the last three bytes without filling two blocks before.
    for (; at < end; at++) {
      const entry = table[bytes[at] ?? 0] ?? 0;
      if (isGate(last, entry) && isCandidate(bytes, at, end, floor)) return at;
      last = entry;
    }
    return -1;
  }

  return { next, kinds };
}

function isGate(before: number, entry: number): boolean {
  return ((before >> FIRST_SHIFT) & entry & GATE_BITS) !== 0;
}

/** Where the key ends whose separator is at `at`. */
export function keyEndBefore(bytes: Uint8Array, at: number, floor: number): number {
  let end = at;
  const stop = Math.max(floor, at - KEY_GAP_MAX);
  while (end > stop) {
    const code = bytes[end - 1] ?? 0;
    if (isKeyGap(code)) end -= 1;
    else if (code === 0x32 && isEncodedQuote(bytes, end, stop)) end -= 3;
    else if (code === LETTER_M) {
      const colour = colourLengthBefore(bytes, end, stop);
      if (colour === 0) break;
      end -= colour;
    } else break;
  }
  return end;
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

function isEncodedQuote(bytes: Uint8Array, end: number, stop: number): boolean {
  return end - 3 >= stop && bytes[end - 2] === 0x32 && bytes[end - 3] === 0x25;
}

/** Length of `ESC [ … m` before `end`. */
function colourLengthBefore(bytes: Uint8Array, end: number, stop: number): number {
  let at = end - 2;
  while (at >= stop && (isDigit(bytes[at] ?? 0) || bytes[at] === 0x3b)) at -= 1;
  return at > stop && bytes[at] === 0x5b && bytes[at - 1] === ESCAPE ? end - at + 1 : 0;
}

function isPair(trie: KeyTrie, bytes: Uint8Array, at: number, end: number, floor: number): boolean {
  if (at === floor || at + 1 >= end) return false;
  const before = bytes[at - 1] ?? 0;
  // Most keys end in a letter; the others are quoted, numbered or coloured.
  const isDirect = isLetter(before) && before !== LETTER_M;
  if (!isDirect && bytes[at] === GREATER) return false;
  if (!isDirect && !isKeyGap(before) && !isDigit(before) && before !== LETTER_M) return false;
  const keyEnd = isDirect ? at : keyEndBefore(bytes, at, floor);
  return trie.matches(bytes, keyEnd, floor) && !isMarkColon(bytes, at, floor);
}

/** `%3D` and `%3A`. */
function isEncodedPair(
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
function isScheme(bytes: Uint8Array, at: number, end: number): boolean {
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
function isFlag(trie: KeyTrie, bytes: Uint8Array, at: number, end: number, floor: number): boolean {
  if (at + 2 >= end || bytes[at - 1] !== 0x2d || !isLetter(bytes[at + 1] ?? 0)) return false;
  const stop = Math.min(end, at + FLAG_LENGTH_MAX);
  let flagEnd = at + 1;
  while (flagEnd < stop && isFlagCharacter(bytes[flagEnd] ?? 0)) flagEnd += 1;
  return bytes[flagEnd] === 0x20 && trie.matches(bytes, flagEnd, floor);
}

export function isFlagCharacter(code: number): boolean {
  return isAlphanumeric(code) || code === 0x2d || code === 0x2e || code === 0x5f;
}

/**
 * An `@` between a name and a domain, or between credentials and a host. Versions of Go modules
 * (`tools@v0.0.50`), places (`Election@774`) and objects (`Token@1a2b3c`) are neither.
 */
function isAddress(bytes: Uint8Array, at: number, end: number, floor: number): boolean {
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

/** Whether `://` begins the run of characters before `at`. */
function isInUrl(bytes: Uint8Array, at: number, floor: number): boolean {
  const stop = Math.max(floor, at - AUTHORITY_LENGTH_MAX);
  let start = at;
  while (start > stop && (bytes[start - 1] ?? 0) > 0x22 && bytes[start - 1] !== 0x2f) start -= 1;
  return start - 3 >= floor && bytes[start - 1] === 0x2f && bytes[start - 2] === 0x2f;
}

function byteTable(gates: readonly Gate[]): Uint32Array {
  const entries = new Uint32Array(256);
  const add = (characters: string, bits: number): void => {
    for (let index = 0; index < characters.length; index++) {
      const code = characters.charCodeAt(index);
      entries[code] = (entries[code] ?? 0) | bits;
    }
  };
  gates.forEach(([first, second], gate) => {
    add(first, 1 << (gate + FIRST_SHIFT));
    add(second, 1 << gate);
  });
  add(DIGITS, NUMBER_BIT);
  add(' -', NUMBER_BIT);
  return entries;
}

function byteKinds(rules: readonly PrefixRule[], gates: readonly Gate[]): Uint8Array {
  const kinds = new Uint8Array(256);
  const add = (characters: string, kind: number): void => {
    for (const character of characters) {
      const code = character.charCodeAt(0);
      kinds[code] = (kinds[code] ?? 0) | kind;
    }
  };
  add('=:>', BYTE_PAIR);
  add('%', BYTE_ENCODED);
  add('@', BYTE_AT);
  add('eEaA', BYTE_SCHEME);
  add('-', BYTE_FLAG);
  add(DIGITS, BYTE_DIGIT);
  for (const { prefix, anchor } of rules) {
    const pair = prefix.slice(anchor - 1, anchor + 1);
    assert(
      gates.some(
        ([first, second]) => first.includes(pair[0] ?? '') && second.includes(pair[1] ?? ''),
      ),
      `no gate lets ${pair} of ${prefix} through`,
    );
    add(prefix.charAt(anchor), BYTE_PREFIX);
  }
  return kinds;
}

interface BytePrefix {
  readonly bytes: Uint8Array;
  readonly anchor: number;
  readonly restMin: number;
}

interface PrefixIndex {
  /** By two bytes, the second the anchor: index into `rules`, 0 for none. */
  readonly buckets: Uint8Array;
  readonly rules: readonly (readonly BytePrefix[])[];
}

function indexPrefixes(rules: readonly PrefixRule[]): PrefixIndex {
  const buckets = new Uint8Array(256 * 256);
  const lists: BytePrefix[][] = [[]];
  for (const { prefix, anchor, restMin = 1 } of rules) {
    const bytes = Buffer.from(prefix, 'latin1');
    const slot = ((bytes[anchor - 1] ?? 0) << 8) | (bytes[anchor] ?? 0);
    if (buckets[slot] === 0) buckets[slot] = lists.push([]) - 1;
    lists[buckets[slot] ?? 0]?.push({ bytes, anchor, restMin });
  }
  return { buckets, rules: lists };
}

function hasPrefix(
  prefixes: readonly BytePrefix[],
  bytes: Uint8Array,
  at: number,
  end: number,
  floor: number,
): boolean {
  for (const prefix of prefixes) {
    if (startsWith(prefix, bytes, at, end, floor)) return true;
  }
  return false;
}

function startsWith(
  prefix: BytePrefix,
  bytes: Uint8Array,
  at: number,
  end: number,
  floor: number,
): boolean {
  const start = at - prefix.anchor;
  const restStart = start + prefix.bytes.length;
  if (start < floor || restStart + prefix.restMin > end) return false;
  for (let index = 0; index < prefix.bytes.length; index++) {
    if (bytes[start + index] !== prefix.bytes[index]) return false;
  }
  for (let index = restStart; index < restStart + prefix.restMin - 1; index++) {
    if ((bytes[index] ?? 0) <= 0x20) return false;
  }
  return true;
}
