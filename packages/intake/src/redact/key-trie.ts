/**
 * Reads bytes backwards from the end of a key and says whether it ends like a secret's key. It is
 * asked at every `=` and `:` of every record, so a harmless key must cost one or two steps.
 */
import { isDigit, isLetter } from './raw-text.ts';

/** The longest ending with its separators; longer keys are decided by their last letters. */
const STEPS_MAX = 48;
const LETTERS = 26;

const ENDS_SECRET = 1;
/** Secret only as a URL parameter: what is before it must be `?` or `&`. */
const ENDS_PARAMETER = 2;

export interface KeyTrie {
  /** Whether the bytes before `end`, and not before `floor`, may be a key with a secret value. */
  matches(bytes: Uint8Array, end: number, floor: number): boolean;
  /** True when the last two letters before `end` are those of no such key: what most keys end with. */
  isHarmless(bytes: Uint8Array, end: number, floor: number): boolean;
}

export function createKeyTrie(
  endings: readonly string[],
  parameterKeys: readonly string[],
): KeyTrie {
  const { children, ends } = buildTrie(endings, parameterKeys);
  const lastTwo = lastTwoLetters(children, ends);

  return {
    isHarmless(bytes, end, floor) {
      if (end - 2 < floor) return false;
      const last = bytes[end - 1] ?? 0;
      const before = bytes[end - 2] ?? 0;
      if (!isLetter(last) || !isLetter(before)) return false;
      return lastTwo[((last & LETTER_BITS) << LETTER_WIDTH) | (before & LETTER_BITS)] === 0;
    },
    matches(bytes, end, floor) {
      let node = 0;
      const stop = Math.max(floor, end - STEPS_MAX);
      for (let at = end - 1; at >= stop; at--) {
        const code = bytes[at] ?? 0;
        if (!isLetter(code)) {
          if (isSeparator(code) || (node === 0 && isDigit(code) && end - at <= 2)) continue;
          return false;
        }
        node = children[node * LETTERS + (code | 0x20) - 0x61] ?? 0;
        if (node === 0) return false;
        const mark = ends[node] ?? 0;
        if (mark === 0) continue;
        if ((mark & ENDS_SECRET) !== 0) return true;
        if (at > floor && opensParameter(bytes[at - 1] ?? 0)) return true;
      }
      return false;
    },
  };
}

/** Of a letter, whatever its case: its place in the alphabet, from 1. */
const LETTER_BITS = 0x1f;
const LETTER_WIDTH = 5;

/** By the last letter and the one before it: whether a key may end so. */
function lastTwoLetters(children: Uint16Array, ends: Uint8Array): Uint8Array {
  const pairs = new Uint8Array(1 << (2 * LETTER_WIDTH));
  for (let slot = 0; slot < LETTERS * LETTERS; slot++) {
    const [last, before] = [Math.floor(slot / LETTERS), slot % LETTERS];
    const node = children[last] ?? 0;
    if (node === 0) continue;
    const isKnown = (ends[node] ?? 0) !== 0 || (children[node * LETTERS + before] ?? 0) !== 0;
    if (isKnown) pairs[((last + 1) << LETTER_WIDTH) | (before + 1)] = 1;
  }
  return pairs;
}

/** Anywhere (`api-key`, `API key`); digits only at the end (`password2`). */
function isSeparator(code: number): boolean {
  return code === 0x5f || code === 0x2d || code === 0x2e || code === 0x20;
}

/** `?`, `&`, and the last characters of `\u0026`, `%26`, `&amp;` and `%3F`. */
function opensParameter(code: number): boolean {
  return code === 0x3f || code === 0x26 || code === 0x36 || code === 0x46 || code === 0x3b;
}

function buildTrie(
  endings: readonly string[],
  parameterKeys: readonly string[],
): { children: Uint16Array; ends: Uint8Array } {
  const letters = [...endings, ...parameterKeys].reduce((sum, name) => sum + name.length, 1);
  const children = new Uint16Array(letters * LETTERS);
  const ends = new Uint8Array(letters);
  let size = 1;
  const insert = (name: string, mark: number): void => {
    let node = 0;
    for (let index = name.length - 1; index >= 0; index--) {
      const slot = node * LETTERS + name.charCodeAt(index) - 0x61;
      if (children[slot] === 0) children[slot] = size++;
      node = children[slot] ?? 0;
    }
    ends[node] = (ends[node] ?? 0) | mark;
  };
  for (const name of endings) insert(name, ENDS_SECRET);
  for (const name of parameterKeys) insert(name, ENDS_PARAMETER);
  return { children, ends };
}
