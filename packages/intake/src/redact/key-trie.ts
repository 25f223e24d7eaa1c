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
}

export function createKeyTrie(
  endings: readonly string[],
  parameterKeys: readonly string[],
): KeyTrie {
  const { children, ends } = buildTrie(endings, parameterKeys);

  return {
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
