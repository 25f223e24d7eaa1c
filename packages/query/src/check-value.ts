/**
 * What a literal means for a field: each function takes one literal and gives the test on one target,
 * or throws what is wrong with the literal.
 */
import type { Field } from '@tendril/model/fields';
import {
  SEVERITIES,
  severityNumber,
  severityOfName,
  severityOfNumber,
} from '@tendril/model/severity';
import { parseRecordId } from '@tendril/model/record-id';
import { RE2JS } from 're2js';

import type { CompareOperator, Literal, Pieces, RegexLiteral, TextLiteral } from './ast.ts';
import { piecesText } from './ast.ts';
import { parseIpRange } from './ip-range.ts';
import { durationNs, parseQuantity, unitNsOfKey } from './quantity.ts';
import { QueryFailure } from './query-failure.ts';
import type {
  Equals,
  HexColumn,
  IntegerColumn,
  RegexTest,
  ResolvedQuery,
  TextColumn,
  TextTest,
  TimeColumn,
  ValueTarget,
  ValueTest,
} from './resolved.ts';
import { nearestName } from './suggest.ts';
import type { TimeSpan } from './time-value.ts';
import { parseTime } from './time-value.ts';
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

function badValue({ literal, detail, hint }: BadValue): QueryFailure {
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

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const INT64_MAX = 2n ** 63n - 1n;

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
function int64Of(whole: number): bigint {
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

export function hexTest(column: HexColumn, literal: Literal): ResolvedQuery {
  if (literal.kind === 'regex') return { kind: 'hex', column, test: regexTest(literal) };
  const pieces = literal.pieces.map((piece) => piece.toLowerCase());
  if (pieces.length > 1) return { kind: 'hex', column, test: { kind: 'like', pieces } };
  const text = pieces[0] ?? '';
  const id = parseRecordId(text);
  if (text === '')
    return { kind: 'not', operand: { kind: 'hex', column, test: { kind: 'exists' } } };
  if (id !== undefined) return { kind: 'hex', column, test: { kind: 'in', ids: [id] } };
  throw badValue({
    literal,
    detail: `“${text}” is no id`,
    hint: 'such an id has 16 hexadecimal digits; a part of it can be written with *',
  });
}

export function timeTest(
  column: TimeColumn,
  operator: Operator,
  found: { readonly literal: Literal; readonly nowNs: bigint },
): ResolvedQuery {
  const { literal, nowNs } = found;
  const text = literalText(literal);
  const span = literal.kind === 'text' ? parseTime(text, nowNs) : undefined;
  if (!span) {
    throw badValue({
      literal,
      detail: `“${text}” is no time`,
      hint: 'write 2024-05-01, "2024-05-01 10:30:00", an epoch number or now-1h',
    });
  }
  return { kind: 'time', column, ...timeBounds(operator, span) };
}

function timeBounds(operator: Operator, span: TimeSpan): { fromNs?: bigint; toNs?: bigint } {
  switch (operator) {
    case ':':
      return span;
    case '>=':
      return { fromNs: span.fromNs };
    case '>':
      return { fromNs: span.toNs };
    case '<':
      return { toNs: span.fromNs };
    case '<=':
      return { toNs: span.toNs };
  }
}

export function durationTest(operator: Operator, literal: Literal): ResolvedQuery {
  const text = literalText(literal);
  const ns = literal.kind === 'text' ? durationNs(text) : undefined;
  if (ns === undefined) {
    throw badValue({
      literal,
      detail: `“${text}” is no duration`,
      hint: NUMBER.test(text) ? `write the unit, as in ${text}ms` : 'write 100ms, 1.5s or 2m',
    });
  }
  const whole = int64Of(Math.round(ns));
  return integerTest('DurationNs', operator, { low: whole, high: whole });
}

export function numberTest(operator: Operator, literal: Literal): ResolvedQuery {
  const text = literalText(literal);
  const number = literal.kind === 'text' ? numberOf(text) : undefined;
  if (number === undefined) {
    throw badValue({ literal, detail: `“${text}” is no number`, hint: 'write a number' });
  }
  const low = int64Of(Math.floor(Number(number)));
  const high = int64Of(Math.ceil(Number(number)));
  if (low !== high && operator === ':') return NOTHING;
  // Between two integers: below means up to the lower one, above means from the higher one.
  if (operator === '<' || operator === '<=') {
    return integerTest('SeverityNumber', low === high ? operator : '<=', { low, high: low });
  }
  return integerTest('SeverityNumber', low === high ? operator : '>=', { low: high, high });
}

/** Names stand for their range of numbers; other text is looked for in the level as it was written. */
export function severityTest(operator: Operator, literal: Literal): ResolvedQuery {
  const target: ValueTarget = { kind: 'column', column: 'SeverityText', lower: true };
  if (literal.kind === 'regex') return valueTest(target, literal);
  if (literal.pieces.length > 1) return severityPattern(target, literal);
  const text = literalText(literal);
  const range = severityRange(text);
  if (range) return integerTest('SeverityNumber', operator, range);
  if (operator === ':') return valueTest(target, literal);
  const nearest = nearestName(text, SEVERITIES);
  throw badValue({
    literal,
    detail: `“${text}” is no level`,
    hint: `${nearest ? `did you mean ${nearest}? ` : ''}levels are ${SEVERITIES.join(', ')}`,
  });
}

function severityPattern(target: ValueTarget, literal: TextLiteral): ResolvedQuery {
  const pieces = literal.pieces.map((piece) => fold(piece, 'ascii'));
  const named = SEVERITIES.filter((name) => likeMatches(pieces, name)).map((name) =>
    integerTest('SeverityNumber', ':', numbersOf(severityNumber(name))),
  );
  return either([valueTest(target, literal), ...named]);
}

interface Range {
  readonly low: bigint;
  readonly high: bigint;
}

function severityRange(text: string): Range | undefined {
  const name = severityOfName(text);
  if (name) return numbersOf(severityNumber(name));
  const number = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  return severityOfNumber(number) && { low: BigInt(number), high: BigInt(number) };
}

// A level has four numbers.
function numbersOf(first: number): Range {
  return { low: BigInt(first), high: BigInt(first + 3) };
}

/** A missing value is stored as 0 and is below nothing. */
function integerTest(column: IntegerColumn, operator: Operator, range: Range): ResolvedQuery {
  const { low, high } = range;
  const least = 1n;
  switch (operator) {
    case ':':
      return { kind: 'integer', column, min: low, max: high };
    case '>=':
      return { kind: 'integer', column, min: low };
    case '>':
      return { kind: 'integer', column, min: high < INT64_MAX ? high + 1n : high };
    case '<':
      return { kind: 'integer', column, min: least, max: low > -INT64_MAX ? low - 1n : low };
    case '<=':
      return { kind: 'integer', column, min: least, max: high };
  }
}

/** Whether text is pieces with anything between them. */
export function likeMatches(pieces: Pieces, text: string): boolean {
  const [first = '', ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (text.length < first.length + last.length) return false;
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  return containsInOrder(text.slice(first.length, text.length - last.length), rest);
}

export function containsInOrder(text: string, pieces: Pieces): boolean {
  let at = 0;
  for (const piece of pieces) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return true;
}

export const NOTHING: ResolvedQuery = { kind: 'not', operand: { kind: 'all' } };

export function either(operands: readonly ResolvedQuery[]): ResolvedQuery {
  const [first, ...more] = operands;
  if (!first) return NOTHING;
  return more.length === 0 ? first : { kind: 'or', operands };
}

/** A registered field's test for a literal. */
export function fieldTest(
  field: Field,
  operator: Operator,
  found: { readonly literal: Literal; readonly nowNs: bigint },
): ResolvedQuery {
  const { literal } = found;
  switch (field.column) {
    case 'Timestamp':
    case 'ObservedTimestamp':
      return timeTest(field.column, operator, found);
    case 'Body':
    case 'Original':
      refuseCompare(field, operator, literal);
      return textTest(field.column, literal);
    case 'PatternId':
    case 'RecordId':
      refuseCompare(field, operator, literal);
      return hexTest(field.column, literal);
    case 'DurationNs':
      return durationTest(operator, literal);
    case 'SeverityNumber':
      return field.type === 'severity'
        ? severityTest(operator, literal)
        : numberTest(operator, literal);
    default: {
      const target: ValueTarget = { kind: 'column', column: field.column };
      if (operator === ':') return valueTest(target, literal);
      return literal.kind === 'text' ? compareTest(target, operator, literal) : NOTHING;
    }
  }
}

function refuseCompare(field: Field, operator: Operator, literal: Literal): void {
  if (operator === ':') return;
  throw badValue({
    literal,
    detail: `“${field.name}” has no order, so "${operator}" cannot be used`,
    hint: `write ${field.name}:value`,
  });
}

export function fieldExists(field: Field): ResolvedQuery {
  switch (field.column) {
    case 'Timestamp':
    case 'ObservedTimestamp':
      return { kind: 'all' };
    case 'Body':
    case 'Original':
      return { kind: 'text', column: field.column, test: { kind: 'exists' } };
    case 'PatternId':
    case 'RecordId':
      return { kind: 'hex', column: field.column, test: { kind: 'exists' } };
    case 'DurationNs':
    case 'SeverityNumber':
      return { kind: 'integer', column: field.column, min: 1n };
    default: {
      const target: ValueTarget = { kind: 'column', column: field.column };
      return { kind: 'value', target, test: { kind: 'exists' } };
    }
  }
}
