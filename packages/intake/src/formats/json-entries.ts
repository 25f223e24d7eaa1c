/**
 * The top-level entries of a JSON object in the order they are written, repeated names included. For text
 * that JSON.parse has accepted.
 */
import { parseJson } from './json-text.ts';

const STRING = /"(?:[^"\\]|\\.)*"/y;
const NAME_END = /\s*:\s*/y;
const BETWEEN = /\s*[{,]\s*/y;
const SCALAR = /[^\s,}]+/y;

export function topLevelEntries(text: string): (readonly [string, unknown])[] {
  const entries: (readonly [string, unknown])[] = [];
  let at = after(BETWEEN, text, 0);
  while (at !== undefined) {
    const nameEnd = after(STRING, text, at);
    const start = nameEnd === undefined ? undefined : after(NAME_END, text, nameEnd);
    if (nameEnd === undefined || start === undefined) break;
    const end = valueEnd(text, start);
    entries.push([String(parseJson(text.slice(at, nameEnd))), parseJson(text.slice(start, end))]);
    at = after(BETWEEN, text, end);
  }
  return entries;
}

function after(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

function valueEnd(text: string, start: number): number {
  const first = text[start];
  if (first === '"') return after(STRING, text, start) ?? text.length;
  if (first !== '{' && first !== '[') return after(SCALAR, text, start) ?? text.length;
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') at = (after(STRING, text, at) ?? text.length) - 1;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return text.length;
}
