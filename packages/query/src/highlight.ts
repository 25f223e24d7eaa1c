/**
 * What each part of a query is, for colours. Takes any text: what cannot be read stays without a kind, and
 * what comes after it is read as well as it can be.
 */
import { piecesText } from './ast.ts';
import type { Token } from './pipe-reader.ts';
import { notesOfPipes } from './pipeline.ts';
import { NUMBER } from './check-value.ts';
import { QueryFailure } from './query-failure.ts';
import { parseQuantity } from './quantity.ts';
import {
  type ScannedText,
  type Scanner,
  isAtEnd,
  keywordAt,
  operatorAt,
  scanQuoted,
  scanRegex,
  scanUnquoted,
  skipSpaces,
} from './scan.ts';

/** In order, without overlap. */
export function highlightQuery(text: string): readonly Token[] {
  const { tokens, end } = conditionTokens(text, 0);
  if (text[end] !== '|') return tokens;
  const notes = notesOfPipes(text, end);
  const conditions = notes.filterStarts.flatMap((start) => conditionTokens(text, start).tokens);
  return withoutOverlap([...tokens, ...notes.tokens, ...conditions]);
}

interface Conditions {
  readonly tokens: readonly Token[];
  /** Of a `|`, of a parenthesis that closes more than was opened, or of the text. */
  readonly end: number;
}

function conditionTokens(text: string, start: number): Conditions {
  const scanner: Scanner = { text, at: start };
  const tokens: Token[] = [];
  try {
    walk(scanner, tokens);
  } catch (error) {
    if (!(error instanceof QueryFailure)) throw error;
    // A quotation mark that is still open takes the rest.
    if (text[scanner.at] === '"')
      tokens.push({ kind: 'string', start: scanner.at, end: text.length });
    scanner.at = text.length;
  }
  return { tokens, end: scanner.at };
}

function walk(scanner: Scanner, tokens: Token[]): void {
  const { text } = scanner;
  let depth = 0;
  let isValue = false;
  for (;;) {
    skipSpaces(scanner);
    const at = scanner.at;
    const character = text[at];
    if (isAtEnd(scanner) || character === '|') return;
    if (character === ')' && depth === 0) return;
    const keyword = keywordAt(text, at);
    const operator = operatorAt(text, at);
    if (character === '(' || character === ')') {
      depth += character === '(' ? 1 : -1;
      take(scanner, tokens, { kind: 'operator', length: 1 });
    } else if (keyword) take(scanner, tokens, { kind: 'keyword', length: keyword.length });
    else if (operator) take(scanner, tokens, { kind: 'operator', length: operator.length });
    else if (!takeLiteral(scanner, tokens, isValue)) scanner.at += 1;
    isValue = operator !== undefined;
  }
}

function take(
  scanner: Scanner,
  tokens: Token[],
  { kind, length }: { readonly kind: Token['kind']; readonly length: number },
): void {
  const start = scanner.at;
  scanner.at += length;
  tokens.push({ kind, start, end: scanner.at });
}

/** False when there is none. */
function takeLiteral(scanner: Scanner, tokens: Token[], isValue: boolean): boolean {
  const regex = scanRegex(scanner);
  if (regex) {
    tokens.push({ kind: 'regex', start: regex.start, end: regex.end });
    return true;
  }
  const isQuoted = scanner.text[scanner.at] === '"';
  const literal = isQuoted
    ? scanQuoted(scanner)
    : scanUnquoted(scanner, isValue ? 'value' : 'first');
  if (!literal) return false;
  const { start, end } = literal;
  tokens.push({ kind: isValue ? valueKind(literal) : firstKind(scanner, literal), start, end });
  return true;
}

function firstKind({ text, at }: Scanner, literal: ScannedText): Token['kind'] {
  const after: Scanner = { text, at };
  skipSpaces(after);
  return operatorAt(text, after.at) === undefined ? valueKind(literal) : 'field';
}

function valueKind({ quoted, pieces }: ScannedText): Token['kind'] {
  if (quoted) return 'string';
  const text = piecesText(pieces);
  return NUMBER.test(text) || parseQuantity(text) ? 'number' : 'value';
}

function withoutOverlap(tokens: readonly Token[]): readonly Token[] {
  const ordered = tokens.toSorted((a, b) => a.start - b.start || b.end - a.end);
  let end = 0;
  return ordered.filter((token) => {
    if (token.start < end) return false;
    ({ end } = token);
    return true;
  });
}
