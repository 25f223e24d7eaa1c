/**
 * What a literal means for a registered field: times, durations, levels and ids have types of their own;
 * the other columns are text.
 */
import type { Field } from '@tendril/model/fields';
import { parseRecordId } from '@tendril/model/record-id';
import {
  SEVERITIES,
  severityNumber,
  severityOfName,
  severityOfNumber,
} from '@tendril/model/severity';

import type { Literal, TextLiteral } from './ast.ts';
import {
  NOTHING,
  NUMBER,
  type Operator,
  badValue,
  compareTest,
  either,
  int64Of,
  INT64_MAX,
  literalText,
  numberOf,
  regexTest,
  textTest,
  valueTest,
} from './check-value.ts';
import { likeMatches } from './like-pattern.ts';
import { durationNs } from './quantity.ts';
import type {
  HexColumn,
  IntegerColumn,
  ResolvedQuery,
  TimeColumn,
  ValueTarget,
} from './resolved.ts';
import { nearestName } from './suggest.ts';
import type { TimeSpan } from './time-value.ts';
import { parseTime } from './time-value.ts';
import { fold } from './words.ts';

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
    case 'StatusMessage':
      refuseCompare(field, operator, literal);
      return textTest(field.column, literal);
    case 'SpanKind':
    case 'StatusCode':
      refuseCompare(field, operator, literal);
      return valueTest({ kind: 'column', column: field.column, lower: true }, literal);
    case 'PatternId':
    case 'RecordId':
      refuseCompare(field, operator, literal);
      return hexTest(field.column, literal);
    case 'DurationNs':
    case 'Duration':
      return durationTest(field.column, operator, literal);
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
    case 'Duration':
      return { kind: 'all' };
    case 'Body':
    case 'Original':
    case 'StatusMessage':
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

function hexTest(column: HexColumn, literal: Literal): ResolvedQuery {
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

function timeTest(
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

export function timeBounds(operator: Operator, span: TimeSpan): { fromNs?: bigint; toNs?: bigint } {
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

function durationTest(
  column: 'DurationNs' | 'Duration',
  operator: Operator,
  literal: Literal,
): ResolvedQuery {
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
  return integerTest(column, operator, { low: whole, high: whole });
}

function numberTest(operator: Operator, literal: Literal): ResolvedQuery {
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
function severityTest(operator: Operator, literal: Literal): ResolvedQuery {
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
  const least = column === 'Duration' ? 0n : 1n;
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
