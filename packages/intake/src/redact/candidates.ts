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
import { afterCluster, clusterEnd, clusterIsSuspicious, clusterStart } from './digits.ts';
import { byteKinds, byteTable, gatesOf, KINDS, LAYOUT } from './gates.ts';
import type { GateList } from './gate-list.ts';
import { createKeyTrie } from './key-trie.ts';
import { isAddress, isEncodedPair, isFlag, isPair, isScheme } from './places.ts';
import type { PrefixRule } from './prefix-rules.ts';
import { isDigit } from './raw-text.ts';

const { DIGIT_SHIFT, FIRST_SHIFT, GATE_BITS, NUMBER_BIT } = LAYOUT;
const { BYTE_AT, BYTE_ENCODED, BYTE_FLAG, BYTE_PAIR, BYTE_PREFIX, BYTE_SCHEME } = KINDS;

/** Bytes that are looked at together. */
const BLOCK = 4;

export interface CandidateSearch {
  /**
   * First place at or after `from` that may hold a secret, -1 when there is none before `end`.
   * Nothing before `floor` is looked at. For a number the place is where its digits begin. `passed` takes
   * the gates on the way that led to nothing.
   */
  next(bytes: Uint8Array, from: number, end: number, floor: number, passed?: GateList): number;
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

  function next(
    bytes: Uint8Array,
    from: number,
    end: number,
    floor: number,
    passed?: GateList,
  ): number {
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
        // Columns are padded with blanks: without a digit among them they are no part of a number.
        numbers =
          first &
          second &
          third &
          fourth &
          ((first | second | third | fourth) >> DIGIT_SHIFT) &
          NUMBER_BIT;
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
        passed?.addNumber(at - BLOCK, at + BLOCK);
      }
      if (isGate(last, first)) {
        if (isCandidate(bytes, at, end, floor)) return at;
        passed?.add(at);
      }
      if (isGate(first, second)) {
        if (isCandidate(bytes, at + 1, end, floor)) return at + 1;
        passed?.add(at + 1);
      }
      if (isGate(second, third)) {
        if (isCandidate(bytes, at + 2, end, floor)) return at + 2;
        passed?.add(at + 2);
      }
      if (isGate(third, fourth)) {
        if (isCandidate(bytes, at + 3, end, floor)) return at + 3;
        passed?.add(at + 3);
      }
      numbersBefore = numbers;
      last = fourth;
      at += BLOCK;
    }
    // No number begins and ends in the last three bytes without filling two blocks before.
    for (; at < end; at++) {
      const entry = table[bytes[at] ?? 0] ?? 0;
      if (isGate(last, entry)) {
        if (isCandidate(bytes, at, end, floor)) return at;
        passed?.add(at);
      }
      last = entry;
    }
    passed?.finish();
    return -1;
  }

  return { next, kinds };
}

function isGate(before: number, entry: number): boolean {
  return ((before >> FIRST_SHIFT) & entry & GATE_BITS) !== 0;
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
