/**
 * Query text to a syntax tree, by recursive descent with a bound on depth. The language is KQL as
 * Kibana users know it: `not` binds tighter than `and`, `and` tighter than `or`; a value runs over
 * its inner spaces. What differs: a `*` inside quotes is a wildcard, `/…/` is a regular expression,
 * and `{…}` (nested documents) is refused.
 */
import { DEFAULT_LIMITS } from '@tendril/model/limits';

import type { CompareOperator, Literal, Position, QueryNode, TextLiteral, Values } from './ast.ts';
import { isEverything } from './ast.ts';
import {
  refuseForgottenAnd,
  refuseNested,
  refuseNoValue,
  refuseNotEqual,
  refusePipesHere,
  refuseRest,
  refuseStart,
  refuseUnclosed,
} from './parse-mistakes.ts';
import { QueryFailure } from './query-failure.ts';
import type { ScannedText, Scanner } from './scan.ts';
import {
  asFieldName,
  isAtEnd,
  keywordAt,
  operatorAt,
  scanQuoted,
  scanRegex,
  scanUnquoted,
  skipSpaces,
} from './scan.ts';

/**
 * Parentheses and nots within each other. Far above what a person writes and far below the depth at
 * which ClickHouse refuses an expression (`max_ast_depth` 1,000).
 */
export const NESTING_DEPTH_MAX = 100;

export interface ParseLimits {
  readonly queryTextBytesMax: number;
  readonly queryClausesMax: number;
}

/** A query without pipes. */
export function parseQuery(text: string, limits: ParseLimits = DEFAULT_LIMITS): QueryNode {
  const parser = startParser(text, limits);
  const query = parseSource(parser);
  if (!isAtEnd(parser)) refusePipesHere(parser);
  return query;
}

export interface Parser extends Scanner {
  depth: number;
  clauseCount: number;
  readonly limits: ParseLimits;
}

export function startParser(text: string, limits: ParseLimits): Parser {
  refuseLongText(text, limits.queryTextBytesMax);
  return { text, at: 0, depth: 0, clauseCount: 0, limits };
}

/** Up to the first pipe; nothing means all records. */
export function parseSource(parser: Parser): QueryNode {
  const { text } = parser;
  skipSpaces(parser);
  const all: QueryNode = { kind: 'all', start: parser.at, end: parser.at };
  const query = isAtEnd(parser) || text[parser.at] === '|' ? all : parseOr(parser);
  skipSpaces(parser);
  if (!isAtEnd(parser) && text[parser.at] !== '|') refuseRest(parser, query);
  return query;
}

/** A condition of a pipe, as far as it goes. */
export function parseCondition(parser: Parser): QueryNode {
  skipSpaces(parser);
  return parseOr(parser);
}

function refuseLongText(text: string, bytesMax: number): void {
  const bytes = new TextEncoder().encode(text).byteLength;
  if (bytes <= bytesMax) return;
  throw new QueryFailure({
    code: 'query_too_long',
    detail: `the query has ${bytes} bytes, the limit is ${bytesMax}`,
    position: { start: 0, end: text.length },
    params: { bytes, bytesMax },
  });
}

function parseOr(parser: Parser): QueryNode {
  const parseAnd = (): QueryNode => parseChain(parser, 'and', () => parseNot(parser));
  return parseChain(parser, 'or', parseAnd);
}

type Group<Node> = Position & {
  readonly kind: 'and' | 'or';
  readonly operands: readonly Node[];
};

/** Operands with a keyword between them. What was grouped by the same keyword is taken in. */
function parseChain<Node extends Position & { readonly kind: string }>(
  parser: Parser,
  kind: 'and' | 'or',
  parseOperand: () => Node,
): Node | Group<Node> {
  const first = parseOperand();
  const operands = [first];
  for (;;) {
    const at = parser.at;
    skipSpaces(parser);
    if (keywordAt(parser.text, parser.at) !== kind) {
      parser.at = at;
      break;
    }
    parser.at += kind.length;
    operands.push(parseOperand());
  }
  if (operands.length === 1) return first;
  const flat = operands.flatMap((operand) => operandsOf(operand, kind));
  return { kind, operands: flat, start: first.start, end: parser.at };
}

function operandsOf<Node extends { readonly kind: string; readonly operands?: readonly Node[] }>(
  node: Node,
  kind: string,
): readonly Node[] {
  return node.kind === kind ? (node.operands ?? [node]) : [node];
}

function parseNot(parser: Parser): QueryNode {
  skipSpaces(parser);
  const start = parser.at;
  if (keywordAt(parser.text, start) !== 'not') return parsePrimary(parser);
  parser.at += 'not'.length;
  const operand = deeper(parser, start, () => parseNot(parser));
  return { kind: 'not', operand, start, end: operand.end };
}

function deeper<Node>(parser: Parser, start: number, parseInner: () => Node): Node {
  if (parser.depth === NESTING_DEPTH_MAX) {
    throw new QueryFailure({
      code: 'query_too_deep',
      detail: `the query nests deeper than ${NESTING_DEPTH_MAX} levels`,
      position: { start, end: start + 1 },
      params: { depthMax: NESTING_DEPTH_MAX },
    });
  }
  parser.depth += 1;
  const inner = parseInner();
  parser.depth -= 1;
  return inner;
}

