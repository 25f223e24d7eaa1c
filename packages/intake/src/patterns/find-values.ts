/**
 * The second pass: what a token is because of its neighbours. Units and time zones join the number
 * before them, names of days and months the number after; a single word in the place of a value is
 * soft; lists become one value.
 */
import type { LineTokens } from './line-tokens.ts';
import { DELIMITER, GONE, PLAIN, SOFT, VALUE } from './line-tokens.ts';
import { CALENDAR, PERSON, PREPOSITION, UNIT, roleOfHash } from './word-roles.ts';

const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const BACKTICK = 0x60;
const OPEN_PARENTHESIS = 0x28;
const CLOSE_PARENTHESIS = 0x29;
const COMMA = 0x2c;
const COLON = 0x3a;
const DASH = 0x2d;
const SEMICOLON = 0x3b;
const LESS = 0x3c;
const EQUALS = 0x3d;
const GREATER = 0x3e;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const VALUE_ENDS: Uint8Array = flags([
  COMMA,
  SEMICOLON,
  OPEN_PARENTHESIS,
  CLOSE_PARENTHESIS,
  OPEN_BRACKET,
  CLOSE_BRACKET,
  CLOSE_BRACE,
]);
/** 1 for delimiters that say something about their neighbours. */
const DELIMITER_RULES: Uint8Array = flags([
  EQUALS,
  COLON,
  QUOTE,
  APOSTROPHE,
  BACKTICK,
  OPEN_PARENTHESIS,
  OPEN_BRACKET,
  OPEN_BRACE,
  LESS,
  GREATER,
]);
const NEIGHBOUR_ROLES = CALENDAR | PREPOSITION | PERSON;
/** A list is three or more of a kind; two may be a pair of different things. */
const LIST_ITEMS_MIN = 3;

function flags(codes: readonly number[]): Uint8Array {
  const table = new Uint8Array(256);
  for (const code of codes) table[code] = 1;
  return table;
}

export function findValues(bytes: Uint8Array, tokens: LineTokens): void {
  const { kinds, codes, count } = tokens;
  let isLoose = false;
  for (let index = 0; index < count; index += 1) {
    const kind = kinds[index] ?? GONE;
    if (kind === PLAIN) {
      const role = roleOfHash(codes[index] ?? 0);
      if ((role & NEIGHBOUR_ROLES) !== 0) isLoose = useRole(tokens, index, role) || isLoose;
    } else if (kind === DELIMITER) {
      const code = codes[index] ?? 0;
      if ((DELIMITER_RULES[code] ?? 0) === 0) continue;
      index = afterDelimiter(bytes, tokens, index, code);
      isLoose ||= kinds[index] === GONE;
    } else if (kind === VALUE) {
      isLoose = joinUnits(tokens, index) || isLoose;
    }
  }
  if (isLoose) compact(tokens);
}

// Returns whether there are more values now.
function useRole(tokens: LineTokens, index: number, role: number): boolean {
  const { kinds, codes } = tokens;
  const next = index + 1;
  if ((role & CALENDAR) !== 0) {
    const isDate =
      kinds[next] === VALUE ||
      (kinds[index + 2] === VALUE &&
        kinds[next] === PLAIN &&
        (roleOfHash(codes[next] ?? 0) & CALENDAR) !== 0);
    if (isDate) kinds[index] = VALUE;
    return isDate;
  }
  if (kinds[next] !== PLAIN || opensBracket(tokens, next)) return false;
  // `for root from`: what stands alone between two prepositions.
  const isName =
    (role & PERSON) !== 0 ||
    (kinds[next + 1] === PLAIN && (roleOfHash(codes[next + 1] ?? 0) & PREPOSITION) !== 0);
  if (isName) kinds[next] = SOFT;
  return false;
}

