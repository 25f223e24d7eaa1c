/**
 * Where the value after a key's separator begins and ends, in raw text: quoted (with the escapes of
 * JSON in JSON), URL-encoded or bare.
 */
import { isAlphanumeric } from './raw-text.ts';
import type { SecretShape } from './secret-keys.ts';

/** How a value is written, hence how much its key is to be believed. */
export type ValueStyle =
  /** Between quotes. */
  | 'quoted'
  /** Right after the separator: `key=value`, `key:value`. */
  | 'tight'
  /** After a blank, as in prose: `key: value`. */
  | 'loose';

export interface Extent {
  readonly style: ValueStyle;
  readonly start: number;
  readonly end: number;
}

/**
 * A value at least this long is no word of prose, whatever it holds: it is hidden unread. So what is
 * read and then left alone is short, and hostile text costs no more than its length.
 */
export const VALUE_READ_MAX = 2048;

/** Between separator and value. */
const GAP_MAX = 16;
/** A quoted value without its closing quote ends here at the latest. */
const UNCLOSED_LENGTH_MAX = 64 * 1024;

const BACKSLASH = 0x5c;
const ESCAPE = 0x1b;
const PERCENT = 0x25;

/** Also as JSON, Go and shells write it: `\\u001b[36m`. */
const COLOUR = new RegExp(
  `(?:${String.fromCharCode(ESCAPE)}|\\\\{1,8}(?:u001b|x1b|033|e))\\[[0-9;]{0,12}m`,
  'iy',
);
/** `=>`, `:=` and `::` and `==` have their own meaning. */
const AFTER_SEPARATOR = /(?:=>|:=|[:=])/y;
const ENCODED_SEPARATOR = /%3[ADad]/y;
/** A line that is carried as text in JSON has more backslashes. */
const ENCODED_QUOTE = /%22|%27|\\{1,8}u0022|&quot;/y;

/** Where the value after the separator at `at` begins, or -1 when that is no pair. */
export function separatorEnd(raw: string, at: number): number {
  const pattern = raw.charCodeAt(at) === PERCENT ? ENCODED_SEPARATOR : AFTER_SEPARATOR;
  pattern.lastIndex = at;
  if (!pattern.test(raw)) return raw.startsWith('>', at) ? at + 1 : -1;
  const end = pattern.lastIndex;
  const next = raw.charCodeAt(end);
  return next === 0x3a || next === 0x3d || raw.startsWith('//', end) ? -1 : end;
}

export function valueExtent(raw: string, from: number, shape: SecretShape): Extent | undefined {
  const start = skipGap(raw, from);
  const quote = quoteAt(raw, start);
  if (quote !== undefined) {
    const inner = quote.end;
    const end = closingQuote(raw, quote);
    if (end !== undefined) return { style: 'quoted', start: inner, end };
    if (shape !== 'password' && /\s/.test(raw.charAt(inner))) return undefined;
    return { style: 'quoted', start: inner, end: lineEnd(raw, inner) };
  }
  const end = bareEnd(raw, start, shape);
  if (end <= start) return undefined;
  const loose = /\s/.test(raw.charAt(start - 1));
  return { style: loose ? 'loose' : 'tight', start, end };
}

/** Blanks, colours and the `[` of Go's header maps. */
function skipGap(raw: string, from: number): number {
  let at = from;
  const stop = Math.min(raw.length, from + GAP_MAX);
  while (at < stop) {
    const code = raw.charCodeAt(at);
    if (code === 0x20 || code === 0x09 || code === 0x5b) at += 1;
    else if (code === ESCAPE || code === BACKSLASH) {
      COLOUR.lastIndex = at;
      if (!COLOUR.test(raw)) return at;
      at = COLOUR.lastIndex;
    } else break;
  }
  return at;
}

interface Quote {
  /** The quote itself; `%22` and the like for the encoded ones. */
  readonly text: string;
  readonly backslashes: number;
  readonly end: number;
}

