import { goldenActuals } from '@tendril/testkit/golden';
import { queryArbitrary } from '@tendril/testkit/random-query';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { FieldName, Literal, Pieces, Position, QueryNode, Values } from './ast.ts';
import { NESTING_DEPTH_MAX, parseQuery } from './parse.ts';
import { printQuery } from './print.ts';
import { QueryFailure } from './query-failure.ts';

describe('parseQuery', () => {
  const cases = goldenActuals(new URL('../testdata/parse.txt', import.meta.url), (text) =>
    drawTree(parseQuery(text)),
  );
  test.each(cases)('$name', ({ actual, expected }) => {
    expect(actual).toBe(expected);
  });

  test('takes an empty query and white space for all records', () => {
    for (const text of ['', ' \t\n\u3000', '*', '*:*', '"*"']) {
      expect(parseQuery(text)).toMatchObject({ kind: 'all' });
    }
  });

  test('never fails but with a QueryFailure inside the text, whatever it is given', () => {
    const unit = fc.constantFrom(
      ...'ab:()"*\\/<>={}| \n\u3000|é连😀'.split(''),
      'and ',
      ' or ',
      'not ',
    );
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit }), fc.string({ unit: 'binary' })), (text) => {
        const failure = failureOf(text);
        if (!failure) return;
        const { start, end } = failure.position;
        expect(start).toBeGreaterThanOrEqual(0);
        expect(end).toBeGreaterThanOrEqual(start);
        expect(end).toBeLessThanOrEqual(text.length);
        expect(failure.message).not.toBe('');
      }),
      { numRuns: 2_000 },
    );
  });

  test('places every node in the text it came from', () => {
    fc.assert(
      fc.property(queryArbitrary(), (node) => {
        const text = printQuery(node);
        for (const { start, end } of nodesOf(parseQuery(text))) {
          expect(start).toBeLessThan(end);
          expect(end).toBeLessThanOrEqual(text.length);
        }
      }),
    );
  });

  test.each([
    ['(', ')'],
    ['not ', ''],
    ['not (', ')'],
  ])('takes 10,000 times "%s" for too deep', (open, close) => {
    const failure = failureOf(`${open.repeat(10_000)}a${close.repeat(10_000)}`);
    expect(failure).toMatchObject({ code: 'query_too_deep' });
  });

  test('nests as deep as is allowed', () => {
    const nested = (depth: number): string => `${'('.repeat(depth)}a${')'.repeat(depth)}`;
    expect(parseQuery(nested(NESTING_DEPTH_MAX))).toMatchObject({ kind: 'anywhere' });
    expect(failureOf(nested(NESTING_DEPTH_MAX + 1))).toMatchObject({ code: 'query_too_deep' });
  });

  test('refuses a query one byte or one condition past the limit', () => {
    const limits = { queryTextBytesMax: 12, queryClausesMax: 2 };
    expect(parseQuery('连接 or b', limits)).toMatchObject({ kind: 'or' });
    expect(() => parseQuery('连接 or bcd', limits)).toThrow('the query has 13 bytes');
    expect(() => parseQuery('a or b or c', limits)).toThrow('more than 2 conditions');
    expect(() => parseQuery('f:(a or b c)', limits)).not.toThrow();
  });

  test('takes 10,000 conditions at once', () => {
    const text = Array.from({ length: 10_000 }, () => 'a').join(' or ');
    expect(parseQuery(text)).toMatchObject({ kind: 'or', operands: { length: 10_000 } });
    expect(failureOf(`${text} or a`)).toMatchObject({ code: 'query_too_many_clauses' });
  });
});

function failureOf(text: string): QueryFailure | undefined {
  try {
    parseQuery(text);
    return undefined;
  } catch (error) {
    if (error instanceof QueryFailure) return error;
    throw error;
  }
}

function nodesOf(node: QueryNode): readonly Position[] {
  switch (node.kind) {
    case 'and':
    case 'or':
      return [node, ...node.operands.flatMap(nodesOf)];
    case 'not':
      return [node, ...nodesOf(node.operand)];
    case 'is':
      return [node, node.field, node.values];
    case 'compare':
      return [node, node.field, node.value];
    case 'exists':
      return [node, node.field];
    case 'anywhere':
      return [node, node.value];
    case 'all':
      return [];
  }
}

/** One line a node, children indented, each with its position. */
function drawTree(node: QueryNode, indent = ''): string {
  const at = `${indent}${node.start}-${node.end} ${node.kind}`;
  const inner = `${indent}  `;
  switch (node.kind) {
    case 'all':
      return at;
    case 'and':
    case 'or':
      return [at, ...node.operands.map((operand) => drawTree(operand, inner))].join('\n');
    case 'not':
      return `${at}\n${drawTree(node.operand, inner)}`;
    case 'exists':
      return `${at} ${drawField(node.field)}`;
    case 'is':
      return `${at} ${drawField(node.field)}\n${drawValues(node.values, inner)}`;
    case 'anywhere':
      return `${at}\n${drawValues(node.value, inner)}`;
    case 'compare':
      return `${at} ${drawField(node.field)} ${node.operator}\n${drawValues(node.value, inner)}`;
  }
}

function drawField({ start, end, pieces }: FieldName): string {
  return `${start}-${end} ${drawPieces(pieces)}`;
}

function drawValues(values: Values, indent: string): string {
  const at = `${indent}${values.start}-${values.end} ${values.kind}`;
  const inner = `${indent}  `;
  switch (values.kind) {
    case 'text':
    case 'regex':
      return `${at} ${drawLiteral(values)}`;
    case 'not':
      return `${at}\n${drawValues(values.operand, inner)}`;
    case 'and':
    case 'or':
      return [at, ...values.operands.map((operand) => drawValues(operand, inner))].join('\n');
  }
}

function drawLiteral(literal: Literal): string {
  if (literal.kind === 'regex') return literal.source;
  return `${drawPieces(literal.pieces)}${literal.quoted ? ' quoted' : ''}`;
}

function drawPieces(pieces: Pieces): string {
  return pieces.map((piece) => JSON.stringify(piece)).join(' * ');
}
