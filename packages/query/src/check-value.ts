/**
 * What a literal means for a field: each function takes one literal and gives the test on one target,
 * or throws what is wrong with the literal.
 */
import type { TextColumn } from '@tendril/model/fields';
import { RE2JS } from 're2js';

import type { CompareOperator, Literal, Pieces, RegexLiteral, TextLiteral } from './ast.ts';
import { piecesText } from './ast.ts';
import { parseIpRange } from './ip-range.ts';
import { parseQuantity, unitNsOfKey } from './quantity.ts';
import { QueryFailure } from './query-failure.ts';
import type {
  Equals,
  RegexTest,
  ResolvedQuery,
  TextTest,
  ValueTarget,
  ValueTest,
} from './resolved.ts';
import { fold, foldingFor, hasCjk, splitAtSpaces, wordsOf } from './words.ts';

export type Operator = ':' | CompareOperator;

/** RE2 refuses programs beyond its memory bound; text of this length stays far below. */
export const REGEX_LENGTH_MAX = 1_000;

export function regexTest(literal: RegexLiteral): RegexTest {
  const { source } = literal;
  if (source.length > REGEX_LENGTH_MAX) {
    throw badRegex(literal, `it has ${source.length} characters, the limit is ${REGEX_LENGTH_MAX}`);
  }
  try {
    // As ClickHouse's match(): a dot takes newlines too.
    return { kind: 'regex', source, regex: RE2JS.compile(source, RE2JS.DOTALL) };
  } catch (error) {
    throw badRegex(literal, error instanceof Error ? error.message : String(error));
  }
}

function badRegex(literal: RegexLiteral, reason: string): QueryFailure {
  return new QueryFailure({
    code: 'query_bad_regex',
    detail: `cannot use this regular expression: ${reason}`,
    position: literal,
    hint: 'the syntax is RE2; text that only begins with a slash can be put in quotes',
  });
}

interface BadValue {
  readonly literal: Literal;
  readonly detail: string;
  readonly hint: string;
}

export function badValue({ literal, detail, hint }: BadValue): QueryFailure {
  return new QueryFailure({ code: 'query_bad_value', detail, position: literal, hint });
}

export function literalText(literal: Literal): string {
  return literal.kind === 'regex' ? `/${literal.source}/` : piecesText(literal.pieces);
}

/** Words of body text. Unquoted: any of the words; quoted: all of them in order. */
export function textTest(column: TextColumn, literal: Literal): ResolvedQuery {
  if (literal.kind === 'regex') return { kind: 'text', column, test: regexTest(literal) };
  const parts = literal.quoted ? [literal.pieces] : splitAtSpaces(literal.pieces);
  const tests = parts.map((pieces): ResolvedQuery => ({
    kind: 'text',
    column,
    test: wordTest(pieces),
  }));
  return either(tests);
}

function wordTest(pieces: Pieces): TextTest {
  const [text = '', ...more] = pieces;
  const folding = foldingFor(pieces.join(''));
  if (more.length > 0)
    return { kind: 'contains', pieces: pieces.map((p) => fold(p, folding)), folding };
  if (text === '') return { kind: 'empty' };
  const folded = fold(text, folding);
  const words = hasCjk(text) ? [] : wordsOf(folded);
  // Nothing but punctuation: `->` is no word, so the text itself is looked for.
  if (words.length === 0) return { kind: 'contains', pieces: [folded], folding };
  return { kind: words.length === 1 ? 'anyWord' : 'phrase', words, folding };
}

/** A keyword, an id or an attribute equals the whole value. */
export function valueTest(target: ValueTarget, literal: Literal): ResolvedQuery {
  if (literal.kind === 'regex') return { kind: 'value', target, test: regexTest(literal) };
  const pieces = lowerFor(target, literal.pieces);
  if (pieces.length > 1) return { kind: 'value', target, test: { kind: 'like', pieces } };
  const [text = ''] = pieces;
  const equal: ResolvedQuery = {
    kind: 'value',
    target,
    test: { kind: 'in', values: equals(text) },
  };
  const amount = amountTest(target, text);
  return amount ? either([equal, { kind: 'value', target, test: amount }]) : equal;
}

