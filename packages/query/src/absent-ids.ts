/**
 * A word without a field may be in a body, or be a whole id or the name of a service. Nearly always it is no
 * id at all, and then the columns of ids are read for nothing: with them a count takes ten times as long. Who
 * knows which values no record has can ask which tests matter (`idTestsOf`) and leave them out
 * (`withoutIdTests`).
 */
import { NOTHING } from './check-value.ts';
import type { ResolvedQuery, Test } from './resolved.ts';
import { mapOperands, operandsOf } from './walk.ts';

export type IdTest = Extract<Test, { readonly kind: 'value' }>;

/** The same for tests that ask the same, in any reading of the query. */
export function idTestKey({ target, test }: IdTest): string {
  const texts = test.kind === 'in' ? test.values.texts : [];
  return JSON.stringify([target.kind === 'column' ? target.column : '', ...texts]);
}

/** Whole values of columns that stand beside a text, any of which is enough. */
export function idTestsOf(query: ResolvedQuery): readonly IdTest[] {
  const own = isBesideText(query) ? operandsOf(query).filter(isIdTest) : [];
  return [...own, ...operandsOf(query).flatMap(idTestsOf)];
}

/** The same query over records none of which passes the tests of these keys. */
export function withoutIdTests(query: ResolvedQuery, absent: ReadonlySet<string>): ResolvedQuery {
  if (absent.size === 0) return query;
  return isBesideText(query)
    ? withoutOperands(operandsOf(query), absent)
    : mapOperands(query, (operand) => withoutIdTests(operand, absent));
}

function withoutOperands(
  operands: readonly ResolvedQuery[],
  absent: ReadonlySet<string>,
): ResolvedQuery {
  const kept = operands.filter((operand) => !isIdTest(operand) || !absent.has(idTestKey(operand)));
  const [first = NOTHING, ...more] = kept.map((operand) => withoutIdTests(operand, absent));
  return more.length === 0 ? first : { kind: 'or', operands: [first, ...more] };
}

function isBesideText(query: ResolvedQuery): boolean {
  return query.kind === 'or' && query.operands.some(({ kind }) => kind === 'text');
}

function isIdTest(query: ResolvedQuery): query is IdTest {
  return query.kind === 'value' && query.target.kind === 'column' && query.test.kind === 'in';
}
