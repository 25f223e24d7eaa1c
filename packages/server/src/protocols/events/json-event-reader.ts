/**
 * One JSON object, from its bytes to leaves. It takes what nearly all events are made of, and only what is valid;
 * of the rest (keys that stand there twice or with escapes, numbers beyond 15 digits, lists in lists, broken texts) it
 * says that it is not for it, and the caller parses the object as a whole.
 */
import type { ByteSource } from '@tendril/columns/byte-store';
import { decodeUtf8 } from '@tendril/columns/utf8';
import { LEAF, type EventLeaves } from './event-leaves.ts';
import type { FieldName, FieldNames } from './field-names.ts';

/** Stands for a position where there is nothing to go on with. */
const UNUSUAL = -1;

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const SMALL_E = 0x65;
const LARGE_E = 0x45;
const SMALL_F = 0x66;
const SMALL_N = 0x6e;
const SMALL_T = 0x74;
const SMALL_U = 0x75;
const BLANK = 0x20;

/** More may be beyond what a double holds. */
const DIGITS_MAX = 15;

export class JsonEventReader {
  private readonly names: FieldNames;
  private readonly leaves: EventLeaves;
  private source: ByteSource;
  private bytes: Uint8Array;
  private end = 0;

  constructor(names: FieldNames, leaves: EventLeaves) {
    this.names = names;
    this.leaves = leaves;
    this.source = leaves.source;
    this.bytes = this.source.bytes;
  }

  /** False when the range is not an object as most are: what the leaves hold then is of no use. */
  read(source: ByteSource, start: number, end: number, levelsMax: number): boolean {
    this.source = source;
    this.bytes = source.bytes;
    this.end = end;
    this.leaves.begin(source, end - start);
    const open = this.blank(start);
    if (open >= end || this.bytes[open] !== OPEN_OBJECT) return false;
    const close = this.object(open + 1, this.names.root, levelsMax);
    return close !== UNUSUAL && this.blank(close) === end;
  }

  // All of these return where what they read ends, or UNUSUAL.
  private object(start: number, parent: FieldName, levels: number): number {
    const { bytes, leaves, names } = this;
    let previous: FieldName | undefined;
    let at = this.blank(start);
    for (;;) {
      if (at >= this.end || bytes[at] !== QUOTE) return UNUSUAL;
      const keyEnd = this.plainEnd(at + 1);
      if (keyEnd >= this.end || bytes[keyEnd] !== QUOTE) return UNUSUAL;
      const name = names.childOfRange(parent, previous, this.source, at + 1, keyEnd);
      if (!leaves.claim(name)) return UNUSUAL;
      previous = name;
      at = this.blank(keyEnd + 1);
      if (at >= this.end || bytes[at] !== COLON) return UNUSUAL;
      at = this.value(this.blank(at + 1), name, levels);
      if (at === UNUSUAL) return UNUSUAL;
      at = this.blank(at);
      if (at >= this.end) return UNUSUAL;
      if (bytes[at] === CLOSE_OBJECT) return at + 1;
      if (bytes[at] !== COMMA) return UNUSUAL;
      at = this.blank(at + 1);
    }
  }

  private value(at: number, name: FieldName, levels: number): number {
    if (at >= this.end) return UNUSUAL;
    const first = this.bytes[at] ?? 0;
    switch (first) {
      case QUOTE:
        return this.text(at + 1, name);
      case OPEN_OBJECT:
        return levels === 0 ? UNUSUAL : this.object(at + 1, name, levels - 1);
      case OPEN_LIST:
        return this.list(at, name);
      case SMALL_T:
        return this.literal(at, 'true') && this.leaves.addNumber(name, LEAF.true, 0)
          ? at + 4
          : UNUSUAL;
      case SMALL_F:
        return this.literal(at, 'false') && this.leaves.addNumber(name, LEAF.false, 0)
          ? at + 5
          : UNUSUAL;
      case SMALL_N:
        // There is no value.
        return this.literal(at, 'null') ? at + 4 : UNUSUAL;
      default:
        return this.number(at, name);
    }
  }

  private literal(at: number, text: string): boolean {
    if (at + text.length > this.end) return false;
    for (let index = 0; index < text.length; index += 1) {
      if (this.bytes[at + index] !== text.charCodeAt(index)) return false;
    }
    return true;
  }

  private text(start: number, name: FieldName): number {
    const end = this.plainEnd(start);
    if (end >= this.end) return UNUSUAL;
    if (this.bytes[end] === BACKSLASH) return this.escapedText(start, end, name);
    if (this.bytes[end] !== QUOTE) return UNUSUAL;
    return this.leaves.addRange(name, LEAF.text, start, end) ? end + 1 : UNUSUAL;
  }

