/** Ways through a resolved query. Whoever looks at its tests, or changes them, says here what becomes of one. */
import type { ResolvedQuery, Test } from './resolved.ts';

/** What a group or an exclusion consists of. */
export function operandsOf(query: ResolvedQuery): readonly ResolvedQuery[] {
  if (query.kind === 'and' || query.kind === 'or') return query.operands;
  return query.kind === 'not' ? [query.operand] : [];
}

/** All tests, in the order of the query. */
export function testsOf(query: ResolvedQuery): readonly Test[] {
  return isTest(query) ? [query] : operandsOf(query).flatMap(testsOf);
}

/** The same group or exclusion of other operands; a test stays as it is. */
export function mapOperands(
  query: ResolvedQuery,
  change: (operand: ResolvedQuery) => ResolvedQuery,
): ResolvedQuery {
  if (query.kind === 'and' || query.kind === 'or')
    return { ...query, operands: query.operands.map(change) };
  return query.kind === 'not' ? { ...query, operand: change(query.operand) } : query;
}

/** The same query of other tests. */
export function mapTests(
  query: ResolvedQuery,
  change: (test: Test) => ResolvedQuery,
): ResolvedQuery {
  return isTest(query) ? change(query) : mapOperands(query, (operand) => mapTests(operand, change));
}

function isTest(query: ResolvedQuery): query is Test {
  return (
    query.kind !== 'all' && query.kind !== 'and' && query.kind !== 'or' && query.kind !== 'not'
  );
}
