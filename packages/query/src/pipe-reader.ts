/**
 * What pipes read their arguments with. While it reads it notes what it asked for and where, and what
 * it took for what: completion and highlighting are these notes, so neither is written again for
 * each pipe.
 */
import type { Position, QueryNode } from './ast.ts';
import { piecesText } from './ast.ts';
import { QueryFailure } from './query-failure.ts';
import type { RegexLiteral } from './ast.ts';
import { durationNs } from './quantity.ts';
import type { Scanner } from './scan.ts';
import { isAtEnd, isSpace, scanQuoted, scanRegex, skipSpaces } from './scan.ts';

export type TokenKind =
  | 'pipe'
  | 'function'
  | 'keyword'
  | 'field'
  | 'operator'
  | 'value'
  | 'number'
  | 'string'
  | 'regex';

export interface Token extends Position {
  readonly kind: TokenKind;
}

/** What could have stood at a place. */
export interface Expectation {
  readonly at: number;
  readonly kind: 'pipe' | 'function' | 'keyword' | 'field';
  /** What fits, unless any field does. */
  readonly words: readonly string[];
}

export interface Notes {
  readonly tokens: Token[];
  readonly expectations: Expectation[];
  /** Where conditions in the query language begin. */
  readonly filterStarts: number[];
}

export function emptyNotes(): Notes {
  return { tokens: [], expectations: [], filterStarts: [] };
}

/** A name as it was written, of a field or of a new column. */
export interface Name extends Position {
  /** Literal pieces between stars, as in the rest of the language. */
  readonly pieces: readonly string[];
  readonly text: string;
}

/** In a list of fields, functions or names. */
export const LIST_ITEMS_MAX = 64;

// `-` belongs to a name, since attribute keys have it; in arithmetic it does not.
const NAME = /[\p{L}\p{N}_.@$*-]+/uy;
const OPERAND_NAME = /[\p{L}_@$][\p{L}\p{N}_.@$]*/uy;
const WORD = /[a-z_][a-z0-9_]*/iy;
const NUMBER = /\d+(?:\.\d+)?(?:e[+-]?\d+)?/iy;
const AMOUNT = /\d[\p{L}\p{N}.]*/uy;

export interface ReaderParts {
  readonly scanner: Scanner;
  readonly notes: Notes;
  /** The query language's own parser, at the scanner's place. */
  readonly parseFilter: () => QueryNode;
}

export class PipeReader {
  private readonly scanner: Scanner;
  private readonly notes: Notes;
  private readonly parseFilter: () => QueryNode;

  constructor({ scanner, notes, parseFilter }: ReaderParts) {
    this.scanner = scanner;
    this.notes = notes;
    this.parseFilter = parseFilter;
  }

  /** Of what comes next. */
  place(): number {
    skipSpaces(this.scanner);
    return this.scanner.at;
  }

  /** Nothing more belongs to this pipe. */
  isOver(): boolean {
    const at = this.place();
    return isAtEnd(this.scanner) || this.scanner.text[at] === '|' || this.scanner.text[at] === ')';
  }

  /** Takes the word if it stands here. */
  keyword(...words: readonly string[]): string | undefined {
    const start = this.place();
    this.expect('keyword', words);
    const found = this.match(WORD)?.toLowerCase();
    const word = words.find((each) => each === found);
    if (word === undefined) return undefined;
    return this.take('keyword', start + word.length, word);
  }

  /** Takes the character if it stands here. */
  symbol(character: string): boolean {
    const at = this.place();
    if (this.scanner.text[at] !== character) return false;
    this.take('operator', at + 1, undefined);
    return true;
  }

  needSymbol(character: string): void {
    if (!this.symbol(character)) throw this.refused(`“${character}”`, [character]);
  }

  /** A name that is known: of a pipe or of a function. Undefined when no word stands here. */
  word(kind: 'pipe' | 'function', known: readonly string[]): Name | undefined {
    const start = this.place();
    this.expect(kind, known);
    const text = this.match(WORD);
    if (text === undefined) return undefined;
    this.take(kind, start + text.length, undefined);
    return { pieces: [text], text, start, end: this.scanner.at };
  }

  /** Whether a function, perhaps one of `known`, and its parenthesis stand here. */
  isCall(known: readonly string[]): boolean {
    this.place();
    this.expect('function', known);
    const text = this.match(WORD);
    if (text === undefined) return false;
    const after: Scanner = { text: this.scanner.text, at: this.scanner.at + text.length };
    skipSpaces(after);
    return after.text[after.at] === '(';
  }

  /** Of a field or a column. */
  field(): Name {
    this.place();
    this.expect('field', []);
    return this.name(NAME) ?? this.noName('a field');
  }

  /** Whether a field may stand here, and none does. */
  lacksField(): boolean {
    this.place();
    this.expect('field', []);
    return this.isOver();
  }

  /** Of a field or a column, between operators. */
  operand(): Name {
    this.place();
    this.expect('field', []);
    return this.name(OPERAND_NAME) ?? this.noName('a number or a field');
  }