  // The first byte that ends a text or is not as it is in it.
  private plainEnd(start: number): number {
    const { bytes, end } = this;
    let at = start;
    for (; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte === QUOTE || byte === BACKSLASH || byte < BLANK) return at;
    }
    return at;
  }

  private escapedText(start: number, firstEscape: number, name: FieldName): number {
    const { bytes, leaves } = this;
    const from = leaves.unescapedEnd;
    let copiedTo = start;
    let at = firstEscape;
    while (at < this.end && bytes[at] === BACKSLASH) {
      this.copy(copiedTo, at);
      const after = this.escape(at + 1);
      if (after === UNUSUAL) return UNUSUAL;
      copiedTo = after;
      at = this.plainEnd(after);
    }
    if (at >= this.end || bytes[at] !== QUOTE) return UNUSUAL;
    this.copy(copiedTo, at);
    return leaves.addRange(name, LEAF.unescaped, from, leaves.unescapedEnd) ? at + 1 : UNUSUAL;
  }

  // What is unescaped is never longer than it was, so it has room.
  private copy(start: number, end: number): void {
    const { leaves } = this;
    const { bytes } = leaves.unescaped;
    let to = leaves.unescapedEnd;
    for (let at = start; at < end; at += 1, to += 1) bytes[to] = this.bytes[at] ?? 0;
    leaves.unescapedEnd = to;
  }

  private escape(at: number): number {
    const letter = at < this.end ? (this.bytes[at] ?? 0) : 0;
    if (letter === SMALL_U) return this.codeUnit(at + 1);
    const byte = ESCAPES[letter] ?? 0;
    if (byte === 0) return UNUSUAL;
    this.put(byte);
    return at + 1;
  }

  private codeUnit(at: number): number {
    if (at + 4 > this.end) return UNUSUAL;
    let code = 0;
    for (let index = 0; index < 4; index += 1) {
      const digit = HEX[this.bytes[at + index] ?? 0] ?? NO_DIGIT;
      if (digit === NO_DIGIT) return UNUSUAL;
      code = code * 16 + digit;
    }
    // One half of a character.
    if (code >= 0xd800 && code <= 0xdfff) return UNUSUAL;
    if (code < 0x80) this.put(code);
    else if (code < 0x800) {
      this.put(0xc0 | (code >> 6));
      this.put(0x80 | (code & 0x3f));
    } else {
      this.put(0xe0 | (code >> 12));
      this.put(0x80 | ((code >> 6) & 0x3f));
      this.put(0x80 | (code & 0x3f));
    }
    return at + 4;
  }

  private put(byte: number): void {
    const { leaves } = this;
    leaves.unescaped.bytes[leaves.unescapedEnd] = byte;
    leaves.unescapedEnd += 1;
  }

  private number(start: number, name: FieldName): number {
    const { bytes, end } = this;
    const isNegative = bytes[start] === MINUS;
    const digitsStart = isNegative ? start + 1 : start;
    let at = digitsStart;
    let value = 0;
    for (; at < end && isDigit(bytes[at] ?? 0); at += 1)
      value = value * 10 + (bytes[at] ?? 0) - ZERO;
    const digits = at - digitsStart;
    // Minus zero is a double.
    if (digits === 0 || digits > DIGITS_MAX || (isNegative && value === 0)) return UNUSUAL;
    if (digits > 1 && bytes[digitsStart] === ZERO) return UNUSUAL;
    const next = at < end ? (bytes[at] ?? 0) : 0;
    if (next === DOT || next === SMALL_E || next === LARGE_E) return this.double(start, at, name);
    return this.leaves.addNumber(name, LEAF.integer, isNegative ? -value : value) ? at : UNUSUAL;
  }

  private double(start: number, wholeEnd: number, name: FieldName): number {
    const { bytes, end } = this;
    let at = wholeEnd;
    while (at < end && isNumberByte(bytes[at] ?? 0)) at += 1;
    const text = decodeUtf8(bytes, start, at);
    if (!NUMBER.test(text)) return UNUSUAL;
    const value = Number(text);
    if (!Number.isFinite(value)) return UNUSUAL;
    return this.leaves.addNumber(name, LEAF.double, value) ? at : UNUSUAL;
  }

  // Its values are looked at when it is known where they go; here it is made sure that they can be.
  private list(open: number, name: FieldName): number {
    const { bytes, end } = this;
    let at = open + 1;
    while (at < end) {
      const byte = bytes[at] ?? 0;
      if (byte === OPEN_LIST || byte === OPEN_OBJECT) return UNUSUAL;
      if (byte === CLOSE_LIST) break;
      if (byte === QUOTE) {
        at = this.plainEnd(at + 1);
        if (at >= end || bytes[at] !== QUOTE) return UNUSUAL;
      }
      at += 1;
    }
    if (at >= end || !isList(decodeUtf8(bytes, open, at + 1))) return UNUSUAL;
    return this.leaves.addRange(name, LEAF.list, open, at + 1) ? at + 1 : UNUSUAL;
  }

  private blank(start: number): number {
    const { bytes, end } = this;
    let at = start;
    while (at < end && isBlank(bytes[at] ?? 0)) at += 1;
    return at;
  }
}

// Long numbers in it are not for JSON.parse.
const LONG_NUMBER = /\d{16}/;

function isList(text: string): boolean {
  if (LONG_NUMBER.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    // A SyntaxError: to us that is an answer, not a failure.
    return false;
  }
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

function isBlank(byte: number): boolean {
  return byte === BLANK || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= 0x39;
}

function isNumberByte(byte: number): boolean {
  if (isDigit(byte) || byte === DOT || byte === MINUS) return true;
  return byte === SMALL_E || byte === LARGE_E || byte === 0x2b;
}

/** By the letter behind a backslash: the byte that it stands for. */
const ESCAPES: Uint8Array = new Uint8Array(256);
for (const [letter, byte] of [
  ['"', 0x22],
  ['\\', 0x5c],
  ['/', 0x2f],
  ['b', 0x08],
  ['f', 0x0c],
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
] as const) {
  ESCAPES[letter.charCodeAt(0)] = byte;
}

const NO_DIGIT = 255;
/** By character: the value of a hexadecimal digit. */
const HEX: Uint8Array = new Uint8Array(256).fill(NO_DIGIT);
for (let value = 0; value < 16; value += 1) {
  const digit = value.toString(16);
  HEX[digit.charCodeAt(0)] = value;
  HEX[digit.toUpperCase().charCodeAt(0)] = value;
}
