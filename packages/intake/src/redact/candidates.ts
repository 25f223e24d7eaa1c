/**
 * The search for places that may hold a secret: the part of the redactor that every byte of every
 * record goes through. It never allocates, and what it passes over is clean by definition, since the
 * rules are applied nowhere but at the places it names.
 *
 * One table look-up per byte, four at a time. Numbers are found by looking at every fourth byte: what
 * is 11 digits long, or 13 with separators, has two digits at such a distance.
 * Measured by bench/src/micro/redact.ts.
 */
import { clusterEnd, clusterIsSuspicious, clusterStart } from './digits.ts';
import type { KeyTrie } from './key-trie.ts';
import type { PrefixRule } from './prefix-rules.ts';
import { isMarkColon } from './mark.ts';
import { isAlphanumeric, isDigit, isLetter } from './raw-text.ts';

/** What a byte may begin, one bit each. */
export const BYTE_PAIR = 1;
export const BYTE_ENCODED = 2;
export const BYTE_AT = 4;
export const BYTE_SCHEME = 8;
export const BYTE_PREFIX = 16;
export const BYTE_FLAG = 32;
export const BYTE_DIGIT = 128;
const BYTE_ANCHORS = 127;

/** What may stand between a key and its separator: quotes with their escapes, blanks, colours. */
const KEY_GAP_MAX = 24;
/** Of a command-line flag. */
const FLAG_LENGTH_MAX = 48;

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

export function createCandidateSearch(
  trie: KeyTrie,
  rules: readonly PrefixRule[],
): CandidateSearch {
  const kinds = byteKinds(rules);
  const prefixes = indexPrefixes(rules);

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

  function next(bytes: Uint8Array, from: number, end: number, floor: number): number {
    let digitBefore = 0;
    // Clusters of digits before this have been looked at.
    let digitsDone = from;
    let at = from;
    for (; at + 3 < end; at += 4) {
      const first = kinds[bytes[at] ?? 0] ?? 0;
      const second = kinds[bytes[at + 1] ?? 0] ?? 0;
      const third = kinds[bytes[at + 2] ?? 0] ?? 0;
      const fourth = kinds[bytes[at + 3] ?? 0] ?? 0;
      const digit = first & BYTE_DIGIT;
      if ((digit & digitBefore) !== 0 && at >= digitsDone) {
        const start = clusterStart(bytes, at, floor);
        digitsDone = clusterEnd(bytes, at, end);
        if (clusterIsSuspicious(bytes, start, digitsDone)) return start;
      }
      digitBefore = digit;
      if (((first | second | third | fourth) & BYTE_ANCHORS) === 0) continue;
      if ((first & BYTE_ANCHORS) !== 0 && isCandidate(bytes, at, end, floor)) return at;
      if ((second & BYTE_ANCHORS) !== 0 && isCandidate(bytes, at + 1, end, floor)) return at + 1;
      if ((third & BYTE_ANCHORS) !== 0 && isCandidate(bytes, at + 2, end, floor)) return at + 2;
      if ((fourth & BYTE_ANCHORS) !== 0 && isCandidate(bytes, at + 3, end, floor)) return at + 3;
    }
    return nextInTail(bytes, at, end, floor, digitBefore, digitsDone);
  }

  /** The last bytes, fewer than four; the first of them is the last of the distances looked at. */
  function nextInTail(
    bytes: Uint8Array,
    from: number,
    end: number,
    floor: number,
    digitBefore: number,
    digitsDone: number,
  ): number {
    if (from < end && digitBefore !== 0 && from >= digitsDone && isDigit(bytes[from] ?? 0)) {
      const start = clusterStart(bytes, from, floor);
      if (clusterIsSuspicious(bytes, start, clusterEnd(bytes, from, end))) return start;
    }
    for (let at = from; at < end; at++) {
      const kind = (kinds[bytes[at] ?? 0] ?? 0) & BYTE_ANCHORS;
      if (kind !== 0 && isCandidate(bytes, at, end, floor)) return at;
    }
    return -1;
  }

  return { next, kinds };
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

/** `Bearer …` and `Basic …`, at their `b`. */
function isScheme(bytes: Uint8Array, at: number, end: number): boolean {
  if (at + 8 >= end) return false;
  const second = (bytes[at + 1] ?? 0) | 0x20;
  const third = (bytes[at + 2] ?? 0) | 0x20;
  if (second === 0x65) return third === 0x61 && ((bytes[at + 5] ?? 0) | 0x20) === 0x72;
  return second === 0x61 && third === 0x73 && ((bytes[at + 4] ?? 0) | 0x20) === 0x63;
}

/** `--password …`, at the first dash. */
function isFlag(trie: KeyTrie, bytes: Uint8Array, at: number, end: number, floor: number): boolean {
  if (at + 3 >= end || bytes[at + 1] !== 0x2d || !isLetter(bytes[at + 2] ?? 0)) return false;
  const stop = Math.min(end, at + FLAG_LENGTH_MAX);
  let flagEnd = at + 2;
  while (flagEnd < stop && isFlagCharacter(bytes[flagEnd] ?? 0)) flagEnd += 1;
  return bytes[flagEnd] === 0x20 && trie.matches(bytes, flagEnd, floor);
}

export function isFlagCharacter(code: number): boolean {
  return isAlphanumeric(code) || code === 0x2d || code === 0x5f;
}

/** An `@` inside a word: an address, or the end of credentials. Go modules (`tools@v0.0.50`) are not. */
function isAddress(bytes: Uint8Array, at: number, end: number, floor: number): boolean {
  if (at === floor || at + 1 >= end) return false;
  const before = bytes[at - 1] ?? 0;
  const after = bytes[at + 1] ?? 0;
  if (before <= 0x22 || after <= 0x22 || before === 0x40) return false;
  return !(after === 0x76 && isDigit(bytes[at + 2] ?? 0));
}

function byteKinds(rules: readonly PrefixRule[]): Uint8Array {
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
  add('bB', BYTE_SCHEME);
  add('-', BYTE_FLAG);
  add('0123456789', BYTE_DIGIT);
  for (const { prefix, anchor } of rules) add(prefix.charAt(anchor), BYTE_PREFIX);
  return kinds;
}

interface BytePrefix {
  readonly bytes: Uint8Array;
  readonly anchor: number;
}

interface PrefixIndex {
  /** By two bytes, the second the anchor: index into `rules`, 0 for none. */
  readonly buckets: Uint8Array;
  readonly rules: readonly (readonly BytePrefix[])[];
}

function indexPrefixes(rules: readonly PrefixRule[]): PrefixIndex {
  const buckets = new Uint8Array(256 * 256);
  const lists: BytePrefix[][] = [[]];
  for (const { prefix, anchor } of rules) {
    const bytes = Buffer.from(prefix, 'latin1');
    const slot = ((bytes[anchor - 1] ?? 0) << 8) | (bytes[anchor] ?? 0);
    if (buckets[slot] === 0) buckets[slot] = lists.push([]) - 1;
    lists[buckets[slot] ?? 0]?.push({ bytes, anchor });
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
    if (startsWith(prefix.bytes, bytes, at - prefix.anchor, end, floor)) return true;
  }
  return false;
}

function startsWith(
  prefix: Uint8Array,
  bytes: Uint8Array,
  start: number,
  end: number,
  floor: number,
): boolean {
  if (start < floor || start + prefix.length >= end) return false;
  for (let index = 0; index < prefix.length; index++) {
    if (bytes[start + index] !== prefix[index]) return false;
  }
  return true;
}