  /** Of a column that this pipe makes. */
  newName(): Name {
    this.place();
    const name = this.name(NAME) ?? this.noName('a name');
    if (name.pieces.length === 1) return name;
    throw new QueryFailure({
      code: 'query_syntax',
      detail: 'a new name cannot have a star',
      position: name,
      expected: ['name'],
    });
  }

  /** Comma-separated, in parentheses or not. */
  list<Item>(readItem: () => Item): readonly Item[] {
    const isClosed = this.symbol('(');
    const items = this.bareList(readItem);
    if (isClosed) this.needSymbol(')');
    return items;
  }

  bareList<Item>(readItem: () => Item): readonly Item[] {
    const items = [readItem()];
    while (this.symbol(',')) {
      if (items.length === LIST_ITEMS_MAX) throw this.tooMany();
      items.push(readItem());
    }
    return items;
  }

  /** A whole number of the given bounds; undefined when no digit stands here. */
  wholeNumber(bounds: { readonly min: number; readonly max: number }): number | undefined {
    const start = this.place();
    const text = this.match(NUMBER);
    if (text === undefined) return undefined;
    const number = this.take('number', start + text.length, Number(text));
    if (Number.isInteger(number) && number >= bounds.min && number <= bounds.max) return number;
    throw new QueryFailure({
      code: 'query_bad_value',
      detail: `“${text}” is not a whole number from ${bounds.min} to ${bounds.max}`,
      position: { start, end: this.scanner.at },
    });
  }

  /** A number or a duration, in nanoseconds; undefined when no digit stands here. */
  amount(): Amount | undefined {
    const start = this.place();
    const text = this.match(AMOUNT);
    if (text === undefined) return undefined;
    const ns = durationNs(text);
    const value = ns ?? Number(text);
    this.take('number', start + text.length, undefined);
    const position = { start, end: this.scanner.at };
    if (Number.isFinite(value)) return { value, isDuration: ns !== undefined, text, ...position };
    throw new QueryFailure({
      code: 'query_bad_value',
      detail: `“${text}” is neither a number nor a duration`,
      position,
      hint: 'write 10, 0.5, 100ms, 5m or 1h',
    });
  }

  /** Text in quotes. */
  quoted(): Name | undefined {
    const start = this.place();
    if (this.scanner.text[start] !== '"') return undefined;
    const { pieces, end } = scanQuoted(this.scanner);
    this.notes.tokens.push({ kind: 'string', start, end });
    return { pieces, text: piecesText(pieces), start, end };
  }

  regex(): RegexLiteral | undefined {
    const start = this.place();
    const literal = scanRegex(this.scanner);
    if (literal) this.notes.tokens.push({ kind: 'regex', start, end: literal.end });
    return literal;
  }

  /** A condition of the query language, up to the next pipe or parenthesis. */
  filter(): QueryNode {
    this.notes.filterStarts.push(this.place());
    return this.parseFilter();
  }

  /** What stands here does not belong here. */
  refused(wanted: string, expected: readonly string[]): QueryFailure {
    const start = this.place();
    const rest = /^(?:[\p{L}\p{N}_.@$*-]+|.)/su.exec(this.scanner.text.slice(start))?.[0] ?? '';
    const found = rest === '' ? 'the end' : `“${rest.slice(0, 40)}”`;
    return new QueryFailure({
      code: 'query_syntax',
      detail: `expected ${wanted}, found ${found}`,
      position: { start, end: start + rest.length },
      expected,
    });
  }

  private noName(wanted: string): never {
    throw this.refused(wanted, ['field']);
  }

  private tooMany(): QueryFailure {
    const start = this.place();
    return new QueryFailure({
      code: 'query_too_many_clauses',
      detail: `the list has more than ${LIST_ITEMS_MAX} items`,
      position: { start, end: start },
      params: { clausesMax: LIST_ITEMS_MAX },
    });
  }

  private name(pattern: RegExp): Name | undefined {
    const { scanner } = this;
    const start = scanner.at;
    if (scanner.text[start] === '"') {
      const { pieces, end } = scanQuoted(scanner);
      this.notes.tokens.push({ kind: 'field', start, end });
      return { pieces, text: piecesText(pieces), start, end };
    }
    const text = this.match(pattern);
    if (text === undefined) return undefined;
    const end = start + text.length;
    this.take('field', end, undefined);
    return { pieces: text.split(/\*+/), text, start, end };
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.scanner.at;
    return pattern.exec(this.scanner.text)?.[0];
  }

  private take<Value>(kind: TokenKind, end: number, value: Value): Value {
    this.notes.tokens.push({ kind, start: this.scanner.at, end });
    this.scanner.at = end;
    return value;
  }

  private expect(kind: Expectation['kind'], words: readonly string[]): void {
    this.notes.expectations.push({ at: this.scanner.at, kind, words });
  }
}

export interface Amount extends Position {
  /** Nanoseconds of a duration. */
  readonly value: number;
  readonly isDuration: boolean;
  readonly text: string;
}

/** Whether text can stand as a name without quotes. */
export function isPlainName(text: string): boolean {
  return /^[\p{L}\p{N}_.@$-]+$/u.test(text) && !isSpace(text[0]);
}
