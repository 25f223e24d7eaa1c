/**
 * A syntax tree back to text: the one spelling of a query that saved views, URLs and "filter for"
 * write. Parsing the printed text gives the same tree again, but for positions.
 */
import type { FieldName, Literal, Pieces, QueryNode, Values } from './ast.ts';
import { isSpace, isSpecial, keywordAt, scanUnquoted } from './scan.ts';

export function printQuery(node: QueryNode): string {
  switch (node.kind) {
    case 'all':
      return '*';
    case 'and':
    case 'or':
      return node.operands
        .map((operand) => printOperand(operand, node.kind))
        .join(` ${node.kind} `);
    case 'not':
      return `not ${printOperand(node.operand, 'not')}`;
    case 'exists':
      return `${printField(node.field)}:*`;
    case 'is':
      return `${printField(node.field)}:${printValues(node.values)}`;
    case 'anywhere':
      return printAnywhere(node.value);
    case 'compare':
      return `${printField(node.field)} ${node.operator} ${printLiteral(node.value)}`;
  }
}

// `or` inside anything and `and` inside `not` need parentheses.
function printOperand(node: QueryNode, parent: 'and' | 'or' | 'not'): string {
  const printed = printQuery(node);
  return needsParentheses(node.kind, parent) ? `(${printed})` : printed;
}

function needsParentheses(kind: string, parent: 'and' | 'or' | 'not'): boolean {
  return kind === 'or' || (kind === 'and' && parent !== 'or');
}

function printValues(values: Values): string {
  if (values.kind === 'text' || values.kind === 'regex') return printLiteral(values);
  return `(${printValueList(values)})`;
}

function printValueList(values: Values): string {
  switch (values.kind) {
    case 'text':
    case 'regex':
      return printLiteral(values);
    case 'not':
      return `not ${printListOperand(values.operand, 'not')}`;
    case 'and':
    case 'or':
      return values.operands
        .map((operand) => printListOperand(operand, values.kind))
        .join(` ${values.kind} `);
  }
}

function printListOperand(values: Values, parent: 'and' | 'or' | 'not'): string {
  const printed = printValueList(values);
  return needsParentheses(values.kind, parent) ? `(${printed})` : printed;
}

function printField({ pieces }: FieldName): string {
  const written = pieces.join('*');
  const isPlain = /^[\w.@*-]+$/.test(written) && !pieces.some((piece) => piece.includes('*'));
  return isPlain && !keywordAt(written, 0) ? written : printQuoted(pieces);
}

function printLiteral(literal: Literal): string {
  if (literal.kind === 'regex') return printRegex(literal.source);
  return literal.quoted ? printQuoted(literal.pieces) : printUnquotedValue(literal.pieces);
}

function printAnywhere(value: Literal): string {
  const unquoted = value.kind === 'text' && !value.quoted;
  return unquoted ? printUnquoted(value.pieces) : printLiteral(value);
}

// `10:30:00` and `main.go:12` read better as they are, where the scanner takes them so.
function printUnquotedValue(pieces: Pieces): string {
  const plain = pieces.join('*');
  const scanner = { text: plain, at: 0 };
  const scanned =
    /^[\w.:@-]*$/.test(plain) && !keywordAt(plain, 0) && scanUnquoted(scanner, 'value');
  return scanned && scanner.at === plain.length ? plain : printUnquoted(pieces);
}

export function printRegex(source: string): string {
  return `/${source.replaceAll(/\\.|\//gsu, (part) => (part === '/' ? '\\/' : part))}/`;
}

const QUOTED_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '*': '\\*',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
};

function printQuoted(pieces: Pieces): string {
  const printed = pieces.map((piece) =>
    piece.replaceAll(/["\\*\t\n\r]/g, (character) => QUOTED_ESCAPES[character] ?? character),
  );
  return `"${printed.join('*')}"`;
}

/** Text that may stand without quotes, escaped where it must be. */
function printUnquoted(pieces: Pieces): string {
  const printed = pieces.map(escapeUnquoted).join('*');
  const slashed = printed.startsWith('/') ? `\\${printed}` : printed;
  return escapeKeywords(slashed);
}

function escapeUnquoted(piece: string): string {
  return Array.from(piece, (character) => {
    if (character === ' ') return ' ';
    if (isSpace(character)) return escapeSpace(character);
    return isSpecial(character) ? `\\${character}` : character;
  })
    .join('')
    .replaceAll(/^ +| +$/g, (spaces) => '\\ '.repeat(spaces.length));
}

// Not `\n`: before "ot" it would read as the escaped keyword.
function escapeSpace(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

// A word is a keyword only after a space or at the start.
function escapeKeywords(text: string): string {
  return text.replaceAll(/(?<=^| )(?:and|or|not)/gi, (word, at: number) =>
    keywordAt(text, at) ? `\\${word}` : word,
  );
}

/** For building queries: text as a value that means exactly this text. */
export function quoteText(text: string): string {
  return printQuoted([text]);
}

/** For building queries: an attribute key as a field name, in quotes only where it needs them. */
export function printFieldName(key: string): string {
  return printField({ pieces: [key], start: 0, end: 0 });
}
