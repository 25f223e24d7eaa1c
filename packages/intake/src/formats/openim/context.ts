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
import { keptText } from '../../patterns/kept-text.ts';
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
  return new ContextReader(text, start, fields).read(end);
}

const BLANK = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const SCALAR = /(?:-?\d[\d.eE+-]{0,400}|true|false|null)(?=[,}])/y;
/** Of an integer that is read by hand. */
const DIGITS_MAX = 15;

/**
 * A name as it stands in a record, with its quotes, its colon and the blank after it. What is logged at one place
 * has the same names in the same order, so the name that came after this one last is looked for first.
 */
interface WrittenName {
  readonly name: string;
  readonly written: string;
  next: WrittenName | undefined;
}

/** Sources have some hundreds of names; hostile ones make up new ones all the time. */
const NAMES_MAX = 4096;
const NAME_LENGTH_MAX = 128;
const names = new Map<string, WrittenName>();
const noName: WrittenName = { name: '', written: '', next: undefined };

class ContextReader {
  private readonly text: string;
  private readonly fields: ContextFields;
  private at: number;
  private before: WrittenName = noName;
  private name = '';
  /** Index of the next backslash from where it was last looked for; -1 when there is none. */
  private backslash: number;

  constructor(text: string, start: number, fields: ContextFields) {
    this.text = text;
    this.fields = fields;
    this.at = start;
    this.backslash = text.indexOf('\\', start);
  }

  read(end: number): boolean {
    const { text } = this;
    if (text.charCodeAt(this.at) !== OPEN_BRACE) return false;
    this.at += 1;
    if (text.charCodeAt(this.at) === CLOSE_BRACE) return this.at + 1 === end;
    while (this.at < end) {
      if (text.charCodeAt(this.at) === BLANK) this.at += 1;
      if (!this.readName() || !this.readValue()) return false;
      const next = text.charCodeAt(this.at);
      this.at += 1;
      if (next === CLOSE_BRACE) return this.at === end;
      if (next !== COMMA) return false;
    }
    return false;
  }

  private readName(): boolean {
    const { next } = this.before;
    if (next && this.text.startsWith(next.written, this.at)) {
      this.at += next.written.length;
      // It may have been written without the blank the last time.
      if (this.text.charCodeAt(this.at) === BLANK) this.at += 1;
      this.name = next.name;
      this.before = next;
      return true;
    }
    return this.readOtherName();
  }

  private readOtherName(): boolean {
    const { text, at } = this;
    if (text.charCodeAt(at) !== QUOTE) return false;
    const name = this.string();
    if (name === undefined || text.charCodeAt(this.at) !== COLON) return false;
    this.at += text.charCodeAt(this.at + 1) === BLANK ? 2 : 1;
    this.name = name;
    this.before = this.remember(text.slice(at, this.at));
    return true;
  }

  private remember(written: string): WrittenName {
    const known = names.get(written) ?? addName(written, this.name);
    this.name = known.name;
    this.before.next = known;
    return known;
  }

  private readValue(): boolean {
    const first = this.text.charCodeAt(this.at);
    if (first === QUOTE) {
      const value = this.string();
      if (value !== undefined) this.set(this.name, value);
      return value !== undefined;
    }
    if (first === OPEN_BRACE || first === OPEN_BRACKET) return this.readNested();
    return this.readInteger() || this.readScalar();
  }

  // The string that begins here; undefined when it is none.
  private string(): string | undefined {
    const { text, at } = this;
    const end = stringEnd(text, at);
    if (end < 0) return undefined;
    this.at = end + 1;
    if (this.backslash >= 0 && this.backslash < at) this.backslash = text.indexOf('\\', at);
    if (this.backslash < 0 || this.backslash > end) return text.slice(at + 1, end);
    const value = parseJson(text.slice(at, end + 1));
    return typeof value === 'string' ? value : undefined;
  }

  private readNested(): boolean {
    const end = jsonEnd(this.text, this.at);
    const value = end < 0 ? undefined : parseJson(this.text.slice(this.at, end));
    if (value === undefined || isDeeperThan(value, DEFAULT_LIMITS.nestingDepthMax - 1))
      return false;
    addNested(value, this.name, (key, leaf) => this.set(key, leaf));
    this.at = end;
    return true;
  }

  // Integers of few digits are nearly all numbers there are.
  private readInteger(): boolean {
    const { text } = this;
    const isNegative = text.charCodeAt(this.at) === MINUS;
    const first = isNegative ? this.at + 1 : this.at;
    let value = 0;
    let at = first;
    for (let digit = text.charCodeAt(at) - 0x30; digit >= 0 && digit <= 9; at += 1) {
      value = value * 10 + digit;
      digit = text.charCodeAt(at + 1) - 0x30;
    }
    const next = text.charCodeAt(at);
    if (at === first || at - first > DIGITS_MAX) return false;
    if (next !== COMMA && next !== CLOSE_BRACE) return false;
    // JSON has no leading zeros.
    if (text.charCodeAt(first) === 0x30 && at - first > 1) return false;
    this.at = at;
    this.set(this.name, isNegative ? 0 - value : value);
    return true;
  }

  private readScalar(): boolean {
    SCALAR.lastIndex = this.at;
    if (!SCALAR.test(this.text)) return false;
    const end = SCALAR.lastIndex;
    const value = parseJson(this.text.slice(this.at, end));
    if (value === undefined) return false;
    addNested(value, this.name, (key, leaf) => this.set(key, leaf));
    this.at = end;
    return true;
  }

  private set(name: string, value: AttributeValue): void {
    if (!this.fields.has(name)) this.fields.set(name, value);
  }
}

function addName(written: string, name: string): WrittenName {
  if (written.length > NAME_LENGTH_MAX) return { name, written, next: undefined };
  // Those that are forgotten are not reached from the others either.
  if (names.size >= NAMES_MAX) {
    for (const known of names.values()) known.next = undefined;
    names.clear();
  }
  // Copies: a part of the line would keep all of it in memory.
  const known = { name: keptText(name), written: keptText(written), next: undefined };
  names.set(known.written, known);
  return known;
}