// Values beside each other, or with commas between them, are one; what is gone goes.
function compact(tokens: LineTokens): void {
  const { kinds, codes, starts, ends, count } = tokens;
  let kept = 0;
  for (let index = 0; index < count; index += 1) {
    const kind = kinds[index] ?? GONE;
    if (kind === GONE) {
      // A unit or a note ends the value it belongs to.
      if (kept > 0 && kinds[kept - 1] === VALUE) ends[kept - 1] = ends[index] ?? 0;
      continue;
    }
    if (kind === VALUE) {
      const last = kept > 1 && isSeparator(codes[kept - 1] ?? 0) ? kept - 2 : kept - 1;
      if (last >= 0 && kinds[last] === VALUE) {
        ends[last] = ends[index] ?? 0;
        kept = last + 1;
        continue;
      }
    }
    kinds[kept] = kind;
    codes[kept] = codes[index] ?? 0;
    starts[kept] = starts[index] ?? 0;
    ends[kept] = ends[index] ?? 0;
    kept += 1;
  }
  tokens.count = kept;
  tokens.close();
}

/** Whether values on both sides of the delimiter are one run. */
export function isSeparator(code: number): boolean {
  return code === COMMA || code === SEMICOLON;
}

// Returns the index of the last token that is done with.
function afterDelimiter(
  bytes: Uint8Array,
  tokens: LineTokens,
  index: number,
  code: number,
): number {
  switch (code) {
    case EQUALS:
      softenAssigned(tokens, index);
      return index;
    case COLON:
      softenKeyed(tokens, index);
      return index;
    case QUOTE:
    case APOSTROPHE:
    case BACKTICK:
      return softenQuoted(tokens, index, code);
    case OPEN_PARENTHESIS:
    case OPEN_BRACKET:
    case OPEN_BRACE:
      return maskRange(bytes, tokens, index) || maskList(tokens, index, closingOf(code));
    default:
      dropComparison(tokens, index);
      return index;
  }
}

// `<1 sec` is a number.
function dropComparison(tokens: LineTokens, index: number): void {
  const { kinds } = tokens;
  if (kinds[index + 1] !== VALUE || tokens.hasGap(index + 1) || !tokens.hasGap(index)) return;
  kinds[index] = GONE;
}

function closingOf(code: number): number {
  if (code === OPEN_PARENTHESIS) return CLOSE_PARENTHESIS;
  return code === OPEN_BRACKET ? CLOSE_BRACKET : CLOSE_BRACE;
}

// `12 ms`, `3 GB (17%)`: the unit and a note in brackets are part of the value. Returns whether it
// has become one with what follows.
function joinUnits(tokens: LineTokens, index: number): boolean {
  const { kinds, codes } = tokens;
  let next = index + 1;
  if (kinds[next] === PLAIN && (roleOfHash(codes[next] ?? 0) & UNIT) !== 0) {
    kinds[next] = GONE;
    next += 1;
  }
  const code = codes[next] ?? 0;
  if (code === OPEN_PARENTHESIS || code === OPEN_BRACKET) {
    const close = closeOfValues(tokens, next);
    if (close > 0) {
      kinds.fill(GONE, next, close + 1);
      return true;
    }
  }
  if (next > index + 1 || kinds[next] === VALUE) return true;
  return isSeparator(code) && kinds[next + 1] === VALUE;
}

// Index of the bracket that closes what `open` opens when there are only values in it, a name, or
// nothing; else 0.
function closeOfValues(tokens: LineTokens, open: number): number {
  const { kinds, codes, count } = tokens;
  let index = open + 1;
  for (; index < count; index += 1) {
    const kind = kinds[index];
    if (kind === VALUE || kind === SOFT || codes[index] === COMMA) continue;
    const isUnit = kind === PLAIN && kinds[index - 1] === VALUE;
    if (!isUnit || (roleOfHash(codes[index] ?? 0) & UNIT) === 0) break;
  }
  return codes[index] === closingOf(codes[open] ?? 0) ? index : 0;
}

