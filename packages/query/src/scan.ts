/**
 * The words of the language: white space, keywords, quoted and unquoted text, regular expressions.
 * A scanner moves over the text and builds literals; what they mean together is the parser's job.
 *
 * A slash begins a regular expression only where the next unescaped slash ends the value, that is,
 * white space, `)`, `|` or the end follows. So `/time(d )?out/` is one and `/user/login`, `/user/login/`
 * and `/var/log/*.log` are plain text; `"/user/"` in quotes always is. What holds another condition
 * (`path:/a and url:/`, `/a or /`) is plain text too, so a slash never swallows the rest of a query.
 */
import type { CompareOperator, FieldName, Pieces, RegexLiteral, TextLiteral } from './ast.ts';
import { QueryFailure } from './query-failure.ts';

export interface Scanner {
  readonly text: string;
  at: number;
}

const KEYWORDS = ['and', 'or', 'not'] as const;
export type Keyword = (typeof KEYWORDS)[number];

/** Chinese input methods type U+3000 for a space. */
const SPACE = /[ \t\r\n\u00a0\u3000]/;
const KEYWORD = /(and|or|not)(?=$|[ \t\r\n\u00a0\u3000()])/iy;
const SPECIAL = /[\\():<>"*{}|]/;
const WHITESPACE_ESCAPES: Readonly<Record<string, string>> = { t: '\t', r: '\r', n: '\n' };

export function isSpace(character: string | undefined): boolean {
  return character !== undefined && SPACE.test(character);
}

export function skipSpaces(scanner: Scanner): void {
  while (isSpace(scanner.text[scanner.at])) scanner.at += 1;
}

/** The keyword that stands here, in any case; it ends at white space, a parenthesis or the end. */
export function keywordAt(text: string, at: number): Keyword | undefined {
  KEYWORD.lastIndex = at;
  const word = KEYWORD.exec(text)?.[1]?.toLowerCase();
  return KEYWORDS.find((keyword) => keyword === word);
}

/** Whether `character` must be escaped to be text outside quotes. */
export function isSpecial(character: string): boolean {
  return SPECIAL.test(character);
}

/** Text as the scanner finds it. */
export interface ScannedText extends TextLiteral {
  /** Start of the last unquoted word; a colon after a second word means that `and` was forgotten. */
  readonly lastWordStart: number;
}

/** The literal at a quotation mark. */
export function scanQuoted(scanner: Scanner): ScannedText {
  const { text } = scanner;
  const start = scanner.at;
  const pieces = new PieceBuilder();
  let at = start + 1;
  for (;;) {
    const character = text[at];
    if (character === undefined) {
      throw new QueryFailure({
        code: 'query_syntax',
        detail: 'a quotation mark is not closed',
        position: { start, end: text.length },
        hint: 'add the closing ", or write \\" for a quotation mark in the text',
        expected: ['"'],
      });
    }
    if (character === '"') break;
    if (character === '*') {
      pieces.star();
      at += 1;
    } else if (character === '\\') {
      const escape = quotedEscape(text, at);
      pieces.add(escape.value);
      at = escape.end;
    } else {
      pieces.add(character);
      at += 1;
    }
  }
  scanner.at = at + 1;
  const end = scanner.at;
  return { kind: 'text', pieces: pieces.done(), quoted: true, start, end, lastWordStart: start };
}

// As in Kibana, a backslash before anything else is itself: "C:\dir" needs no care.
function quotedEscape(text: string, at: number): { value: string; end: number } {
  const next = text[at + 1];
  if (next === '"' || next === '\\' || next === '*') return { value: next, end: at + 2 };
  return commonEscape(text, at) ?? { value: '\\', end: at + 1 };
}

function commonEscape(text: string, at: number): { value: string; end: number } | undefined {
  const next = text[at + 1] ?? '';
  const space = WHITESPACE_ESCAPES[next];
  if (space !== undefined) return { value: space, end: at + 2 };
  const hex = next === 'u' ? /^[0-9a-f]{4}/i.exec(text.slice(at + 2, at + 6)) : null;
  return hex ? { value: String.fromCharCode(parseInt(hex[0], 16)), end: at + 6 } : undefined;
}

/** Unquoted text may stand as a value, or first: then it may turn out to be a field's name. */
export type UnquotedRole = 'first' | 'value';

/** Runs over inner spaces up to a keyword or special character. Undefined when there is nothing. */
export function scanUnquoted(scanner: Scanner, role: UnquotedRole): ScannedText | undefined {
  const { text } = scanner;
  const start = scanner.at;
  const pieces = new PieceBuilder();
  let at = start;
  let lastWordStart = start;
  for (;;) {
    const character = text[at];
    if (character === undefined) break;
    if (isSpace(character)) {
      const wordStart = nextWord(text, at);
      if (wordStart === undefined) break;
      pieces.add(text.slice(at, wordStart));
      at = wordStart;
      lastWordStart = wordStart;
    } else if (character === '\\') {
      const escape = unquotedEscape(text, at);
      pieces.add(escape.value);
      at = escape.end;
    } else if (character === '*') {
      pieces.star();
      at += 1;
    } else if (!isSpecial(character)) {
      pieces.add(character);
      at += 1;
    } else {
      const firstWordOfValue = role === 'value' && lastWordStart === start;
      const length = firstWordOfValue ? literalSpecialLength(text, at, at > start) : 0;
      if (length === 0) break;
      pieces.add(text.slice(at, at + length));
      at += length;
    }
  }
  if (at === start) return undefined;
  scanner.at = at;
  return { kind: 'text', pieces: pieces.done(), quoted: false, start, end: at, lastWordStart };
}

/** Where the text goes on after white space; undefined when a keyword or special ends it. */
function nextWord(text: string, spaceAt: number): number | undefined {
  let at = spaceAt;
  while (isSpace(text[at])) at += 1;
  const character = text[at];
  if (character === undefined || keywordAt(text, at)) return undefined;
  if (character === '\\' || character === '*') return at;
  return isSpecial(character) ? undefined : at;
}

// Times, addresses and callers have colons (`10:30:00`, `fe80::1`, `http://…`, `main.go:12`), date math
// has `||`. In the first word of a value neither can mean anything else.
function literalSpecialLength(text: string, at: number, afterText: boolean): number {
  const next = text[at + 1];
  const afterNext = text[at + 2];
  if (text[at] === ':') {
    if (next === ':') return isValueCharacter(afterNext) ? 2 : 0;
    return afterText && isValueCharacter(next) ? 1 : 0;
  }
  const isDateMath = text[at] === '|' && next === '|' && /[/+-]/.test(afterNext ?? '');
  return isDateMath && afterText ? 2 : 0;
}

function isValueCharacter(character: string | undefined): boolean {
  return character !== undefined && !isSpace(character) && !/[()<>"{}|]/.test(character);
}

function unquotedEscape(text: string, at: number): { value: string; end: number } {
  const keyword = keywordAt(text, at + 1);
  if (keyword) {
    const end = at + 1 + keyword.length;
    return { value: text.slice(at + 1, end), end };
  }
  const common = commonEscape(text, at);
  if (common) return common;
  const next = text[at + 1];
  if (next === undefined || /[a-z0-9]/i.test(next)) {
    throw new QueryFailure({
      code: 'query_syntax',
      detail: 'a backslash outside quotes must be followed by the character it escapes',
      position: { start: at, end: Math.min(at + 2, text.length) },
      hint: 'write \\\\ for a backslash, or put the text in quotes',
      expected: ['one of \\ ( ) : < > " * { } |', '\\t', '\\r', '\\n', '\\u and four hex digits'],
    });
  }
  return { value: next, end: at + 2 };
}

// A slash further on may belong to another condition: `path:/a and url:/`, `/a or /`.
const OTHER_CONDITION =
  /[\s\u3000](?:and|or)[\s\u3000(]+(?:not[\s\u3000(]+)*(?:$|[^\s\u3000()":<>]+[\s\u3000]*[:<>])/i;

/** Undefined when what stands here is plain text that begins with a slash. */
export function scanRegex(scanner: Scanner): RegexLiteral | undefined {
  const { text } = scanner;
  const start = scanner.at;
  if (text[start] !== '/') return undefined;
  let at = start + 1;
  let source = '';
  while (at < text.length && text[at] !== '/') {
    const length = text[at] === '\\' ? 2 : 1;
    const taken = text.slice(at, at + length);
    source += taken === '\\/' ? '/' : taken;
    at += length;
  }
  const after = text[at + 1];
  const closed = text[at] === '/' && (after === undefined || isSpace(after) || /[)|]/.test(after));
  if (!closed || source === '' || OTHER_CONDITION.test(text.slice(start + 1, at))) return undefined;
  scanner.at = at + 1;
  return { kind: 'regex', source: source.toWellFormed(), start, end: scanner.at };
}

export function asFieldName({ pieces, start, end }: TextLiteral): FieldName {
  return { pieces, start, end };
}

/** What stands between a field and its value. */
export function operatorAt(text: string, at: number): ':' | CompareOperator | undefined {
  const character = text[at];
  if (character === ':') return ':';
  const orEqual = text[at + 1] === '=';
  if (character === '<') return orEqual ? '<=' : '<';
  if (character === '>') return orEqual ? '>=' : '>';
  return undefined;
}

export function isAtEnd({ text, at }: Scanner): boolean {
  return at >= text.length;
}

class PieceBuilder {
  readonly #pieces: string[] = [];
  #current = '';

  add(text: string): void {
    this.#current += text;
  }

  star(): void {
    if (this.#current === '' && this.#pieces.length > 0) return;
    this.#pieces.push(this.#current);
    this.#current = '';
  }

  /** Half of a surrogate pair cannot be stored, so it cannot be searched for either. */
  done(): Pieces {
    return [...this.#pieces, this.#current].map((piece) => piece.toWellFormed());
  }
}
