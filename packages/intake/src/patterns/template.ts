/** The text of a pattern: the line's words, with `<*>` where values are. */
import { decodeUtf8 } from '@tendril/columns/utf8';
import { DELIMITER, PLAIN, SOFT, type LineTokens } from './line-tokens.ts';
import { lastOfRun } from './pattern-hash.ts';

export const WILDCARD = '<*>';
/** Longer templates are cut; nobody reads further. */
const TEMPLATE_LENGTH_MAX = 1024;

/** With soft words kept. */
export function patternText(bytes: Uint8Array, tokens: LineTokens): string {
  return textOf(bytes, tokens, SOFT);
}

/** With soft words masked. */
export function skeletonText(bytes: Uint8Array, tokens: LineTokens): string {
  return textOf(bytes, tokens, PLAIN);
}

function textOf(bytes: Uint8Array, tokens: LineTokens, wordKindMax: number): string {
  const { count } = tokens;
  let text = '';
  for (let index = 0; index < count && text.length < TEMPLATE_LENGTH_MAX; index += 1) {
    if (text !== '' && tokens.hasGap(index)) text += ' ';
    text += tokenText(bytes, tokens, index, wordKindMax);
    index = lastAt(tokens, index, wordKindMax);
  }
  return text;
}

/** What each value of the skeleton is in this line's pattern. */
export function slotTexts(bytes: Uint8Array, tokens: LineTokens): string[] {
  const { count } = tokens;
  const slots: string[] = [];
  for (let index = 0; index < count; index += 1) {
    if (!isValue(tokens, index, PLAIN)) continue;
    const last = lastOfRun(tokens, index, PLAIN);
    let text = '';
    for (; index <= last; index += 1) {
      if (text !== '' && tokens.hasGap(index)) text += ' ';
      text += tokenText(bytes, tokens, index, SOFT);
    }
    index = last;
    slots.push(text);
  }
  return slots;
}

function tokenText(
  bytes: Uint8Array,
  tokens: LineTokens,
  index: number,
  wordKindMax: number,
): string {
  if (isValue(tokens, index, wordKindMax)) return WILDCARD;
  return decodeUtf8(bytes, tokens.starts[index] ?? 0, tokens.ends[index] ?? 0);
}

function lastAt(tokens: LineTokens, index: number, wordKindMax: number): number {
  return isValue(tokens, index, wordKindMax) ? lastOfRun(tokens, index, wordKindMax) : index;
}

function isValue({ kinds }: LineTokens, index: number, wordKindMax: number): boolean {
  return (kinds[index] ?? DELIMITER) > wordKindMax;
}

/** The skeleton with those values filled in that all of the patterns agree on. */
export function sharedTemplate(skeleton: string, patterns: readonly (readonly string[])[]): string {
  const pieces = skeleton.split(WILDCARD);
  const [first, ...others] = patterns;
  // A line that has the wildcard itself, or was cut: its slots cannot be told.
  if (first?.length !== pieces.length - 1) return skeleton;
  const slots = first.map((slot, index) =>
    others.every((other) => other[index] === slot) ? slot : WILDCARD,
  );
  return pieces.map((piece, index) => piece + (slots[index] ?? '')).join('');
}
