/**
 * A word without a field may be in a body, or be a whole id or the name of a service. Nearly always it is no
 * id at all, and then the columns of ids are read for nothing: with them a count takes ten times as long. Who
 * knows which values no record has can ask which tests matter (`idTestsOf`) and leave them out
 * (`withoutIdTests`).
 */
import { NOTHING } from './check-value.ts';
import type { ResolvedQuery, Test } from './resolved.ts';

export type IdTest = Extract<Test, { readonly kind: 'value' }>;

/** The same for tests that ask the same, in any reading of the query. */
export function idTestKey({ target, test }: IdTest): string {
  const texts = test.kind === 'in' ? test.values.texts : [];
  return JSON.stringify([target.kind === 'column' ? target.column : '', ...texts]);
}

/** Whole values of columns that stand beside a text, any of which is enough. */
export function idTestsOf(query: ResolvedQuery): readonly IdTest[] {
  switch (query.kind) {
    case 'or':
      return [
        ...(hasText(query.operands) ? query.operands.filter(isIdTest) : []),
        ...query.operands.flatMap(idTestsOf),
      ];
    case 'and':
      return query.operands.flatMap(idTestsOf);
    case 'not':
      return idTestsOf(query.operand);
    case 'all':
    case 'text':
    case 'value':
    case 'cell':
    case 'hex':
    case 'integer':
    case 'time':
      return [];
  }
}

/** The same query over records none of which passes the tests of these keys. */
export function withoutIdTests(query: ResolvedQuery, absent: ReadonlySet<string>): ResolvedQuery {
  if (absent.size === 0) return query;
  switch (query.kind) {
    case 'and':
      return {
        ...query,
        operands: query.operands.map((operand) => withoutIdTests(operand, absent)),
      };
    case 'or':
      return hasText(query.operands)
        ? withoutOperands(query.operands, absent)
        : {
            ...query,
            operands: query.operands.map((operand) => withoutIdTests(operand, absent)),
          };
    case 'not':
      return { ...query, operand: withoutIdTests(query.operand, absent) };
    case 'all':
    case 'text':
    case 'value':
    case 'cell':
    case 'hex':
    case 'integer':
    case 'time':
      return query;
  }
}

function withoutOperands(
  operands: readonly ResolvedQuery[],
  absent: ReadonlySet<string>,
): ResolvedQuery {
  const kept = operands.filter((operand) => !isIdTest(operand) || !absent.has(idTestKey(operand)));
  const [first = NOTHING, ...more] = kept.map((operand) => withoutIdTests(operand, absent));
  return more.length === 0 ? first : { kind: 'or', operands: [first, ...more] };
}

function hasText(operands: readonly ResolvedQuery[]): boolean {
  return operands.some(({ kind }) => kind === 'text');
}

function isIdTest(query: ResolvedQuery): query is IdTest {
  return query.kind === 'value' && query.target.kind === 'column' && query.test.kind === 'in';
}