// `key=word`; not `a= b=1`, where the value is empty.
function softenAssigned(tokens: LineTokens, index: number): void {
  const { kinds, codes } = tokens;
  // `r1=0 r2=0`: what is assigned to is a name, whatever it looks like.
  if (index > 0 && kinds[index - 1] === SOFT) kinds[index - 1] = PLAIN;
  const next = index + 1;
  if (kinds[next] === PLAIN && codes[next + 1] !== EQUALS && !opensBracket(tokens, next)) {
    kinds[next] = SOFT;
  }
}

/** `Token{…}`, `List(…)`: the name of what the brackets hold. */
function opensBracket(tokens: LineTokens, index: number): boolean {
  const code = tokens.codes[index + 1] ?? 0;
  const opens = code === OPEN_PARENTHESIS || code === OPEN_BRACKET || code === OPEN_BRACE;
  return opens && !tokens.hasGap(index + 1);
}

// `key:word` and `key: word` where nothing but punctuation or the next key follows: a sentence after a
// colon is no value.
function softenKeyed(tokens: LineTokens, index: number): void {
  const { kinds, codes } = tokens;
  const next = index + 1;
  if (index === 0 || kinds[next] !== PLAIN) return;
  if (kinds[index - 1] === DELIMITER && codes[index - 1] !== QUOTE) return;
  const after = codes[next + 1] ?? 0;
  if (after === COLON || after === EQUALS || opensBracket(tokens, next)) return;
  if (!tokens.hasGap(next) || endsValue(tokens, next + 1)) kinds[next] = SOFT;
}

/** Whether a value may end before the token at `index`. */
function endsValue({ kinds, codes, count }: LineTokens, index: number): boolean {
  if (index >= count) return true;
  if (kinds[index] === PLAIN) return codes[index + 1] === EQUALS;
  return kinds[index] === DELIMITER && VALUE_ENDS[codes[index] ?? 0] === 1;
}

// One or two words in quotes; longer ones are a text of their own, and the keys of JSON are words.
function softenQuoted(tokens: LineTokens, index: number, quote: number): number {
  const { kinds, codes, starts, ends } = tokens;
  const isOpening = tokens.hasGap(index) || kinds[index - 1] === DELIMITER;
  if (!isOpening || tokens.hasGap(index + 1)) return index;
  for (let close = index + 2; close <= index + 3; close += 1) {
    if (codes[close] !== quote) {
      if (kinds[close] === DELIMITER) return index;
      continue;
    }
    const isKey = codes[close + 1] === COLON && starts[close + 1] === ends[close];
    for (let inside = index + 1; inside < close; inside += 1) {
      const kind = kinds[inside];
      if (isKey && kind === SOFT) kinds[inside] = PLAIN;
      else if (!isKey && kind === PLAIN) kinds[inside] = SOFT;
    }
    return close;
  }
  return index;
}

// `node-[1-4 7]`: names of a row of hosts are one value. Returns the index to go on from, else 0.
function maskRange(bytes: Uint8Array, tokens: LineTokens, open: number): number {
  const { kinds, ends } = tokens;
  if (open === 0 || tokens.hasGap(open)) return 0;
  const before = open - 1;
  const kind = kinds[before];
  if ((kind !== PLAIN && kind !== SOFT) || bytes[(ends[before] ?? 0) - 1] !== DASH) return 0;
  const close = closeOfValues(tokens, open);
  if (close <= open + 1) return 0;
  kinds[before] = VALUE;
  kinds.fill(GONE, open, close + 1);
  return close;
}

// `[a, b, c]`: one value. Returns the index to go on from.
function maskList(tokens: LineTokens, open: number, closing: number): number {
  const { kinds, codes, count } = tokens;
  let items = 0;
  let index = open + 1;
  for (; index < count; index += 2) {
    const kind = kinds[index];
    if (kind !== PLAIN && kind !== SOFT && kind !== VALUE) return open;
    items += 1;
    const separator = codes[index + 1];
    if (separator === closing) break;
    if (separator !== COMMA && separator !== SEMICOLON) return open;
  }
  if (items < LIST_ITEMS_MIN || index >= count) return open;
  kinds[open + 1] = VALUE;
  kinds.fill(GONE, open + 2, index + 1);
  return index;
}