function lowerFor(target: ValueTarget, pieces: Pieces): Pieces {
  const lower = target.kind === 'column' && target.lower === true;
  return lower ? pieces.map((piece) => fold(piece, 'ascii')) : pieces;
}

// Columns hold names and ids; only attributes may hold amounts and addresses.
function amountTest(target: ValueTarget, text: string): ValueTest | undefined {
  if (target.kind === 'column') return undefined;
  const range = parseIpRange(text);
  if (range) return { kind: 'ip', range };
  const quantity = parseQuantity(text);
  if (!quantity) return undefined;
  return {
    kind: 'quantity',
    operator: '=',
    quantity,
    numberUnit: numberUnit(target, quantity.kind),
  };
}

function numberUnit(target: ValueTarget, kind: 'duration' | 'size'): number | undefined {
  if (kind === 'size') return 1;
  if (target.kind === 'column') return undefined;
  return unitNsOfKey(target.kind === 'attribute' ? target.attribute.key : target.key);
}

export const NUMBER: RegExp = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
export const INT64_MAX: bigint = 2n ** 63n - 1n;

export function numberOf(text: string): bigint | number | undefined {
  if (!NUMBER.test(text)) return undefined;
  if (/^[+-]?\d+$/.test(text)) {
    const integer = BigInt(text.replace(/^\+/, ''));
    if (integer >= -INT64_MAX && integer <= INT64_MAX) return integer;
  }
  return Number(text);
}

/** A number also equals its usual spelling as text, so `2e2` finds "200". */
function equals(text: string): Equals {
  const number = numberOf(text);
  if (number === undefined) {
    const booleans = text === 'true' ? [true] : text === 'false' ? [false] : [];
    return { texts: [text], integers: [], floats: [], booleans };
  }
  const float = Number(number);
  const spelled = String(number);
  return {
    texts: spelled === text ? [text] : [text, spelled],
    integers: integersOf(number),
    // 2^53 + 1 is no float; the nearest one is another number.
    floats: typeof number === 'number' || BigInt(float) === number ? [float] : [],
    booleans: [],
  };
}

// The columns are Int64; what lies beyond is as good as its end.
export function int64Of(whole: number): bigint {
  if (Math.abs(whole) < 2 ** 63) return BigInt(whole);
  return whole < 0 ? -INT64_MAX : INT64_MAX;
}

function integersOf(number: bigint | number): readonly bigint[] {
  if (typeof number === 'bigint') return [number];
  if (!Number.isSafeInteger(number)) return [];
  return [BigInt(number)];
}

/** Numbers compare as numbers, amounts as amounts, other text by its characters. */
export function compareTest(
  target: ValueTarget,
  operator: CompareOperator,
  literal: TextLiteral,
): ResolvedQuery {
  const [text = ''] = lowerFor(target, literal.pieces);
  const bound = numberOf(text);
  if (bound !== undefined) {
    return { kind: 'value', target, test: { kind: 'compareNumber', operator, bound } };
  }
  const quantity = target.kind === 'column' ? undefined : parseQuantity(text);
  if (!quantity)
    return { kind: 'value', target, test: { kind: 'compareText', operator, bound: text } };
  const unit = numberUnit(target, quantity.kind);
  refuseUnitless({ target, literal, unit });
  return {
    kind: 'value',
    target,
    test: { kind: 'quantity', operator, quantity, numberUnit: unit },
  };
}

function refuseUnitless(found: {
  target: ValueTarget;
  literal: TextLiteral;
  unit: number | undefined;
}): void {
  const { target, literal, unit } = found;
  if (unit !== undefined || target.kind !== 'attribute') return;
  const { key, types } = target.attribute;
  if (types.includes('string') || types.includes('array')) return;
  throw badValue({
    literal,
    detail: `“${key}” is a number whose unit is not known`,
    hint: 'compare it with a number in the unit it was logged in',
  });
}

export const NOTHING: ResolvedQuery = { kind: 'not', operand: { kind: 'all' } };

export function either(operands: readonly ResolvedQuery[]): ResolvedQuery {
  const [first, ...more] = operands;
  if (!first) return NOTHING;
  return more.length === 0 ? first : { kind: 'or', operands };
}
