/**
 * The first pass over a line: its bytes, cut into chunks and delimiters. Hand-written over bytes for
 * bench/src/patterns/patterns.ts: no strings are made, no memory is taken.
 */
import {
  ANY_LETTER,
  BYTE_CLASSES,
  COLON,
  DIGIT,
  DOT,
  HEX_LETTER,
  HIGH,
  LETTER,
  MARK,
  SIGN,
  SLASH,
  SPACE,
  UPPER,
  WORD,
} from './byte-classes.ts';
import { classifyChunk } from './classify-chunk.ts';
import {
  characterLength,
  isSpaceTwin,
  LETTER_CODE,
  redactionEnd,
  twinOf,
} from './high-characters.ts';
import {
  DELIMITER,
  LINE_BYTES_MAX,
  PLAIN,
  TOKENS_MAX,
  VALUE,
  WORD_HASH_FACTOR,
  WORD_HASH_SEED,
  type LineTokens,
} from './line-tokens.ts';

const NEWLINE = 0x0a;
const ESCAPE = 0x1b;
const OPEN_BRACKET = 0x5b;
const DOT_CODE = 0x2e;
const COLON_CODE = 0x3a;
const SLASH_CODE = 0x2f;
const BACKSLASH_CODE = 0x5c;
const EQUALS_CODE = 0x3d;
const QUESTION_CODE = 0x3f;
/** Quotes and angle brackets. */
const URL_BREAKS: ReadonlySet<number> = new Set([0x22, 0x27, 0x3c, 0x3e, 0x60]);
const PIPE_CODE = 0x7c;

const SENTENCE_END = DOT | COLON | MARK;
const PLAIN_LETTERS = WORD | LETTER | HEX_LETTER | UPPER;

/** Cuts the first line of a range of valid UTF-8 that says something. */
export function splitLine(bytes: Uint8Array, start: number, end: number, tokens: LineTokens): void {
  const limit = Math.min(end, start + LINE_BYTES_MAX);
  const { kinds, starts, ends, codes } = tokens;
  const table = BYTE_CLASSES;
  let count = 0;
  let hasWords = false;
  let at = start;
  while (at < limit && count < TOKENS_MAX) {
    const byte = bytes[at] ?? 0;
    let of = table[byte] ?? 0;
    if (of === SPACE) {
      if (byte === NEWLINE && hasWords) break;
      at = byte === ESCAPE ? afterEscape(bytes, at, limit) : at + 1;
      continue;
    }
    if ((of & WORD) !== 0) {
      const from = at;
      let classes = of;
      let hash = Math.imul(WORD_HASH_SEED ^ byte, WORD_HASH_FACTOR);
      for (at += 1; at < limit; at += 1) {
        const next = bytes[at] ?? 0;
        of = table[next] ?? 0;
        if ((of & WORD) === 0) break;
        classes |= of;
        hash = Math.imul(hash ^ next, WORD_HASH_FACTOR);
      }
      hasWords = true;
      let kind = PLAIN;
      if ((classes & ~PLAIN_LETTERS) !== 0 || ((classes & LETTER) === 0 && at - from >= 8)) {
        if ((classes & (SENTENCE_END | SIGN)) !== 0) {
          tokens.count = count;
          at = takeSigned(bytes, from, at, limit, classes, tokens);
          count = tokens.count;
          continue;
        }
        kind = classifyChunk(bytes, from, at, classes, at < limit ? (bytes[at] ?? 0) : 0);
      }
      kinds[count] = kind;
      codes[count] = hash;
      starts[count] = from;
      ends[count] = at;
      count += 1;
    } else if ((of & HIGH) !== 0) {
      tokens.count = count;
      at = takeHigh(bytes, at, limit, tokens);
      count = tokens.count;
      hasWords = true;
      continue;
    } else {
      kinds[count] = DELIMITER;
      codes[count] = byte;
      starts[count] = at;
      at += 1;
      ends[count] = at;
      count += 1;
    }
  }
  tokens.count = count;
  tokens.close();
}

// A chunk with signs in it: some end it, some split it. Returns where to go on.
function takeSigned(
  bytes: Uint8Array,
  start: number,
  chunkEnd: number,
  limit: number,
  classesOfChunk: number,
  tokens: LineTokens,
): number {
  const first = bytes[start] ?? 0;
  const firstClass = BYTE_CLASSES[first] ?? 0;
  if ((firstClass & SENTENCE_END) !== 0) {
    if (first === DOT_CODE && bytes[start + 1] === DOT_CODE) {
      let end = start;
      while (end < chunkEnd && bytes[end] === DOT_CODE) end += 1;
      tokens.addDelimiter(DOT_CODE, start, end);
      return end;
    }
    if (first === COLON_CODE || start + 1 === chunkEnd) {
      tokens.addDelimiter(first, start, start + 1);
      return start + 1;
    }
  }
  let classes = classesOfChunk;
  let end = (classes & DOT) === 0 ? chunkEnd : beforeDots(bytes, start, chunkEnd);
  while (end - 1 > start && ((BYTE_CLASSES[bytes[end - 1] ?? 0] ?? 0) & SENTENCE_END) !== 0)
    end -= 1;
  if ((firstClass & DIGIT) !== 0 && (classes & (SLASH | MARK)) === 0) {
    tokens.addValue(start, end);
    return end;
  }
  if (end < chunkEnd) classes = classesOf(bytes, start, end);
  if ((classes & MARK) !== 0 && isUrl(bytes, start, end, classes)) {
    end = urlEnd(bytes, chunkEnd, limit);
    tokens.addValue(start, end);
    return end;
  }
  if ((classes & COLON) !== 0) {
    if (isAddress(bytes, start, end, classes)) {
      tokens.addValue(start, end);
      return end;
    }
    const colon = isAssigned(tokens) ? 0 : keyEnd(bytes, start, end);
    if (colon > 0) {
      tokens.addWord(bytes, PLAIN, start, colon);
      return colon;
    }
  }
  const next = end < limit ? (bytes[end] ?? 0) : 0;
  const isWord = (classes & (ANY_LETTER | DIGIT)) === 0;
  const kind = isWord ? PLAIN : classifyChunk(bytes, start, end, classes, next);
  if (kind === VALUE) tokens.addValue(start, end);
  else tokens.addWord(bytes, kind, start, end);
  return end;
}

