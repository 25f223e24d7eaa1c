/**
 * The fields at the end of an OpenIM record: the JSON that zap's console encoder appends and, without its
 * head, that of its JSON encoder. Keys stay as they are written, `msg`, `time` and `level` among them:
 * there they are fields. Of a key written twice the first value stays: the context's go before a
 * call site's.
 *
 * Read by hand, pair by pair: that is faster than making an object only to take it apart
 * (`npm run bench -- lines`), sees repeated keys and gets something out of JSON that was cut.
 */
import type { AttributeValue } from '@tendril/model/attribute';
import { DEFAULT_LIMITS } from '@tendril/model/limits';
import { addNested, isDeeperThan } from '../json-fields.ts';
import { jsonEnd, stringEnd } from '../json-fragment.ts';
import { parseJson } from '../json-text.ts';

export type ContextFields = Map<string, AttributeValue>;

/** Adds the pairs of the object that begins at `start` as far as they are JSON; true when it ends at `end`. */
export function addContext(
  text: string,
  { start, end }: { readonly start: number; readonly end: number },
  fields: ContextFields,
): boolean {
  let at = start + 1;
  if (text.charCodeAt(start) !== OPEN_BRACE) return false;
  if (text.charCodeAt(at) === CLOSE_BRACE) return at + 1 === end;
  while (at < end) {
    if (text.charCodeAt(at) === BLANK) at += 1;
    at = addPair(text, at, fields);
    if (at < 0) return false;
    const next = text.charCodeAt(at);
    at += 1;
    if (next === CLOSE_BRACE) return at === end;
    if (next !== COMMA) return false;
  }
  return false;
}

const BLANK = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

// Index after the pair, or -1.
function addPair(text: string, start: number, fields: ContextFields): number {
  if (text.charCodeAt(start) !== QUOTE) return -1;
  const nameEnd = stringEnd(text, start);
  if (nameEnd < 0 || text.charCodeAt(nameEnd + 1) !== COLON) return -1;
  const name = textOf(text, start, nameEnd);
  if (name === undefined) return -1;
  const at = text.charCodeAt(nameEnd + 2) === BLANK ? nameEnd + 3 : nameEnd + 2;
  const first = text.charCodeAt(at);
  if (first === QUOTE) return addText(text, at, { name, fields });
  if (first === OPEN_BRACE || first === OPEN_BRACKET) {
    return addMap(text, at, { name, fields });
  }
  return addScalar(text, at, { name, fields });
}

interface Target {
  readonly name: string;
  readonly fields: ContextFields;
}

function addText(text: string, start: number, { name, fields }: Target): number {
  const end = stringEnd(text, start);
  if (end < 0) return -1;
  const value = textOf(text, start, end);
  if (value === undefined) return -1;
  if (!fields.has(name)) fields.set(name, value);
  return end + 1;
}

// Between the quotes at `start` and `end`; undefined when it is no JSON.
function textOf(text: string, start: number, end: number): string | undefined {
  const inner = text.slice(start + 1, end);
  if (!inner.includes('\\')) return inner;
  const value = parseJson(text.slice(start, end + 1));
  return typeof value === 'string' ? value : undefined;
}

function addMap(text: string, start: number, { name, fields }: Target): number {
  const end = jsonEnd(text, start);
  const value = end < 0 ? undefined : parseJson(text.slice(start, end));
  if (value === undefined || isDeeperThan(value, DEFAULT_LIMITS.nestingDepthMax - 1)) return -1;
  addNested(value, name, (key, leaf) => {
    if (!fields.has(key)) fields.set(key, leaf);
  });
  return end;
}

const SCALAR = /(?:-?\d[\d.eE+-]{0,400}|true|false|null)(?=[,}])/y;

function addScalar(text: string, start: number, { name, fields }: Target): number {
  const number = smallNumber(text, start);
  if (number) {
    if (!fields.has(name)) fields.set(name, number.value);
    return number.end;
  }
  SCALAR.lastIndex = start;
  if (!SCALAR.test(text)) return -1;
  const end = SCALAR.lastIndex;
  const value = parseJson(text.slice(start, end));
  if (value === undefined) return -1;
  if (!fields.has(name)) addNested(value, name, (key, leaf) => fields.set(key, leaf));
  return end;
}

const DIGITS_MAX = 15;

// Integers of few digits are nearly all numbers there are.
function smallNumber(
  text: string,
  start: number,
): { readonly value: number; readonly end: number } | undefined {
  const isNegative = text.charCodeAt(start) === MINUS;
  const first = isNegative ? start + 1 : start;
  let value = 0;
  let at = first;
  for (let digit = text.charCodeAt(at) - 0x30; digit >= 0 && digit <= 9; at += 1) {
    value = value * 10 + digit;
    digit = text.charCodeAt(at + 1) - 0x30;
  }
  const next = text.charCodeAt(at);
  if (at === first || at - first > DIGITS_MAX || (next !== COMMA && next !== CLOSE_BRACE))
    return undefined;
  // JSON has no leading zeros.
  if (text.charCodeAt(first) === 0x30 && at - first > 1) return undefined;
  return { value: isNegative ? 0 - value : value, end: at };
}