function parsePrimary(parser: Parser): QueryNode {
  const { text, at: start } = parser;
  if (text[start] === '(') return parseGroup(parser, () => parseOr(parser));
  if (keywordAt(text, start)) return refuseStart(parser);
  const regex = scanRegex(parser);
  if (regex) return clause(parser, { kind: 'anywhere', value: regex, start, end: regex.end });
  const first = text[start] === '"' ? scanQuoted(parser) : scanUnquoted(parser, 'first');
  if (!first) return refuseStart(parser);
  const end = parser.at;
  skipSpaces(parser);
  const operator = operatorAt(text, parser.at);
  if (operator !== undefined) return parseField(parser, { first, operator });
  parser.at = end;
  refuseNotEqual(first, text);
  if (isEverything(first.pieces)) return clause(parser, { kind: 'all', start, end });
  return clause(parser, { kind: 'anywhere', value: textLiteral(first), start, end });
}

/** The tree of what stands in parentheses; they leave no trace but their position. */
function parseGroup<Node extends Position>(parser: Parser, parseInner: () => Node): Node {
  const start = parser.at;
  parser.at += 1;
  const inner = deeper(parser, start, parseInner);
  skipSpaces(parser);
  if (parser.text[parser.at] !== ')') refuseUnclosed(parser, start, inner);
  parser.at += 1;
  return { ...inner, start, end: parser.at };
}

interface FieldStart {
  readonly first: ScannedText;
  readonly operator: ':' | CompareOperator;
}

function parseField(parser: Parser, { first, operator }: FieldStart): QueryNode {
  refuseForgottenAnd(parser, first);
  const { start } = first;
  const field = asFieldName(first);
  parser.at += operator.length;
  skipSpaces(parser);
  if (operator !== ':') {
    const value = parseCompared(parser, operator);
    return clause(parser, { kind: 'compare', field, operator, value, start, end: parser.at });
  }
  if (parser.text[parser.at] === '{') refuseNested(parser, field);
  const values = parseValues(parser);
  const end = parser.at;
  const everything = values.kind === 'text' && isEverything(values.pieces);
  if (isEverything(field.pieces)) {
    return everything ? { kind: 'all', start, end } : anywhere(values);
  }
  return everything
    ? { kind: 'exists', field, start, end }
    : { kind: 'is', field, values, start, end };
}

/** `*:x` is `x` without a field. */
function anywhere(values: Values): QueryNode {
  const { start, end } = values;
  switch (values.kind) {
    case 'text':
      return isEverything(values.pieces)
        ? { kind: 'all', start, end }
        : { kind: 'anywhere', value: values, start, end };
    case 'regex':
      return { kind: 'anywhere', value: values, start, end };
    case 'not':
      return { kind: 'not', operand: anywhere(values.operand), start, end };
    case 'and':
    case 'or':
      return { kind: values.kind, operands: values.operands.map(anywhere), start, end };
  }
}

function parseValues(parser: Parser): Values {
  if (parser.text[parser.at] !== '(') return parseLiteral(parser);
  return parseGroup(parser, () => parseValuesOr(parser));
}

function parseValuesOr(parser: Parser): Values {
  return parseChain(parser, 'or', () => parseChain(parser, 'and', () => parseValuesNot(parser)));
}

function parseValuesNot(parser: Parser): Values {
  skipSpaces(parser);
  const start = parser.at;
  if (keywordAt(parser.text, start) !== 'not') return parseValues(parser);
  parser.at += 'not'.length;
  const operand = deeper(parser, start, () => parseValuesNot(parser));
  return { kind: 'not', operand, start, end: operand.end };
}

function parseLiteral(parser: Parser): Literal {
  const { text, at: start } = parser;
  const regex = scanRegex(parser);
  const literal =
    regex ?? (text[start] === '"' ? scanQuoted(parser) : scanKeywordless(parser, start));
  return clause(parser, literal.kind === 'text' ? textLiteral(literal) : literal);
}

function parseCompared(parser: Parser, operator: CompareOperator): TextLiteral {
  const { text, at: start } = parser;
  const literal =
    scanRegex(parser) ??
    (text[start] === '"' ? scanQuoted(parser) : scanKeywordless(parser, start));
  if (literal.kind === 'text' && literal.pieces.length === 1) return textLiteral(literal);
  throw new QueryFailure({
    code: 'query_syntax',
    detail: `"${operator}" needs one value, not a pattern`,
    position: literal,
    hint: 'write \\* for a star, quotes for a slash, or use a colon for patterns',
    expected: ['value'],
  });
}

function scanKeywordless(parser: Parser, start: number): TextLiteral {
  const keyword = keywordAt(parser.text, start);
  const literal = keyword ? undefined : scanUnquoted(parser, 'value');
  if (literal) {
    refuseForgottenAnd(parser, literal);
    return literal;
  }
  return refuseNoValue(parser, keyword);
}

// Drops what only the parser needs, so that trees compare equal.
function textLiteral({ pieces, quoted, start, end }: TextLiteral): TextLiteral {
  return { kind: 'text', pieces, quoted, start, end };
}

function clause<Node extends Position>(parser: Parser, node: Node): Node {
  parser.clauseCount += 1;
  const { queryClausesMax } = parser.limits;
  if (parser.clauseCount <= queryClausesMax) return node;
  throw new QueryFailure({
    code: 'query_too_many_clauses',
    detail: `the query has more than ${queryClausesMax} conditions`,
    position: node,
    params: { clausesMax: queryClausesMax },
  });
}