/** After `=` a colon is part of the value. */
function isAssigned({ codes, count }: LineTokens): boolean {
  return count > 0 && codes[count - 1] === EQUALS_CODE;
}

/** With a query, which may hold any delimiter: `/a?b=c,d`, `http://a/b?c`. */
function isUrl(bytes: Uint8Array, start: number, end: number, classes: number): boolean {
  if ((classes & SLASH) === 0) return false;
  const slash = bytes.indexOf(SLASH_CODE, start);
  if (slash !== start && bytes[slash - 1] !== COLON_CODE) return false;
  const mark = bytes.indexOf(QUESTION_CODE, slash);
  return mark > 0 && mark < end;
}

function urlEnd(bytes: Uint8Array, start: number, limit: number): number {
  let at = start;
  for (; at < limit; at += 1) {
    const byte = bytes[at] ?? 0;
    if (URL_BREAKS.has(byte) || ((BYTE_CLASSES[byte] ?? 0) & SPACE) !== 0) break;
  }
  return at;
}

// Where two dots in a row begin, which fill a line rather than join what is left and right of them.
function beforeDots(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start + 1; at + 1 < end; at += 1) {
    if (bytes[at] === DOT_CODE && bytes[at + 1] === DOT_CODE) return at;
  }
  return end;
}

function classesOf(bytes: Uint8Array, start: number, end: number): number {
  const table = BYTE_CLASSES;
  let classes = 0;
  for (let at = start; at < end; at += 1) classes |= table[bytes[at] ?? 0] ?? 0;
  return classes;
}

/** Hex digits and at least two colons: addresses of networks and memory. */
function isAddress(bytes: Uint8Array, start: number, end: number, classes: number): boolean {
  if ((classes & (WORD | DIGIT | HEX_LETTER | COLON | UPPER)) !== classes) return false;
  let colons = 0;
  for (let at = start; at < end; at += 1) if (bytes[at] === COLON_CODE) colons += 1;
  return colons >= 2;
}

/**
 * Where the colon of `key:value` is; 0 when there is none. A key is letters; `host.name:80`,
 * `00:1f:aa`, `http://`, `C:\` and `std::move` are no pairs.
 */
function keyEnd(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === COLON_CODE) {
      const next = bytes[at + 1];
      if (at === start || next === COLON_CODE) return 0;
      if (next === BACKSLASH_CODE && at === start + 1) return 0;
      if (next === SLASH_CODE && at + 2 < end && bytes[at + 2] === SLASH_CODE) return 0;
      return at;
    }
    const of = BYTE_CLASSES[byte] ?? 0;
    if ((of & (ANY_LETTER | SIGN)) === 0 || byte === PIPE_CODE) return 0;
  }
  return 0;
}

// A run of letters beyond ASCII, or one delimiter.
function takeHigh(bytes: Uint8Array, start: number, limit: number, tokens: LineTokens): number {
  const redacted = redactionEnd(bytes, start, limit);
  if (redacted > 0) {
    tokens.addValue(start, redacted);
    return redacted;
  }
  const twin = twinOf(bytes, start);
  const length = characterLength(bytes[start] ?? 0);
  if (isSpaceTwin(twin)) return start + length;
  if (twin !== LETTER_CODE) {
    tokens.addDelimiter(twin, start, start + length);
    return start + length;
  }
  let at = start + length;
  while (at < limit && (bytes[at] ?? 0) >= 0x80 && isLetter(bytes, at, limit)) {
    at += characterLength(bytes[at] ?? 0);
  }
  const end = Math.min(at, limit);
  tokens.addWord(bytes, PLAIN, start, end);
  return end;
}

function isLetter(bytes: Uint8Array, at: number, limit: number): boolean {
  return twinOf(bytes, at) === LETTER_CODE && redactionEnd(bytes, at, limit) === 0;
}

// Colours and the like: what a terminal does not show is not part of the line.
function afterEscape(bytes: Uint8Array, start: number, limit: number): number {
  if (bytes[start + 1] !== OPEN_BRACKET) return start + 1;
  let at = start + 2;
  while (at < limit && ((BYTE_CLASSES[bytes[at] ?? 0] ?? 0) & ANY_LETTER) === 0) at += 1;
  return at + 1;
}
