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
import type { ParsedFields } from '../../format.ts';
import { fieldName, type FieldName, type LineFields } from '../../line-fields.ts';
import { keptText } from '../../patterns/kept-text.ts';
import { addNested, isDeeperThan } from '../json-fields.ts';
import { jsonEnd, stringEnd } from '../json-fragment.ts';
import { parseJson } from '../json-text.ts';

export interface ContextFields extends ParsedFields {
  /** In place of what the name had. */
  set(name: string, value: AttributeValue): unknown;
}

/**
 * Adds the pairs of the object that begins at `start`, or goes on there with a comma, as far as they are JSON; true
 * when it ends at `end`.
 */
export function addContext(
  fields: LineFields,
  { start, end }: { readonly start: number; readonly end: number },
): boolean {
  return new ContextReader(fields, start).read(end);
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
  readonly field: FieldName;
  readonly written: string;
  next: WrittenName | undefined;
}

/** Sources have some hundreds of names; hostile ones make up new ones all the time. */
const NAMES_MAX = 4096;
const NAME_LENGTH_MAX = 128;
const names = new Map<string, WrittenName>();
const noName: WrittenName = { field: fieldName(''), written: '', next: undefined };

class ContextReader {
  private readonly text: string;
  private readonly fields: LineFields;
  private at: number;
  private name: WrittenName = noName;
  /** Index of the next backslash from where it was last looked for; -1 when there is none. */
  private backslash: number;
  // Of the string that was read last.
  private stringStart = 0;
  private isEscaped = false;

  constructor(fields: LineFields, start: number) {
    const { line } = fields;
    this.text = line;
    this.fields = fields;
    this.at = start;
    this.backslash = line.indexOf('\\', start);
  }

  read(end: number): boolean {
    const { text } = this;
    const first = text.charCodeAt(this.at);
    if (first !== OPEN_BRACE && first !== COMMA)
      return first === CLOSE_BRACE && this.at + 1 === end;
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
    const { text } = this;
    const { next } = this.name;
    if (!next || !text.startsWith(next.written, this.at)) return this.readOtherName();
    const end = this.at + next.written.length;
    // What was written without a blank before its value may have one here.
    if (text.charCodeAt(end) === BLANK) return this.readOtherName();
    this.at = end;
    this.name = next;
    return true;
  }

  private readOtherName(): boolean {
    const { text, at } = this;
    if (text.charCodeAt(at) !== QUOTE || !this.readString()) return false;
    const name = this.string();
    if (name === undefined || text.charCodeAt(this.at) !== COLON) return false;
    this.at += text.charCodeAt(this.at + 1) === BLANK ? 2 : 1;
    const written = text.slice(at, this.at);
    const known = names.get(written) ?? addName(written, name);
    this.name.next = known;
    this.name = known;
    return true;
  }

  private readValue(): boolean {
    const first = this.text.charCodeAt(this.at);
    if (first === QUOTE) return this.readText();
    if (first === OPEN_BRACE || first === OPEN_BRACKET) return this.readNested();
    return this.readInteger() || this.readScalar();
  }

  private readText(): boolean {
    if (!this.readString()) return false;
    if (!this.isEscaped) {
      this.fields.addPart(this.name.field, this.stringStart + 1, this.at - 1);
      return true;
    }
    const value = this.string();
    if (value !== undefined) this.fields.add(this.name.field, value);
    return value !== undefined;
  }

  // Goes on behind the string that begins here; false when it is none.
  private readString(): boolean {
    const { text, at } = this;
    const end = stringEnd(text, at);
    if (end < 0) return false;
    this.stringStart = at;
    this.at = end + 1;
    if (this.backslash >= 0 && this.backslash < at) this.backslash = text.indexOf('\\', at);
    this.isEscaped = this.backslash >= 0 && this.backslash < end;
    return true;
  }

  // The one that was read last; undefined when its escapes are none.
  private string(): string | undefined {
    const { at, stringStart, text } = this;
    if (!this.isEscaped) return text.slice(stringStart + 1, at - 1);
    const value = parseJson(text.slice(stringStart, at));
    return typeof value === 'string' ? value : undefined;
  }

  private readNested(): boolean {
    const end = jsonEnd(this.text, this.at);
    const value = end < 0 ? undefined : parseJson(this.text.slice(this.at, end));
    if (value === undefined || isDeeperThan(value, DEFAULT_LIMITS.nestingDepthMax - 1))
      return false;
    addNested(value, this.name.field.name, (key, leaf) => this.fields.add(fieldName(key), leaf));
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
    this.fields.add(this.name.field, isNegative ? 0 - value : value);
    return true;
  }

  private readScalar(): boolean {
    SCALAR.lastIndex = this.at;
    if (!SCALAR.test(this.text)) return false;
    const end = SCALAR.lastIndex;
    const value = parseJson(this.text.slice(this.at, end));
    if (value === undefined) return false;
    addNested(value, this.name.field.name, (key, leaf) => this.fields.add(fieldName(key), leaf));
    this.at = end;
    return true;
  }
}

function addName(written: string, name: string): WrittenName {
  const field = fieldName(name);
  if (written.length > NAME_LENGTH_MAX) return { field, written, next: undefined };
  // Those that are forgotten are not reached from the others either.
  if (names.size >= NAMES_MAX) {
    for (const known of names.values()) known.next = undefined;
    names.clear();
  }
  // A copy: a part of the line would keep all of it in memory.
  const known = { field, written: keptText(written), next: undefined };
  names.set(known.written, known);
  return known;
}