function quoteAt(raw: string, at: number): Quote | undefined {
  ENCODED_QUOTE.lastIndex = at;
  if (ENCODED_QUOTE.test(raw)) {
    const end = ENCODED_QUOTE.lastIndex;
    return { text: raw.slice(at, end), backslashes: 0, end };
  }
  let index = at;
  while (raw.charCodeAt(index) === BACKSLASH && index - at < 15) index += 1;
  const character = raw.charAt(index);
  const isQuote = character === '"' || character === "'" || character === '`';
  return isQuote ? { text: character, backslashes: index - at, end: index + 1 } : undefined;
}

/**
 * Quotes nested n deep have 2^n - 1 backslashes before them, and every backslash of the value is
 * doubled n times; so the quote that closes is preceded by the same number modulo 2 (n + 1).
 */
function closingQuote(raw: string, quote: Quote): number | undefined {
  const modulus = 2 * (quote.backslashes + 1);
  const stop = quote.end + UNCLOSED_LENGTH_MAX;
  let found = raw.indexOf(quote.text, quote.end);
  while (found !== -1 && found < stop) {
    const before = backslashesBefore(raw, found, quote.end);
    if (before % modulus === quote.backslashes) return found - quote.backslashes;
    found = raw.indexOf(quote.text, found + 1);
  }
  return undefined;
}

function backslashesBefore(raw: string, at: number, floor: number): number {
  let index = at;
  while (index > floor && raw.charCodeAt(index - 1) === BACKSLASH) index -= 1;
  return at - index;
}

function lineEnd(raw: string, from: number): number {
  const end = raw.indexOf('\n', from);
  return Math.min(end === -1 ? raw.length : end, from + UNCLOSED_LENGTH_MAX);
}

/** A bare value ends at blanks, quotes and what separates fields. */
function bareEnd(raw: string, start: number, shape: SecretShape): number {
  let at = start;
  while (at < raw.length && !endsBareValue(raw, at, shape)) at += 1;
  while (at > start && isTrailing(raw.charCodeAt(at - 1))) at -= 1;
  return at;
}

function endsBareValue(raw: string, at: number, shape: SecretShape): boolean {
  const code = raw.charCodeAt(at);
  if (isAlphanumeric(code)) return false;
  if (code <= 0x20 || code >= 0x7f) return true;
  switch (raw.charAt(at)) {
    case '"':
    case "'":
    case '`':
    case ',':
    case ';':
    case '&':
    case '<':
    case '>':
    case '|':
      return true;
    case '(':
    case ')':
    case '[':
    case ']':
    case '{':
    case '}':
      return shape !== 'password';
    case '\\':
      return /[nrtu"'\\]/.test(raw.charAt(at + 1)) || at + 1 === raw.length;
    case '%':
      return /^(?:22|26|2C|2c|20|7D|7d|0A|0a)/.test(raw.slice(at + 1, at + 3));
    default:
      return false;
  }
}

/** `{password:abc}`, `(token=abc).`: what closes a list or a sentence is not of the value. */
function isTrailing(code: number): boolean {
  return code === 0x29 || code === 0x5d || code === 0x7d || code === 0x2e || code === 0x3a;
}

/** `Cookie: a=1; b=2` without quotes: the end of the last pair. */
export function cookiesEnd(raw: string, extent: Extent): number {
  let end = extent.end;
  while (raw.startsWith('; ', end)) {
    const next = bareEnd(raw, end + 2, 'header');
    if (!raw.slice(end + 2, next).includes('=')) return end;
    end = next;
  }
  return end;
}

const JSON_KEY_END = /(\\{0,7}")[ \t]{0,4}:[ \t]{0,4}$/;

/**
 * The quote for what replaces a bare number in JSON, as the key before it has it: `"pin":1234` must
 * stay JSON. Empty elsewhere.
 */
export function jsonQuoteBefore(raw: string, start: number): string {
  return JSON_KEY_END.exec(raw.slice(Math.max(0, start - 18), start))?.[1] ?? '';
}
