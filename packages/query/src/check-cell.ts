/** What a literal means for a column that a pipe made: by the type of the column, as for fields. */
import { SEVERITIES, severityOfName } from '@tendril/model/severity';

import type { Literal } from './ast.ts';
import {
  NOTHING,
  type Operator,
  badValue,
  compareTest,
  literalText,
  numberOf,
  valueTest,
} from './check-value.ts';
import type { Cell } from './column.ts';
import { timeBounds } from './check-field.ts';
import { durationNs } from './quantity.ts';
import type { CellTest, ResolvedQuery, ValueTarget } from './resolved.ts';
import { nearestName } from './suggest.ts';
import { parseTime } from './time-value.ts';
import { mapTests } from './walk.ts';

interface Found {
  readonly literal: Literal;
  readonly nowNs: bigint;
}

export function cellTest(cell: Cell, operator: Operator, found: Found): ResolvedQuery {
  const { literal } = found;
  const isEmpty = literal.kind === 'text' && literalText(literal) === '';
  if (isEmpty && operator === ':') return { kind: 'not', operand: cellExistsTest(cell) };
  switch (cell.type) {
    case 'text':
    case 'texts':
      return textTest(cell, operator, literal);
    case 'number':
    case 'integer':
      return numberTest(cell, operator, literal);
    case 'duration':
      return durationTest(cell, operator, literal);
    case 'level':
      return levelTest(cell, operator, literal);
    case 'time':
      return timeTest(cell, operator, found);
  }
}

export function cellExistsTest(cell: Cell): ResolvedQuery {
  return { kind: 'cell', cell, test: { kind: 'exists' } };
}

// The target is never read: it makes the tests of attributes take amounts and addresses.
const AS_ATTRIBUTE: ValueTarget = { kind: 'resource', key: '' };

function textTest(cell: Cell, operator: Operator, literal: Literal): ResolvedQuery {
  if (operator === ':') return onCell(cell, valueTest(AS_ATTRIBUTE, literal));
  return literal.kind === 'text'
    ? onCell(cell, compareTest(AS_ATTRIBUTE, operator, literal))
    : NOTHING;
}

/** The same tests, of the cell. */
function onCell(cell: Cell, query: ResolvedQuery): ResolvedQuery {
  return mapTests(query, (each) => {
    if (each.kind !== 'value') return each;
    const { test } = each;
    return { kind: 'cell', cell, test: test.kind === 'exists' ? test : { kind: 'text', test } };
  });
}

function numberTest(cell: Cell, operator: Operator, literal: Literal): ResolvedQuery {
  if (isPattern(literal)) return textTest(cell, operator, literal);
  const text = literalText(literal);
  const bound = numberOf(text) ?? durationNs(text);
  if (bound !== undefined) return compared(cell, operator, bound);
  throw badValue({ literal, detail: `“${text}” is no number`, hint: 'write a number' });
}

function durationTest(cell: Cell, operator: Operator, literal: Literal): ResolvedQuery {
  const text = literalText(literal);
  const ns = literal.kind === 'text' ? durationNs(text) : undefined;
  if (ns !== undefined) return compared(cell, operator, ns);
  throw badValue({
    literal,
    detail: `“${text}” is no duration`,
    hint:
      numberOf(text) === undefined ? 'write 100ms, 1.5s or 2m' : `write the unit, as in ${text}ms`,
  });
}

function levelTest(cell: Cell, operator: Operator, literal: Literal): ResolvedQuery {
  if (isPattern(literal)) return textTest(cell, operator, literal);
  const text = literalText(literal);
  const level = severityOfName(text);
  if (level) return compared(cell, operator, SEVERITIES.indexOf(level) + 1);
  const nearest = nearestName(text, SEVERITIES);
  throw badValue({
    literal,
    detail: `“${text}” is no level`,
    hint: `${nearest ? `did you mean ${nearest}? ` : ''}levels are ${SEVERITIES.join(', ')}`,
  });
}

function timeTest(cell: Cell, operator: Operator, { literal, nowNs }: Found): ResolvedQuery {
  const text = literalText(literal);
  const span = literal.kind === 'text' ? parseTime(text, nowNs) : undefined;
  if (span) return { kind: 'cell', cell, test: { kind: 'time', ...timeBounds(operator, span) } };
  throw badValue({
    literal,
    detail: `“${text}” is no time`,
    hint: 'write 2024-05-01, "2024-05-01 10:30:00", an epoch number or now-1h',
  });
}

function isPattern(literal: Literal): boolean {
  return literal.kind === 'regex' || literal.pieces.length > 1;
}

function compared(cell: Cell, operator: Operator, bound: bigint | number): ResolvedQuery {
  const test: CellTest = { kind: 'number', operator: operator === ':' ? '=' : operator, bound };
  return { kind: 'cell', cell, test };
}
