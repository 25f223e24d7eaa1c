/**
 * Mistakes of the parser's readers, told in their words: what stands there, what is missing, what to write
 * instead. People bring habits of Lucene, SQL and LogQL, so those are named.
 */
import type { FieldName, Position, TextLiteral } from './ast.ts';
import { piecesText } from './ast.ts';
import { QueryFailure } from './query-failure.ts';
import type { ScannedText, Scanner } from './scan.ts';
import { isAtEnd, isSpace, keywordAt, operatorAt, skipSpaces } from './scan.ts';
import { nearestName } from './suggest.ts';

export function refuseStart(parser: Scanner): never {
  const { text, at } = parser;
  const keyword = keywordAt(text, at);
  const found = keyword ?? text[at];
  const operator = operatorAt(text, at);
  throw new QueryFailure({
    code: 'query_syntax',
    detail: `expected a field or a value, found ${found === undefined ? 'the end' : quoted(operator ?? found)}`,
    position: { start: at, end: at + (operator ?? found ?? '').length },
    hint: startHint(found, operator),
    expected: ['field', 'value', 'not', '('],
  });
}

export function refuseNoValue(parser: Scanner, keyword: string | undefined): never {
  const start = parser.at;
  const found = keyword ?? parser.text[start];
  throw new QueryFailure({
    code: 'query_syntax',
    detail: `expected a value, found ${found === undefined ? 'the end' : quoted(found)}`,
    position: { start, end: start + (found?.length ?? 0) },
    hint: found === undefined ? 'write a value, or * for any' : quoteHint(found),
    expected: ['value', '('],
  });
}

function startHint(found: string | undefined, operator: string | undefined): string {
  if (found === undefined) return 'something is missing at the end of the query';
  if (operator !== undefined) return `write a field name before ${operator}, as in level:error`;
  if (found === ')') return 'there is nothing before this parenthesis';
  if (found === '|') return 'write "or" between alternatives, or \\| for the character itself';
  return quoteHint(found);
}

function quoteHint(found: string): string {
  return `to search for the text itself, put it in quotes: "${found === '"' ? '\\"' : found}"`;
}

export function refuseNotEqual(first: TextLiteral, text: string): void {
  const written = text.slice(first.start, first.end);
  const match = first.quoted ? null : /^([\w.@-]+)\s*!=\s*(\S.*)?$/s.exec(written);
  if (!match) return;
  throw new QueryFailure({
    code: 'query_syntax',
    detail: '"!=" is no operator here',
    position: first,
    hint: `write not ${match[1]}:${match[2] ?? 'value'}, or put the text in quotes`,
    expected: ['not', ':'],
  });
}

/** An operator after the second word of unquoted text: the words before it belong to another condition. */
export function refuseForgottenAnd(parser: Scanner, literal: ScannedText): void {
  if (literal.lastWordStart === literal.start) return;
  const { text } = parser;
  const after: Scanner = { text, at: literal.end };
  skipSpaces(after);
  const operator = operatorAt(text, after.at);
  if (operator === undefined) return;
  const before = text.slice(literal.start, literal.lastWordStart).trimEnd();
  const name = text.slice(literal.lastWordStart, literal.end);
  throw new QueryFailure({
    code: 'query_syntax',
    detail: `there is nothing between ${quoted(before)} and ${quoted(name + operator)}`,
    position: { start: literal.lastWordStart, end: literal.end },
    hint: `write “and” or “or” before ${name}; a field name with spaces needs quotes`,
    expected: ['and', 'or'],
  });
}

export function refuseNested(parser: Scanner, field: FieldName): never {
  throw new QueryFailure({
    code: 'query_nested',
    detail: 'nested conditions in braces are not supported: attributes are flat here',
    position: { start: parser.at, end: parser.at + 1 },
    hint: `write the whole name of each attribute, as in ${piecesText(field.pieces)}.name:value`,
    expected: ['value', '('],
  });
}

export function refuseUnclosed(parser: Scanner, start: number, inner: Position): never {
  if (!isAtEnd(parser)) refuseRest(parser, inner);
  throw new QueryFailure({
    code: 'query_syntax',
    detail: 'a parenthesis is not closed',
    position: { start, end: start + 1 },
    hint: 'add the closing )',
    expected: [')', 'and', 'or'],
  });
}

export function refuseRest(parser: Scanner, before: Position): never {
  const { text, at } = parser;
  const rest = /^[^\s()]+|^./su.exec(text.slice(at))?.[0] ?? '';
  const written = text.slice(before.start, before.end);
  throw new QueryFailure({
    code: 'query_syntax',
    detail: `expected "and" or "or", found ${quoted(rest)}`,
    position: { start: at, end: at + rest.length },
    hint: restHint({ rest, written, joined: at > 0 && !isSpace(text[at - 1]) }),
    expected: ['and', 'or', 'the end'],
  });
}

function restHint(found: { rest: string; written: string; joined: boolean }): string {
  const { rest, written, joined } = found;
  const special = rest[0] ?? '';
  if (special === ')') return 'there is no opening parenthesis for it';
  if (special === '|') return 'close the parentheses before a pipe';
  if (keywordAt(rest, 0) === 'not') return 'write "and not" to exclude, or put the text in quotes';
  if (/[<>{}]/.test(special) || joined) {
    return `outside quotes ${special} must be written \\${special}; or put the text in quotes`;
  }
  return written.length > 60 ? 'write "and" before it' : `write ${written} and ${rest}`;
}

export function refusePipesHere({ at }: Scanner): never {
  throw new QueryFailure({
    code: 'query_pipe_unfit',
    detail: 'pipes cannot be used here, only conditions',
    position: { start: at, end: at + 1 },
    hint: 'to search for the character write \\| or put the text in quotes',
    params: { pipe: '' },
  });
}

/** Where the name of a pipe should stand; `known` are the names there are. */
export function refusePipe(parser: Scanner, known: readonly string[]): never {
  const { text, at } = parser;
  const bar = text.lastIndexOf('|', at - 1);
  if (text[at] === '|' && bar === at - 1) {
    throw new QueryFailure({
      code: 'query_syntax',
      detail: '"||" is no operator here',
      position: { start: bar, end: at + 1 },
      hint: 'write or between alternatives',
      expected: ['or'],
    });
  }
  const name = /^[\p{L}_]*/u.exec(text.slice(at))?.[0] ?? '';
  const nearest = name === '' ? undefined : nearestName(name, known);
  const meant = nearest === undefined ? '' : `did you mean ${nearest}? `;
  throw new QueryFailure({
    code: 'query_unknown_pipe',
    detail: name === '' ? 'a pipe has no name' : `unknown pipe ${quoted(name)}`,
    position: name === '' ? { start: bar, end: bar + 1 } : { start: at, end: at + name.length },
    hint: `${meant}to search for the character write \\| or put the text in quotes; between alternatives write or`,
    params: { name },
  });
}

function quoted(text: string): string {
  return `“${text.length > 40 ? `${text.slice(0, 40)}…` : text}”`;
}
